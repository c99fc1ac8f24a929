package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
)

// vault answers with one vault, archived or not.
func (a *API) vault(c echo.Context, _ account.Identity) error {
	found, err := a.vaultOf(c)
	if err != nil {
		return err
	}
	return a.answerTagged(c, vaultOverview(found))
}

// addVault creates an empty vault, in which nobody has rights yet.
func (a *API) addVault(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	title := r.text("title")
	r.rejectOthers("title")
	if err := fault.Fields(r.problems); err != nil {
		return err
	}
	keeper, err := vault.KeeperOf(a.c.Vault)
	if err != nil {
		return err
	}
	added, err := keeper.AddVault(c.Request().Context(), me.User.ID, title)
	if err != nil {
		return fault.Wrap("add a vault", ofTitle(err))
	}
	c.Response().Header().Set(echo.HeaderLocation, a.c.URL+"/api/v1/vaults/"+added.ID)
	return answer(c, http.StatusCreated, vaultOverview(added))
}

// ofTitle returns an error about a vault's name as one about the member that holds it.
func ofTitle(err error) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	problems := slices.Clone(fault.ProblemsOf(err))
	for i := range problems {
		problems[i].Field = "title"
	}
	return fault.Fields(problems)
}

// changeVault sets what the body names of a vault: its title, and whether it is archived.
func (a *API) changeVault(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	change := vaultChange{title: r.optional("title"), archived: r.optionalFlag("archived")}
	r.rejectOthers("title", "archived")
	if err := fault.Fields(r.problems); err != nil {
		return err
	}
	of, err := a.vaultOf(c)
	if err != nil {
		return err
	}
	keeper, err := vault.KeeperOf(a.c.Vault)
	if err != nil {
		return err
	}
	if err := change.apply(c.Request().Context(), keeper, me.User.ID, of); err != nil {
		return fault.Wrap("change a vault", err)
	}
	changed, err := a.vaultOf(c)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, vaultOverview(changed))
}

// vaultChange is a change of a vault. What is nil stays.
type vaultChange struct {
	title    *string
	archived *bool
}

func (change vaultChange) apply(
	ctx context.Context, keeper vault.Keeper, by string, of vault.Info,
) error {
	if change.title != nil {
		if err := keeper.RenameVault(ctx, by, of.ID, *change.title); err != nil {
			return ofTitle(err)
		}
	}
	switch {
	case change.archived == nil:
		return nil
	case *change.archived:
		return keeper.ArchiveVault(ctx, by, of.ID)
	}
	return keeper.RestoreVault(ctx, by, of.ID)
}
