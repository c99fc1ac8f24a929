package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// managedVault returns the vault that a request is about, or fault.NotFound.
func (h *Handlers) managedVault(c echo.Context) (vault.Info, []vault.Info, error) {
	vaults, err := h.c.Vault.Vaults(c.Request().Context())
	if err != nil {
		return vault.Info{}, nil, ofVault("list vaults", err)
	}
	at := slices.IndexFunc(vaults, func(v vault.Info) bool { return v.ID == c.Param("vault") })
	if at < 0 {
		return vault.Info{}, nil, fault.Of(fault.NotFound)
	}
	return vaults[at], vaults, nil
}

// showVaultAccess shows who may do what in one vault, to those who decide it.
func (h *Handlers) showVaultAccess(c echo.Context, me account.Identity) error {
	props, err := h.vaultAccessPage(c, me)
	if err != nil {
		return err
	}
	props.Shell.Flash = accessDone[c.QueryParam("done")]
	if fragment(c) {
		return h.show(c, http.StatusOK, views.AccessList(props))
	}
	if err := h.fillGrantForm(c, &props); err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.VaultAccessPage(props))
}

// accessDone are the words for what was done in a vault.
var accessDone = map[string]string{
	"added": "Vault created. You have every right in it.", "granted": "Rights saved.",
	"removed": "Access removed.", "renamed": "Vault renamed.", "archived": "Vault archived.",
	"restored": "Vault restored.",
}

func (h *Handlers) vaultAccessPage(
	c echo.Context, me account.Identity,
) (views.VaultAccessProps, error) {
	ctx := c.Request().Context()
	of, vaults, err := h.managedVault(c)
	if err != nil {
		return views.VaultAccessProps{}, err
	}
	find, filter := findOf(c)
	props := views.VaultAccessProps{
		Shell:  h.shell(me, views.NavVaults, of.Title, vaults),
		Filter: filter, Vault: views.Option{ID: of.ID, Name: titles(vaults)[of.ID]},
		Archived: of.Archived, Name: of.Title, MayView: me.MayView(of.ID),
	}
	_, err = vault.KeeperOf(h.c.Vault)
	props.Kept = err == nil
	props.Who = &views.Lookup{Field: "who", Label: "Person or group", Icon: "users", All: "Name or email"}
	if props.Who.Hits, err = h.holderHits(ctx, ""); err != nil {
		return props, err
	}
	if props.Items, props.Links, err = h.vaultNumbers(ctx, of.ID); err != nil {
		return props, err
	}
	props.Grants, props.Next, err = h.grantRows(ctx, []vault.Info{of}, find)
	return props, err
}

// vaultNumbers returns how many items a vault has and how many links to them are active.
func (h *Handlers) vaultNumbers(ctx context.Context, vaultID string) (items, links int, err error) {
	page, err := h.c.Vault.Browse(
		ctx, vault.Query{Vaults: []string{vaultID}, Limit: 1, Count: true},
	)
	if err != nil {
		return 0, 0, ofVault("count items", err)
	}
	links, err = h.c.Shares.CountActive(ctx, vaultID)
	return page.Total, links, fault.Wrap("count links", err)
}

// fillGrantForm fills in the form with the own rights of the one whom the query names.
func (h *Handlers) fillGrantForm(c echo.Context, props *views.VaultAccessProps) error {
	id := c.QueryParam("who")
	if id == "" {
		props.Form.Rights = views.Rights{View: true, Reveal: true}
		return nil
	}
	holder, err := h.holderOf(c.Request().Context(), id)
	if err != nil || holder.ID == "" {
		return err
	}
	own, err := h.ownGrant(c.Request().Context(), holder, props.Vault.ID)
	props.Who.Text, props.Form.Rights, props.Form.Editing = holder.text(), rightsOf(own), holder.Name
	return err
}

func (h *Handlers) ownGrant(
	ctx context.Context, of holder, vaultID string,
) (own account.Grant, err error) {
	var all []account.Grant
	if of.Group {
		all, err = h.c.Accounts.GroupGrants(ctx, of.ID)
	} else {
		all, err = h.c.Accounts.GrantsOf(ctx, []string{of.ID})
	}
	for _, g := range all {
		if g.VaultID == vaultID {
			own = g
		}
	}
	return own, fault.Wrap("list grants", err)
}

// setVaultAccess replaces what a person or a group may do in a vault.
func (h *Handlers) setVaultAccess(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	props, err := h.vaultAccessPage(c, me)
	if err != nil {
		return err
	}
	props.Form.Rights, props.Who.Text = rightsIn(form), form.Get("who")
	of, err := h.holderOf(c.Request().Context(), form.Get("who"))
	if err == nil {
		grant := props.Form.Rights.Grant(props.Vault.ID)
		if of.Group {
			grant.GroupID = of.ID
		} else {
			grant.UserID = of.ID
		}
		err = h.c.Accounts.ChangeAccess(c.Request().Context(), me, account.AccessChange{
			Grant: grant, Confirmed: isChecked(form, "confirm"),
		})
	}
	if fault.KindOf(err) == fault.Invalid {
		props.Problems = fault.ProblemsOf(err)
		return h.showEither(c, http.StatusUnprocessableEntity,
			views.VaultAccess(props), views.VaultAccessPage(props))
	}
	if err != nil {
		return fault.Wrap("change who has access", err)
	}
	return h.afterAccess(c, me, props)
}

// afterAccess leads on from a change of rights: one who doesn't manage the vault any more has no page
// for it.
func (h *Handlers) afterAccess(
	c echo.Context, me account.Identity, props views.VaultAccessProps,
) error {
	now, err := h.stillManages(c.Request().Context(), me, props.Vault.ID)
	switch {
	case err != nil:
		return err
	case !now:
		return seeOther(c, h.Items(views.ItemsFilter{}))
	case props.Form.Rights == views.Rights{}:
		return seeOther(c, h.VaultAccessDone(props.Vault.ID, "removed"))
	}
	return seeOther(c, h.VaultAccessDone(props.Vault.ID, "granted"))
}

func (h *Handlers) stillManages(
	ctx context.Context, me account.Identity, vaultID string,
) (bool, error) {
	if me.Admin() {
		return true, nil
	}
	rights, err := h.c.Accounts.RightsOf(ctx, []string{me.User.ID})
	return slices.ContainsFunc(rights, func(g account.Grant) bool {
		return g.VaultID == vaultID && g.Manage
	}), fault.Wrap("list rights", err)
}

func rightsIn(form url.Values) views.Rights {
	return views.Rights{
		View: isChecked(form, "view"), Reveal: isChecked(form, "reveal"),
		Share: isChecked(form, "share"), Edit: isChecked(form, "edit"),
		Manage: isChecked(form, "manage"),
	}
}
