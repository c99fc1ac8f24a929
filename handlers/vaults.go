package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/vault"
	"itemshare/views"
)

// showAllVaults lists the vaults that me may view, page by page.
func (h *Handlers) showAllVaults(c echo.Context, me account.Identity) error {
	all, err := h.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return ofVault("list vaults", err)
	}
	vaults := viewableBy(me, all)
	_, filter := findOf(c)
	props := views.AllVaultsProps{
		Shell: h.shell(me, views.NavAllVaults, "Vaults", vaults), Filter: filter,
	}
	props.Archived = options(slices.DeleteFunc(slices.Clone(all), func(v vault.Info) bool {
		return !v.Archived || !me.MayManage(v.ID)
	}))
	props.Vaults, props.Next = pageOfVaults(props.Shell.Vaults, filter)
	return h.showEither(c, http.StatusOK, views.VaultList(props), views.AllVaultsPage(props))
}

// pageOfVaults returns the vaults whose name has the filter's text, from the one after a cursor on.
// The cursor is the last vault's ID; one that no longer matches begins anew.
func pageOfVaults(all []views.Option, f views.ListFilter) (page []views.Option, next string) {
	found := slices.DeleteFunc(slices.Clone(all), func(v views.Option) bool {
		return !containsFold(v.Name, f.Text)
	})
	after := slices.IndexFunc(found, func(v views.Option) bool { return v.ID == f.After })
	found = found[after+1:]
	if len(found) > pageSize {
		return found[:pageSize], found[pageSize-1].ID
	}
	return found, ""
}
