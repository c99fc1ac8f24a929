package handlers

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

// historyFilter parses the filter from the query.
func historyFilter(c echo.Context) views.HistoryFilter {
	return views.HistoryFilter{
		Status: share.State(c.QueryParam("status")), Text: c.QueryParam("q"),
		Vault: c.QueryParam("vault"),
		By:    c.QueryParam("by"), With: c.QueryParam("with"),
		Period: share.Period(c.QueryParam("created")), Ends: c.QueryParam("ends"),
		From: c.QueryParam("from"), To: c.QueryParam("to"), After: c.QueryParam("after"),
	}
}

func historyQuery(f views.HistoryFilter) share.Query {
	return share.Query{
		Status:  string(f.Status),
		Text:    f.Text,
		VaultID: f.Vault,
		OwnerID: f.By,
		With:    f.With,
		Ends:    f.Ends,
		Days:    share.Days{Created: f.Period, From: f.From, To: f.To},
		After:   f.After,
		Limit:   pageSize,
	}
}

// lookUp sets the lookups of a history, and replaces their texts in its filter by what they mean.
func (h *Handlers) lookUp(
	ctx context.Context, me account.Identity, vaults []vault.Info, p *views.HistoryProps,
) error {
	if len(vaults) > 1 || p.Filter.Vault != "" {
		p.Vaults, p.Filter.Vault, p.Problems = lookUpVault(vaults, p.Filter.Vault)
	}
	if !me.Admin() {
		return nil
	}
	var problems []fault.Problem
	var err error
	p.People, p.Filter.By, problems, err = h.lookUpParty(ctx, "by", "Shared by", p.Filter.By)
	p.Problems = append(p.Problems, problems...)
	return err
}

func (h *Handlers) history(c echo.Context, me account.Identity) error {
	return h.showHistory(c, me, nil)
}

// showHistory shows the page that the query asks for, with the problems of a form on it.
func (h *Handlers) showHistory(
	c echo.Context, me account.Identity, problems []fault.Problem,
) error {
	ctx := c.Request().Context()
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	props := views.HistoryProps{
		Shell: h.shell(me, views.NavHistory, "History", vaults), Filter: historyFilter(c),
	}
	if err := h.lookUp(ctx, me, vaults, &props); err != nil {
		return err
	}
	found, err := h.findShares(ctx, me, &props)
	if err != nil {
		return fault.Wrap("list the history", err)
	}
	props.Next, props.Truncated = found.Next, found.Truncated
	props.Problems = append(props.Problems, problems...)
	if n, err := strconv.Atoi(c.QueryParam("revoked")); err == nil && n >= 0 && n <= pageSize {
		props.Shell.Flash = views.RevokedWords(n)
	}
	names := titles(vaults)
	props.Shares = make([]views.ShareRow, 0, len(found.Shares))
	for _, s := range found.Shares {
		props.Shares = append(props.Shares, shareRow(s, names))
	}
	status := http.StatusOK
	if len(props.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return h.showEither(c, status, views.HistoryList(props), views.HistoryPage(props))
}

// findShares returns the page of a history, and adds the problems of its filter. With a problem it
// finds nothing, except that in place of a page that does not exist it returns the first one.
func (h *Handlers) findShares(
	ctx context.Context, me account.Identity, p *views.HistoryProps,
) (share.Page, error) {
	viewer := viewerOf(me, grantedVaults(me))
	found, err := h.c.Shares.List(ctx, viewer, historyQuery(p.Filter))
	if problems := fault.ProblemsOf(err); len(problems) == 1 && problems[0].Field == "after" {
		p.Filter.After = ""
		found, err = h.c.Shares.List(ctx, viewer, historyQuery(p.Filter))
		if err == nil && len(p.Problems) == 0 {
			p.Problems = []fault.Problem{{
				Code: fault.CodeInvalid, Field: "after",
				Detail: "That page of the list doesn't exist. This is the first page.",
			}}
			return found, nil
		}
	}
	if fault.KindOf(err) == fault.Invalid {
		p.Problems = append(p.Problems, fault.ProblemsOf(err)...)
		err = nil
	}
	if len(p.Problems) > 0 {
		found = share.Page{}
	}
	return found, err
}

// revokeShares revokes the links that were selected in the history, and shows the same list again.
func (h *Handlers) revokeShares(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ids := distinct(form["revoke"])
	if len(ids) == 0 || len(ids) > pageSize {
		words := "Select at least one link, and at most " + strconv.Itoa(pageSize) + "."
		return h.showHistory(c, me, []fault.Problem{
			{Code: fault.CodeInvalid, Field: "revoke", Detail: words},
		})
	}
	n, err := h.c.Shares.RevokeAll(c.Request().Context(), sharerOf(me, ""), viewerOf(me, nil), ids)
	if err != nil {
		return fault.Wrap("revoke shares", err)
	}
	return seeOther(c, h.HistoryRevoked(historyFilter(c), n))
}

// namedVaults returns the vaults whose names me may know, which for an admin are all:
// none while the vault is unreachable, which must not take the page away.
func (h *Handlers) namedVaults(ctx context.Context, me account.Identity) ([]vault.Info, error) {
	all, err := h.c.Vault.Vaults(ctx)
	if fault.KindOf(err) == fault.Unavailable {
		return nil, nil
	}
	if err != nil || me.Admin() {
		return all, fault.Wrap("list vaults", err)
	}
	return viewableBy(me, all), nil
}

func shareRow(s share.Summary, vaultNames map[string]string) views.ShareRow {
	row := views.ShareRow{
		ID: s.ID, Title: s.Title, VaultID: s.VaultID, Vault: vaultNames[s.VaultID],
		ItemID: s.ItemID, By: s.SharedBy,
		Audience: s.Audience, State: s.State, Views: s.Views, MaxViews: s.MaxViews, Files: s.Files,
		Included:  s.Included,
		CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, EndedAt: s.EndedAt, Native: s.MadeBy,
		Undelivered: s.Undelivered,
	}
	for _, r := range s.Recipients {
		row.Recipients = append(row.Recipients, recipientName(r))
	}
	return row
}

func recipientName(r share.RecipientProgress) views.RecipientName {
	return views.RecipientName{Kind: r.Kind, Address: r.Address, Removed: r.Removed()}
}
