package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// showVaults lists who may do what in all vaults.
func (h *Handlers) showVaults(c echo.Context, me account.Identity) error {
	props, err := h.vaultsPage(c, me)
	if err != nil {
		return err
	}
	return h.showEither(c, http.StatusOK, views.GrantList(props), views.VaultsPage(props))
}

func (h *Handlers) vaultsPage(c echo.Context, me account.Identity) (views.VaultsProps, error) {
	ctx := c.Request().Context()
	vaults, err := h.c.Vault.Vaults(ctx)
	if err != nil {
		return views.VaultsProps{}, ofVault("list vaults", err)
	}
	find, filter := findOf(c)
	props := views.VaultsProps{
		Shell:  h.shell(me, views.NavVaults, "Vaults", vaults),
		Filter: filter, Empty: len(vaults) == 0,
	}
	_, err = vault.KeeperOf(h.c.Vault)
	props.MayAdd = err == nil
	props.Grants, props.Next, err = h.grantRows(ctx, vaults, find)
	return props, err
}

// grantRows returns a page of who may do what in vaults.
func (h *Handlers) grantRows(
	ctx context.Context, vaults []vault.Info, find account.Find,
) (rows []views.GrantRow, next string, err error) {
	names, archived := titles(vaults), map[string]bool{}
	named := make([]account.Named, len(vaults))
	for i, v := range vaults {
		named[i] = account.Named{ID: v.ID, Name: names[v.ID]}
		archived[v.ID] = v.Archived
	}
	page, err := h.c.Accounts.FindGrantees(ctx, named, find)
	if err != nil {
		return nil, "", fault.Wrap("list who has access", err)
	}
	groups, err := h.groupNames(ctx, page.Rows)
	for _, g := range page.Rows {
		row := views.GrantRow{
			VaultID: g.VaultID, Vault: names[g.VaultID], Archived: archived[g.VaultID],
			ID: g.GroupID + g.UserID, User: g.Name, Email: g.Email, Group: g.GroupID != "",
			Rights: rightsOf(g.Grant),
		}
		for _, source := range g.Sources {
			row.Sources = append(row.Sources, views.RightSource{
				Group: groups[source.GroupID], Rights: rightsOf(source),
			})
		}
		rows = append(rows, row)
	}
	return rows, page.Next, err
}

// groupNames returns the names of the groups from which rights come, by ID.
func (h *Handlers) groupNames(
	ctx context.Context, rows []account.Grantee,
) (map[string]string, error) {
	names := map[string]string{}
	for _, row := range rows {
		for _, source := range row.Sources {
			if _, known := names[source.GroupID]; known || source.GroupID == "" {
				continue
			}
			group, err := h.c.Accounts.Group(ctx, source.GroupID)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return nil, fault.Wrap("name a group", err)
			}
			names[source.GroupID] = group.Name
		}
	}
	return names, nil
}

func rightsOf(g account.Grant) views.Rights {
	return views.Rights{
		View: g.View, Reveal: g.View && !g.NoReveal, Share: g.Share, Edit: g.Edit && !g.NoReveal,
		Manage: g.Manage,
	}
}
