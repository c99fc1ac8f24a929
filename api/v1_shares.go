package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
)

// createdShare answers the creation of a share. Only here its link is shown.
type createdShare struct {
	ID        string    `json:"id"`
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expiresAt"`
	Native    bool      `json:"native,omitempty"`
}

// createShare creates a share and answers with its link. A request that repeats the
// Idempotency-Key of an earlier one creates none.
func (a *API) createShare(c echo.Context, me account.Identity) error {
	key, err := idempotencyKey(c.Request().Header)
	if err != nil {
		return err
	}
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	request, err := requestOf(in)
	if err != nil {
		return err
	}
	request.VaultID, request.ItemID, request.Token = c.Param("vault"), c.Param("item"), key
	created, err := a.c.Shares.Create(
		c.Request().Context(), sharerOf(me, c.Param("vault")), request,
	)
	if err != nil {
		return withMemberNames(fault.Wrap("create a share", err))
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/shares/"+created.ID)
	return answer(
		c,
		http.StatusCreated,
		createdShare{
			created.ID, created.Link, time.Unix(created.ExpiresAt, 0).UTC(), created.Native,
		},
	)
}

// requestOf parses a request for a share. No recipients mean anyone with the link.
func requestOf(in body) (share.Request, error) {
	r := reader{in: in}
	request := share.Request{
		Access: string(share.Anyone), Recipients: r.recipients(),
		ExpireAfter: r.text("expireAfter"), OneTime: r.flag("oneTimeOnly"),
		Files: r.flag("files"), TOTP: r.flag("totp"), Omit: r.texts("omit"),
	}
	r.rejectOthers("recipients", "expireAfter", "oneTimeOnly", "files", "totp", "omit")
	if len(request.Recipients) > 0 {
		request.Access = string(share.Recipients)
	}
	return request, fault.Fields(r.problems)
}

// idempotencyKey returns the header's value, hashed to the length of a one-use token; ""
// for none.
func idempotencyKey(header http.Header) (string, error) {
	values := header["Idempotency-Key"]
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	good := len(values) == 1 && 1 <= len(key) && len(key) <= 255
	for _, b := range []byte(key) {
		good = good && '!' <= b && b <= '~'
	}
	if !good {
		return "", fault.Field(
			"Idempotency-Key",
			fault.CodeInvalid,
			"Use one Idempotency-Key of 1 to 255 visible ASCII characters, or none.",
		)
	}
	sum := sha256.Sum256([]byte("itemshare idempotency key\n" + key))
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// shareSummary is one share of the history. It holds nothing of its link.
type shareSummary struct {
	ID         string         `json:"id"`
	VaultID    string         `json:"vaultId"`
	ItemID     string         `json:"itemId"`
	Title      string         `json:"title"`
	SharedBy   string         `json:"sharedBy"`
	Audience   share.Audience `json:"audience"`
	Recipients []recipient    `json:"recipients"`
	CreatedAt  time.Time      `json:"createdAt"`
	ExpiresAt  time.Time      `json:"expiresAt"`
	EndedAt    time.Time      `json:"endedAt,omitzero"`
	MaxViews   int            `json:"maxViews"`
	Views      int            `json:"views"`
	Status     share.State    `json:"status"`
	Native     bool           `json:"native"`
	Included   string         `json:"included,omitempty"` // in words
	// Undelivered are the code emails that did not arrive, newest first.
	Undelivered []undelivered `json:"undelivered,omitempty"`
}

// undelivered is the email of a code that could not be delivered, or not yet.
type undelivered struct {
	Email   string    `json:"email"` // "" once it was erased
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Retried bool      `json:"retried"` // the server still tries to deliver it
}

// viewOfShare is one view, or those that were counted in the minute that begins At.
type viewOfShare struct {
	At      time.Time `json:"at"`
	Email   string    `json:"email,omitempty"` // verified
	Browser string    `json:"browser,omitempty"`
	Views   int       `json:"views"`
}

func summaryOf(s share.Summary) shareSummary {
	shown := shareSummary{
		ID: s.ID, VaultID: s.VaultID, ItemID: s.ItemID, Title: s.Title, SharedBy: s.SharedBy,
		Audience:   s.Audience,
		Recipients: make([]recipient, 0, len(s.Recipients)), CreatedAt: s.CreatedAt,
		ExpiresAt: s.ExpiresAt, EndedAt: s.EndedAt,
		MaxViews: s.MaxViews, Views: s.Views, Status: s.State, Native: s.Native,
		Included: s.Included.Words(),
	}
	for _, r := range s.Recipients {
		if !r.Removed() {
			shown.Recipients = append(shown.Recipients, recipientOf(r.Recipient))
		}
	}
	for _, u := range s.Undelivered {
		shown.Undelivered = append(
			shown.Undelivered, undelivered{u.Address, u.Reason, u.At, u.Retried},
		)
	}
	return shown
}

// sharerOf returns the service account as who shares from a vault, "" for none.
func sharerOf(me account.Identity, vaultID string) share.Sharer {
	return share.Sharer{ID: me.User.ID, Name: me.User.Name, Reveals: me.MayReveal(vaultID)}
}

// viewerOf returns a viewer of the service account's own shares.
func viewerOf(me account.Identity) share.Viewer { return share.Viewer{UserID: me.User.ID} }

// shares lists the service account's own shares, newest first.
func (a *API) shares(c echo.Context, me account.Identity) error {
	limit, problems := limitOf(c)
	if err := fault.Fields(problems); err != nil {
		return err
	}
	viewer := viewerOf(me)
	for id := range me.Grants {
		if me.MayView(id) {
			viewer.Vaults = append(viewer.Vaults, id)
		}
	}
	found, err := a.c.Shares.List(c.Request().Context(), viewer, share.Query{
		Status: c.QueryParam("status"), Text: c.QueryParam("q"), VaultID: c.QueryParam("vault"),
		With: c.QueryParam("with"),
		Days: share.Days{
			Created: share.Period(c.QueryParam("created")),
			From:    c.QueryParam("from"),
			To:      c.QueryParam("to"),
		},
		After: c.QueryParam("after"), Limit: limit,
	})
	if err != nil {
		return withMemberNames(fault.Wrap("list shares", err))
	}
	page := list[shareSummary]{Items: make([]shareSummary, len(found.Shares)), Next: found.Next}
	for i, s := range found.Shares {
		page.Items[i] = summaryOf(s)
	}
	return a.answerTagged(c, page)
}

// share answers with one of the service account's own shares.
func (a *API) share(c echo.Context, me account.Identity) error {
	found, err := a.c.Shares.Get(c.Request().Context(), viewerOf(me), c.Param("id"))
	if err != nil {
		return fault.Wrap("load a share", err)
	}
	return a.answerTagged(c, summaryOf(found.Summary))
}

// views answers with the latest views of one of the service account's own shares.
func (a *API) views(c echo.Context, me account.Identity) error {
	found, err := a.c.Shares.Get(c.Request().Context(), viewerOf(me), c.Param("id"))
	if err != nil {
		return fault.Wrap("load a share", err)
	}
	page := list[viewOfShare]{Items: make([]viewOfShare, len(found.Views))}
	for i, v := range found.Views {
		page.Items[i] = viewOfShare{v.At, v.Address, v.Agent, max(v.InMinute, 1)}
	}
	return a.answerTagged(c, page)
}

// revokeShare revokes a share. One that has ended stays as it is.
func (a *API) revokeShare(c echo.Context, me account.Identity) error {
	if err := a.c.Shares.Revoke(c.Request().Context(), sharerOf(me, ""), viewerOf(me),
		c.Param("id")); err != nil {
		return fault.Wrap("revoke a share", err)
	}
	return noContent(c)
}
