package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// sharePolicy is the policy for sharing an item, with the SDK's names.
type sharePolicy struct {
	MaxExpiry             share.Duration `json:"maxExpiry,omitempty"`
	DefaultExpiry         share.Duration `json:"defaultExpiry,omitempty"`
	MaxViews              int            `json:"maxViews,omitempty"`
	AllowedTypes          []share.Type   `json:"allowedTypes"`
	AllowedRecipientTypes []kind         `json:"allowedRecipientTypes"`
	AllowedDomains        []string       `json:"allowedDomains"`
	Files                 filePolicy     `json:"files"`
}

// filePolicy is the policy for files. Members beyond the first two are present only where
// they are stricter than without files.
type filePolicy struct {
	Allowed               bool           `json:"allowed"`
	MaxSize               int64          `json:"maxSize"`
	MaxExpiry             share.Duration `json:"maxExpiry,omitempty"`
	DefaultExpiry         share.Duration `json:"defaultExpiry,omitempty"`
	MaxViews              int            `json:"maxViews,omitempty"`
	AllowedTypes          []share.Type   `json:"allowedTypes,omitzero"`
	AllowedRecipientTypes []kind         `json:"allowedRecipientTypes,omitzero"`
}

// sharePolicy answers with the policy for sharing the item.
func (a *API) sharePolicy(c echo.Context, me account.Identity) error {
	ctx, vaultID, itemID := c.Request().Context(), c.Param("vault"), c.Param("item")
	if err := a.requireItem(c); err != nil {
		return err
	}
	rule, err := a.c.Shares.PolicyFor(ctx, sharerOf(me, vaultID), vaultID, itemID)
	if err != nil {
		return fault.Wrap("load the policy", err)
	}
	shown := policyOf(rule)
	shown.Files = shown.withFiles(policyOf(rule.WithFiles()))
	return a.answerTagged(c, shown)
}

// withFiles returns what is stricter where files are included.
func (p sharePolicy) withFiles(stricter sharePolicy) filePolicy {
	files := stricter.Files
	if stricter.MaxExpiry != p.MaxExpiry {
		files.MaxExpiry = stricter.MaxExpiry
	}
	if stricter.DefaultExpiry != p.DefaultExpiry {
		files.DefaultExpiry = stricter.DefaultExpiry
	}
	if stricter.MaxViews != p.MaxViews {
		files.MaxViews = stricter.MaxViews
	}
	if !slices.Equal(stricter.AllowedTypes, p.AllowedTypes) {
		files.AllowedTypes = stricter.AllowedTypes
	}
	if !slices.Equal(stricter.AllowedRecipientTypes, p.AllowedRecipientTypes) {
		files.AllowedRecipientTypes = stricter.AllowedRecipientTypes
	}
	return files
}

// requireItem returns fault.NotFound for an item that does not exist. A vault account with
// policies of its own answers that itself, and its lists may not have a new item yet.
func (a *API) requireItem(c echo.Context) error {
	ctx, vaultID, itemID := c.Request().Context(), c.Param("vault"), c.Param("item")
	if _, own := a.c.Vault.(vault.Limiter); own {
		_, err := a.c.Shares.EffectivePolicy(ctx, vaultID, itemID)
		return fault.Wrap("load the policy", err)
	}
	found, err := a.c.Vault.Overviews(ctx, vaultID, []string{itemID})
	if err != nil {
		return fault.Wrap("look for an item", err)
	}
	if len(found) == 0 {
		return fault.Of(fault.NotFound)
	}
	return nil
}

func policyOf(p share.Effective) sharePolicy {
	shown := sharePolicy{
		MaxExpiry:     longestWithin(p.MaxExpiry),
		DefaultExpiry: longestWithin(min(p.DefaultExpiry, p.MaxExpiry)), MaxViews: p.MaxViews,
		AllowedTypes: nonNil(p.AllowedTypes), AllowedRecipientTypes: []kind{},
		AllowedDomains: nonNil(p.AllowedDomains),
		Files:          filePolicy{Allowed: p.FilesAllowed, MaxSize: p.FileLimit()},
	}
	for _, k := range p.AllowedRecipientTypes {
		shown.AllowedRecipientTypes = append(shown.AllowedRecipientTypes, kindOf(k))
	}
	if p.NoDomains { // an empty list of domains means any domain
		shown.AllowedTypes = slices.DeleteFunc(
			slices.Clone(shown.AllowedTypes),
			func(t share.Type) bool { return t == share.Authenticated },
		)
		shown.AllowedRecipientTypes = []kind{}
	}
	return shown
}

// longestWithin returns the longest duration with a name that is at most d, "" if even
// the shortest is longer.
func longestWithin(length time.Duration) share.Duration {
	fits := share.Duration("")
	for _, d := range share.Durations() {
		if d.Time() <= length {
			fits = d
		}
	}
	return fits
}

// kind is the type of a recipient, with the SDK's names.
type kind string

// The kinds.
const (
	email  kind = "Email"
	domain kind = "Domain"
)

func kindOf(k share.RecipientKind) kind {
	if k == share.Domain {
		return domain
	}
	return email
}

// recipient is a person or a domain, with the SDK's names. Its parameters are empty after
// the address was erased.
type recipient struct {
	Type       kind       `json:"type"`
	Parameters parameters `json:"parameters"`
}

type parameters struct {
	Email  string `json:"email,omitempty"`
	Domain string `json:"domain,omitempty"`
}

func recipientOf(r share.Recipient) recipient {
	if r.Kind == share.Domain {
		return recipient{domain, parameters{Domain: r.Address}}
	}
	return recipient{email, parameters{Email: r.Address}}
}

// checkRecipients parses recipients as a share would, and says why each rejected one is.
func (a *API) checkRecipients(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	texts := r.recipients()
	r.rejectOthers("recipients")
	if _, there := in["recipients"]; !there {
		r.addProblem("recipients", "This must be a list of email addresses and domains.")
	}
	if err := fault.Fields(r.problems); err != nil {
		return err
	}
	if err := a.requireItem(c); err != nil {
		return err
	}
	good, err := a.checked(c, me, texts)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, good)
}

func (a *API) checked(
	c echo.Context, me account.Identity, texts []string,
) ([]recipient, error) {
	good := []recipient{}
	if len(texts) == 0 {
		return good, nil
	}
	all, err := a.c.Shares.CheckRecipients(
		c.Request().Context(), sharerOf(me, c.Param("vault")), c.Param("vault"), c.Param("item"), texts,
	)
	if err != nil {
		return nil, withMemberNames(fault.Wrap("check recipients", err))
	}
	var problems []fault.Problem
	for _, r := range all {
		switch {
		case r.Problem == nil:
			good = append(good, recipientOf(r.Recipient))
		case r.Text != "" && !strings.Contains(r.Problem.Detail, r.Text):
			problems = append(
				problems,
				fault.Problem{
					Code:   r.Problem.Code,
					Field:  r.Problem.Field,
					Detail: "“" + r.Recipient.Address + "”: " + r.Problem.Detail,
				},
			)
		default:
			problems = append(problems, *r.Problem)
		}
	}
	if len(good)+len(problems) == 0 {
		problems = []fault.Problem{
			{
				Code:   fault.CodeRecipientMissing,
				Field:  "recipients",
				Detail: "Add at least one email address or domain.",
			},
		}
	}
	return good, withMemberNames(fault.Fields(problems))
}
