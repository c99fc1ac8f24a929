package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
		return h.show(c, status, views.VaultsPage(props))
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
		return h.show(c, http.StatusUnprocessableEntity, views.VaultAccessPage(props))
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
		return h.show(c, status, views.VaultAccessPage(props))
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
