package handlers

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/static"
	"itemshare/views"
)

// recipientDocument renders the page that never changes while the process runs.
func (h *Handlers) recipientDocument() (static.Body, error) {
	var document bytes.Buffer
	asset := func(name string) string { return h.Asset(h.c.Static.Name(name)) }
	err := views.RecipientPage(views.RecipientProps{
		Base: h.Base, CSS: asset("recipient.css"), JS: asset("recipient.js"),
		More: asset("recipient-more.js"), MoreStyle: asset("recipient-item.css"),
	}).Render(context.Background(), &document)
	if err != nil {
		return static.Body{}, fmt.Errorf("render the recipient's page: %w", err)
	}
	return static.NewBody(document.Bytes()), nil
}

// recipientPage answers with the one page behind every link. It uses no session and holds
// nothing of any share.
func (h *Handlers) recipientPage(c echo.Context, _ account.Identity) error {
	c.Response().Header().Set(policyHeader, recipientPolicy)
	return sendBody(c, htmlType, h.recipient)
}

// changedLink matches the path of a link that a program on its way changed: it added a slash or
// a character that does not show, or encoded the # once or more, and net/http decoded that once.
var changedLink = regexp.MustCompile(`^/s/?\p{Cf}*(?:$|#|%(?:25)*23)`)

// repairLink answers with the recipient's page where a mail gateway changed a link. The page
// repairs it in the browser, so that the secret stays there.
func (h *Handlers) repairLink(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path, isBelow := strings.CutPrefix(c.Request().URL.Path, h.Base)
		reading := c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead
		if reading && isBelow && changedLink.MatchString(path) {
			return h.recipientPage(c, account.Identity{})
		}
		return next(c)
	}
}

// asset answers with an embedded file. Its name carries its hash, so it never changes.
func (h *Handlers) asset(c echo.Context, _ account.Identity) error {
	body, contentType, ok := h.c.Static.Open(c.Param("name"))
	if !ok {
		return fault.Of(fault.NotFound)
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set(featuresHeader, fileFeatures)
	if strings.HasPrefix(contentType, "image/") {
		header.Set(policyHeader, filePolicy)
	} else { // a script or a style sheet is no document
		header.Del(policyHeader)
	}
	if c.Request().Header.Get("Range") == "" {
		return sendBody(c, contentType, body)
	}
	// A range counts bytes of the plain file, so it is never compressed.
	header.Set("Vary", "Accept-Encoding")
	header.Set(echo.HeaderContentType, contentType)
	content := bytes.NewReader(body.Encoded(""))
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, content)
	return nil
}

func (h *Handlers) healthy(c echo.Context, _ account.Identity) error {
	return c.String(http.StatusOK, "ok\n")
}

// readyTime is how long the database may take to answer a probe.
const readyTime = 2 * time.Second

func (h *Handlers) ready(c echo.Context, _ account.Identity) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	if err := h.c.Ready(ctx); err != nil {
		c.Response().Header().Set(echo.HeaderRetryAfter, "5")
		h.c.Log.Warn("not ready", "err", err)
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// sentMail is one email of the demo, as JSON.
type sentMail struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// showOutbox lists the emails of a demo, newest first.
func (h *Handlers) showOutbox(c echo.Context, _ account.Identity) error {
	mails := h.c.Demo.Mails(c.Request().Context())
	c.Response().Header().Set("Vary", "Accept")
	if strings.Contains(c.Request().Header.Get("Accept"), "application/json") {
		list := make([]sentMail, len(mails))
		for i, m := range mails {
			list[i] = sentMail(m)
		}
		return c.JSON(http.StatusOK, list)
	}
	me, err := h.identify(c)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	return h.show(
		c,
		http.StatusOK,
		views.OutboxPage(
			views.OutboxProps{
				Shell: h.shell(
					me, views.NavOutbox, "Outbox", h.sidebarVaults(c.Request().Context(), me),
				),
				Mails: mails,
			},
		),
	)
}
