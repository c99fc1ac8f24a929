package handlers

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// addVault creates a vault, in which the admin who creates it gets every right.
func (h *Handlers) addVault(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	keeper, err := vault.KeeperOf(h.c.Vault)
	if err != nil {
		return err
	}
	added, err := keeper.AddVault(c.Request().Context(), me.User.ID, form.Get("name"), me.User.ID)
	if status, problems := refusedName(err); status != 0 {
		props, err := h.vaultsPage(c, me)
		if err != nil {
			return err
		}
		props.Name, props.Problems = form.Get("name"), problems
		return h.showEither(c, status, views.Vaults(props), views.VaultsPage(props))
	}
	if err != nil {
		return ofVault("add a vault", err)
	}
	return seeOther(c, h.VaultAccessDone(added.ID, "added"))
}

// refusedName returns the status and the problems of a name that was not accepted: one that is not
// fit, or in use. The status is 0 for another error and for none.
func refusedName(err error) (status int, problems []fault.Problem) {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, fault.ProblemsOf(err)
	case fault.Conflict:
		problems = fault.ProblemsOf(err)
		for i := range problems {
			problems[i].Field = "name"
		}
		return http.StatusConflict, problems
	}
	return 0, nil
}

// renameVault changes the name of a vault.
func (h *Handlers) renameVault(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	keeper, err := vault.KeeperOf(h.c.Vault)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(form.Get("name"))
	err = keeper.RenameVault(c.Request().Context(), me.User.ID, c.Param("vault"), name)
	if status, problems := refusedName(err); status != 0 {
		props, err := h.vaultAccessPage(c, me)
		if err != nil {
			return err
		}
		props.Name, props.Problems = form.Get("name"), problems
		return h.showEither(c, status, views.VaultAccess(props), views.VaultAccessPage(props))
	}
	if err != nil {
		return ofVault("rename a vault", err)
	}
	return seeOther(c, h.VaultAccessDone(c.Param("vault"), "renamed"))
}

func (h *Handlers) archiveVault(c echo.Context, me account.Identity) error {
	return h.keepVault(c, me, "archived", vault.Keeper.ArchiveVault)
}

func (h *Handlers) restoreVault(c echo.Context, me account.Identity) error {
	return h.keepVault(c, me, "restored", vault.Keeper.RestoreVault)
}

// keepVault archives a vault or restores it.
func (h *Handlers) keepVault(
	c echo.Context, me account.Identity, done string,
	do func(keeper vault.Keeper, ctx context.Context, by, vaultID string) error,
) error {
	keeper, err := vault.KeeperOf(h.c.Vault)
	if err != nil {
		return err
	}
	if err := do(keeper, c.Request().Context(), me.User.ID, c.Param("vault")); err != nil {
		return ofVault("archive a vault", err)
	}
	return seeOther(c, h.VaultAccessDone(c.Param("vault"), done))
}
