package handlers

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// maxHits is how many options a lookup has at most.
const maxHits = 20

// complete answers with the options of a lookup for a text: vaults, for those who manage one whom rights
// can be given to, or for admins people.
func (h *Handlers) complete(c echo.Context, me account.Identity) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	if query.Has("vault") {
		vaults, err := h.namedVaults(ctx, me)
		if err != nil {
			return err
		}
		hits := vaultHits(options(vaults), query.Get("vault"))
		return h.show(c, http.StatusOK, views.LookupHits(hits))
	}
	if query.Has("who") && me.ManagesVaults() {
		hits, err := h.holderHits(ctx, query.Get("who"))
		if err != nil {
			return err
		}
		return h.show(c, http.StatusOK, views.LookupHits(hits))
	}
	if !me.Admin() {
		return fault.Of(fault.Forbidden)
	}
	if query.Has("person") {
		hits, err := h.personHits(ctx, query.Get("person"))
		if err != nil {
			return err
		}
		return h.show(c, http.StatusOK, views.LookupHits(hits))
	}
	hits, err := h.partyHits(ctx, cmp.Or(query.Get("by"), query.Get("actor")))
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.LookupHits(hits))
}

func vaultHits(vaults []views.Option, text string) []views.Hit {
	var hits []views.Hit
	for _, v := range vaults {
		if len(hits) < maxHits && containsFold(v.Name, text) {
			hits = append(hits, views.Hit{Value: v.Name})
		}
	}
	return hits
}

// containsFold reports whether a name has a text, in upper or lower case.
func containsFold(name, text string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(text)))
}

// partyHits returns the first people and service accounts whose names or email addresses have a
// text.
func (h *Handlers) partyHits(ctx context.Context, text string) ([]views.Hit, error) {
	found, err := h.c.Accounts.FindParties(ctx, account.Find{Text: text, Limit: maxHits})
	if err != nil {
		return nil, fault.Wrap("find people", err)
	}
	hits := make([]views.Hit, len(found.Rows))
	for i, p := range found.Rows {
		hits[i] = views.Hit{Value: p.Email, Label: p.Name}
		sameName := func(other account.Party) bool {
			return other.ID != p.ID && strings.EqualFold(other.Name, p.Name)
		}
		switch {
		case p.Email != "":
		case slices.ContainsFunc(found.Rows, sameName):
			hits[i].Value = p.ID
		default:
			hits[i] = views.Hit{Value: p.Name}
		}
	}
	return hits, nil
}

// lookUpVault returns a filter by vault, and the ID of the vault that its text means. While no
// vault is reachable every text is an ID.
func lookUpVault(vaults []vault.Info, text string) (*views.Lookup, string, []fault.Problem) {
	all := options(vaults)
	found := &views.Lookup{
		Field: "vault", Label: "Vault", Icon: "archive", All: "All vaults",
		Text: text, Hits: vaultHits(all, ""),
	}
	if text == "" || len(all) == 0 {
		return found, text, nil
	}
	meant := meantVaults(all, strings.TrimSpace(text))
	if len(meant) == 1 {
		found.Text = meant[0].Name
		return found, meant[0].ID, nil
	}
	return found, "", oneOf("vault", text, len(meant), "vault", "vaults")
}

// meantVaults returns the vault with this ID, else those with exactly this name, else those whose
// names have the text.
func meantVaults(all []views.Option, text string) []views.Option {
	for _, matches := range []func(views.Option) bool{
		func(v views.Option) bool { return v.ID == text },
		func(v views.Option) bool { return strings.EqualFold(v.Name, text) },
		func(v views.Option) bool { return containsFold(v.Name, text) },
	} {
		var meant []views.Option
		for _, v := range all {
			if matches(v) {
				meant = append(meant, v)
			}
		}
		if len(meant) > 0 {
			return meant
		}
	}
	return nil
}

// lookUpParty returns a filter by a person or service account, and the ID of the one that its text
// means.
func (h *Handlers) lookUpParty(
	ctx context.Context, field, label, text string,
) (found *views.Lookup, id string, problems []fault.Problem, err error) {
	found = &views.Lookup{Field: field, Label: label, Icon: "users", All: "Everyone", Text: text}
	if found.Hits, err = h.partyHits(ctx, ""); err != nil || text == "" {
		return found, "", nil, err
	}
	meant, err := h.c.Accounts.Meant(ctx, text)
	if err != nil {
		return found, "", nil, fault.Wrap("find a person", err)
	}
	if len(meant) == 1 {
		found.Text = cmp.Or(meant[0].Email, meant[0].Name)
		return found, meant[0].ID, nil, nil
	}
	return found, "", oneOf(field, text, len(meant), "person", "people"), nil
}

// oneOf is the problem of a lookup whose text means none or several.
func oneOf(field, text string, meant int, one, several string) []fault.Problem {
	words := "No " + one + " matches “" + text + "”."
	if meant > 1 {
		words = "Several " + several + " match “" + text + "”. Choose one from the list."
	}
	return []fault.Problem{{Code: fault.CodeInvalid, Field: field, Detail: words}}
}
