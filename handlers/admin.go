package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

func (h *Handlers) showUsers(c echo.Context, me account.Identity) error {
	users, grants, err := h.everybody(c)
	if err != nil {
		return err
	}
	viewing := map[string]int{}
	for _, g := range grants {
		if g.View {
			viewing[g.UserID]++
		}
	}
	props := views.UsersProps{
		Shell: h.shell(me, views.NavUsers, "People", h.sidebarVaults(c.Request().Context(), me)),
	}
	for _, u := range users {
		props.Users = append(props.Users, views.UserRow{
			User: views.User{
				ID: u.ID, Name: u.Name, Email: u.Email, Admin: u.Role == account.Admin,
			},
			Disabled: u.Disabled, CreatedAt: u.CreatedAt, Vaults: viewing[u.ID],
		})
	}
	return h.show(c, http.StatusOK, views.UsersPage(props))
}

func (h *Handlers) everybody(c echo.Context) ([]account.User, []account.Grant, error) {
	users, err := h.c.Accounts.Users(c.Request().Context())
	if err != nil {
		return nil, nil, fault.Wrap("list users", err)
	}
	grants, err := h.c.Accounts.Grants(c.Request().Context())
	return users, grants, fault.Wrap("list grants", err)
}

func (h *Handlers) showVaults(c echo.Context, me account.Identity) error {
	users, grants, err := h.everybody(c)
	if err != nil {
		return err
	}
	vaults, err := h.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return ofVault("list vaults", err)
	}
	people, err := h.grantees(c.Request().Context(), users)
	if err != nil {
		return err
	}
	props := views.VaultsProps{
		Shell: h.shell(me, views.NavVaults, "Vaults", vaults), Vaults: options(vaults),
	}
	for _, g := range grants {
		u, ok := people[g.UserID]
		if !ok { // a service account whose token has ended
			continue
		}
		props.Grants = append(
			props.Grants,
			views.GrantRow{
				VaultID: g.VaultID, User: u.Name, Email: u.Email, View: g.View, Share: g.Share,
			},
		)
	}
	return h.show(c, http.StatusOK, views.VaultsPage(props))
}

// grantees returns those whose grants count, by id: people, and service accounts whose
// token is valid, which have no email address.
func (h *Handlers) grantees(
	ctx context.Context, users []account.User,
) (map[string]account.User, error) {
	programs, err := h.c.Accounts.ServiceAccounts(ctx)
	if err != nil {
		return nil, fault.Wrap("list service accounts", err)
	}
	all := map[string]account.User{}
	for _, u := range users {
		all[u.ID] = u
	}
	for _, a := range programs {
		if a.State(h.c.Clock()) == account.TokenLive {
			all[a.ID] = account.User{ID: a.ID, Name: a.Name}
		}
	}
	return all, nil
}
