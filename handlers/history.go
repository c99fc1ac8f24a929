package handlers

import (
	"context"
	"net/http"
	"time"

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
		Period: views.Period(c.QueryParam("created")),
		From:   c.QueryParam("from"), To: c.QueryParam("to"), After: c.QueryParam("after"),
	}
}

// historyQuery returns the query of a filter, whose days are in UTC.
func historyQuery(f views.HistoryFilter, now time.Time) (share.Query, error) {
	q := share.Query{
		Status:  string(f.Status),
		Text:    f.Text,
		VaultID: f.Vault,
		OwnerID: f.By,
		With:    f.With,
		After:   f.After,
		Limit:   pageSize,
	}
	since, err := startOf(f.Period, now)
	if err != nil {
		return q, err
	}
	if q.From, err = dayOf("from", f.From); err != nil {
		return q, err
	}
	if since.After(q.From) {
		q.From = since
	}
	last, err := dayOf("to", f.To)
	if err == nil && !last.IsZero() {
		q.To = last.AddDate(0, 0, 1)
	}
	return q, err
}

// startOf returns when a period began that ends now.
func startOf(p views.Period, now time.Time) (time.Time, error) {
	today := now.UTC().Truncate(24 * time.Hour)
	switch p {
	case "":
		return time.Time{}, nil
	case views.Today:
		return today, nil
	case views.LastWeek:
		return today.AddDate(0, 0, -6), nil
	case views.LastMonth:
		return today.AddDate(0, 0, -29), nil
	}
	return time.Time{}, fault.Field("created", fault.CodeInvalid, "Choose today, 7days or 30days.")
}

// dayOf parses a field's date; "" is the zero time.
func dayOf(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, fault.Field(field, fault.CodeInvalid, "Enter a date such as 2026-11-30.")
	}
	return day, nil
}

func (h *Handlers) history(c echo.Context, me account.Identity) error {
	ctx, filter := c.Request().Context(), historyFilter(c)
	query, err := historyQuery(filter, h.c.Clock())
	if err != nil {
		return err
	}
	found, err := h.c.Shares.List(ctx, viewerOf(me, grantedVaults(me)), query)
	if err != nil {
		return fault.Wrap("list the history", err)
	}
	vaults, err := h.namedVaults(ctx, me)
	if err != nil {
		return err
	}
	props := views.HistoryProps{
		Shell: h.shell(me, views.NavHistory, "History", vaults), Filter: filter, Next: found.Next,
		Truncated: found.Truncated,
	}
	if props.People, err = h.people(ctx, me); err != nil {
		return err
	}
	names := titles(vaults)
	for _, s := range found.Shares {
		props.Shares = append(props.Shares, shareRow(s, names))
	}
	return h.showEither(c, http.StatusOK, views.HistoryList(props), views.HistoryPage(props))
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

// people returns the options of an admin's filter: people, then service accounts.
func (h *Handlers) people(ctx context.Context, me account.Identity) ([]views.Option, error) {
	if !me.Admin() {
		return nil, nil
	}
	users, err := h.c.Accounts.Users(ctx)
	if err != nil {
		return nil, fault.Wrap("list users", err)
	}
	programs, err := h.c.Accounts.ServiceAccounts(ctx)
	if err != nil {
		return nil, fault.Wrap("list service accounts", err)
	}
	people := make([]views.Option, 0, len(users)+len(programs))
	for _, u := range users {
		people = append(people, views.Option{ID: u.ID, Name: u.Name})
	}
	for _, a := range programs {
		people = append(people, views.Option{ID: a.ID, Name: a.Name})
	}
	return people, nil
}

func shareRow(s share.Summary, vaultNames map[string]string) views.ShareRow {
	row := views.ShareRow{
		ID: s.ID, Title: s.Title, VaultID: s.VaultID, Vault: vaultNames[s.VaultID],
		ItemID: s.ItemID, By: s.SharedBy,
		Audience: s.Audience, State: s.State, Views: s.Views, MaxViews: s.MaxViews, Files: s.Files,
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
