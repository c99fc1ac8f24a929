package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// findOf returns the search of an admin's list, and the page of it that was asked for.
func findOf(c echo.Context) (account.Find, views.ListFilter) {
	filter := views.ListFilter{Text: c.QueryParam("q"), After: c.QueryParam("after")}
	return account.Find{Text: filter.Text, After: filter.After, Limit: pageSize}, filter
}

func (h *Handlers) showUsers(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	find, filter := findOf(c)
	page, err := h.c.Accounts.FindUsers(ctx, find)
	if err != nil {
		return fault.Wrap("list users", err)
	}
	viewing, err := h.viewing(ctx, page.Rows)
	if err != nil {
		return err
	}
	guards, required, err := h.guardsOf(ctx, page.Rows)
	if err != nil {
		return err
	}
	props := views.UsersProps{
		FactorRequired: required, Ways: h.ways(),
		Shell:  h.shell(me, views.NavUsers, "People", h.sidebarVaults(ctx, me)),
		Filter: filter, Next: page.Next,
	}
	props.Shell.Flash = views.PersonDone(c.QueryParam("done"), c.QueryParam("who"))
	joining, err := h.joiningGroups(ctx, page.Rows)
	if err != nil {
		return err
	}
	undelivered, err := h.undeliveredTo(ctx, page.Rows...)
	if err != nil {
		return err
	}
	for _, u := range page.Rows {
		row := userRow(u, h.c.Clock())
		row.Vaults = viewing[u.ID]
		row.Guard = guards[u.ID]
		row.Groups = joining[u.ID]
		row.Undelivered = undelivered[u.ID]
		props.Users = append(props.Users, row)
	}
	if c.QueryParam("done") == "signin" {
		props.Shell.Flash = "Saved."
	}
	return h.showEither(c, http.StatusOK, views.UserList(props), views.UsersPage(props))
}

// joiningGroups returns the names of the groups of those of some people who are invited.
func (h *Handlers) joiningGroups(
	ctx context.Context, users []account.User,
) (map[string][]string, error) {
	var pending []string
	for _, u := range users {
		if u.Pending {
			pending = append(pending, u.ID)
		}
	}
	groups, err := h.c.Accounts.GroupsOf(ctx, pending)
	names := map[string][]string{}
	for id, of := range groups {
		for _, g := range of {
			names[id] = append(names[id], g.Name)
		}
	}
	return names, fault.Wrap("list groups", err)
}

// undeliveredTo returns the emails with codes of some people that were not delivered.
func (h *Handlers) undeliveredTo(
	ctx context.Context, users ...account.User,
) (map[string]*account.Undelivered, error) {
	var ids []string
	for _, u := range users {
		if !u.CodeExpires.IsZero() {
			ids = append(ids, u.ID)
		}
	}
	failures, err := h.c.Accounts.UndeliveredTo(ctx, ids)
	to := map[string]*account.Undelivered{}
	for i, f := range failures {
		to[f.UserID] = &failures[i]
	}
	return to, err
}

// guardsOf returns what keeps the passwords of some people from being enough, and whether a second
// factor is required.
func (h *Handlers) guardsOf(
	ctx context.Context, users []account.User,
) (guards map[string]account.Guard, required bool, err error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	if guards, err = h.c.Accounts.GuardsOf(ctx, ids); err != nil {
		return nil, false, fault.Wrap("list second factors", err)
	}
	required, err = h.c.Accounts.FactorRequired(ctx)
	return guards, required, fault.Wrap("read the settings of signing in", err)
}

func userRow(u account.User, now time.Time) views.UserRow {
	return views.UserRow{
		User: views.User{
			ID: u.ID, Name: u.Name, Email: u.Email, Admin: u.Role == account.Admin,
		},
		Disabled: u.Disabled, Pending: u.Pending,
		Expired:   u.Pending && !now.Before(u.CodeExpires),
		CreatedAt: u.CreatedAt, LastSeen: u.LastSeen,
	}
}

// viewing returns how many vaults each of some people can view.
func (h *Handlers) viewing(ctx context.Context, users []account.User) (map[string]int, error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	rights, err := h.c.Accounts.RightsOf(ctx, ids)
	viewing, seen := map[string]int{}, map[account.Grant]bool{}
	for _, g := range rights {
		of := account.Grant{UserID: g.UserID, VaultID: g.VaultID}
		if g.View && !seen[of] {
			viewing[g.UserID]++
			seen[of] = true
		}
	}
	return viewing, fault.Wrap("list rights", err)
}
