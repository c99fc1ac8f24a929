package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// versionsShown is how many versions a page lists: each is read with its values, to say what changed.
const versionsShown = 20

// editableItem returns the item in the path with the vault that changes it, and the vaults that me may
// view.
func (h *Handlers) editableItem(
	c echo.Context, me account.Identity,
) (vault.Editor, vault.Item, []vault.Info, error) {
	editor, err := h.editor()
	if err != nil {
		return nil, vault.Item{}, nil, err
	}
	item, vaults, err := h.itemOf(c, me)
	return editor, item, vaults, err
}

// showConflict asks which of two versions' parts to keep: mine, made from the version that its
// number says, and the one that somebody else has saved since. What certainly only the other person
// changed is theirs unless mine is chosen.
func (h *Handlers) showConflict(c echo.Context, me account.Identity, mine vault.Item) error {
	ctx := c.Request().Context()
	editor, theirs, vaults, err := h.editableItem(c, me)
	if err != nil {
		return err
	}
	if theirs.Archived() {
		return vault.Archived()
	}
	changed := map[string]bool{} // by me
	base, err := editor.ItemVersion(ctx, mine.VaultID, mine.ID, mine.Version)
	if fault.KindOf(err) == fault.Unavailable {
		return ofVault("load the version that was read", err)
	}
	known := err == nil // else it is damaged, or no longer kept
	if known {
		base.Files = mine.Files
		for _, d := range vault.Compare(base, mine) {
			changed[d.Key] = true
		}
	}
	ref := itemRef(theirs, titles(vaults)[theirs.VaultID])
	props := views.ItemConflictProps{
		Shell: h.shell(me, views.NavItems, "Edit "+ref.Title, vaults), Item: ref,
		Form: formOfItem(mine), At: theirs.UpdatedAt,
	}
	props.Form.Version = theirs.Version
	for _, d := range vault.Compare(mine, theirs) {
		props.Parts = append(props.Parts, views.ConflictPart{Difference: d, Take: known && !changed[d.Key]})
	}
	if props.By, props.Own, err = h.savedBy(ctx, me, editor, theirs); err != nil {
		return err
	}
	if fragment(c) {
		return h.showSecret(c, http.StatusConflict, views.ItemConflict(props))
	}
	return h.showSecret(c, http.StatusConflict, views.ItemConflictPage(props))
}

// savedBy names who saved the current version of an item, and reports whether it was me.
func (h *Handlers) savedBy(
	ctx context.Context, me account.Identity, editor vault.Editor, item vault.Item,
) (name string, own bool, err error) {
	versions, err := editor.Versions(ctx, item.VaultID, item.ID)
	if err != nil || len(versions) == 0 {
		return "", false, ofVault("list versions", err)
	}
	by := versions[0].By
	people, err := h.c.Accounts.Parties(ctx, []string{by})
	return people[by].Name, by == me.User.ID, fault.Wrap("name who saved an item", err)
}

// picked is the prefix of the controls that choose between two versions.
const picked = "pick."

// chooseParts returns mine with the parts that were chosen from the version that mine names.
func (h *Handlers) chooseParts(
	ctx context.Context, mine vault.Item, sent url.Values,
) (vault.Item, error) {
	editor, err := h.editor()
	if err != nil {
		return mine, err
	}
	theirs, err := editor.ItemVersion(ctx, mine.VaultID, mine.ID, mine.Version)
	if err != nil {
		return mine, ofVault("load the other version", err)
	}
	var keys []string
	for name := range sent {
		if key, ok := strings.CutPrefix(name, picked); ok && sent.Get(name) == "theirs" {
			keys = append(keys, key)
		}
	}
	return vault.Merge(mine, theirs, keys), nil
}

// showVersions lists an item's versions, a page at a time.
func (h *Handlers) showVersions(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	editor, item, vaults, err := h.editableItem(c, me)
	if err != nil {
		return err
	}
	all, err := editor.Versions(ctx, item.VaultID, item.ID)
	if err != nil {
		return ofVault("list versions", err)
	}
	from := version(c.QueryParam("from"))
	ref := itemRef(item, titles(vaults)[item.VaultID])
	props := views.VersionsProps{
		Shell: h.shell(me, views.NavItems, "Versions of "+ref.Title, vaults), Item: ref,
		First: from == 0 || from >= item.Version,
	}
	for i, v := range all {
		if from > 0 && v.Number > from {
			continue
		}
		if len(props.Versions) == versionsShown {
			props.Older = v.Number
			break
		}
		row := views.VersionRow{Version: v, Current: v.Number == item.Version}
		if i+1 < len(all) {
			if row.Changed, err = changedIn(ctx, editor, item, v.Number, all[i+1].Number); err != nil {
				return ofVault("compare versions", err)
			}
		}
		props.Versions = append(props.Versions, row)
	}
	return h.nameVersions(c, props)
}

func (h *Handlers) nameVersions(c echo.Context, props views.VersionsProps) error {
	var savers []string
	for _, row := range props.Versions {
		savers = append(savers, row.By)
	}
	people, err := h.c.Accounts.Parties(c.Request().Context(), distinct(savers))
	if err != nil {
		return fault.Wrap("name who saved versions", err)
	}
	for i, row := range props.Versions {
		props.Versions[i].ByName = people[row.By].Name
	}
	return h.show(c, http.StatusOK, views.VersionsPage(props))
}

// changedIn names what a version has differently from the one before, "" where one of them is damaged or
// has been erased.
func changedIn(
	ctx context.Context, editor vault.Editor, item vault.Item, version, before uint32,
) (string, error) {
	later, err := editor.ItemVersion(ctx, item.VaultID, item.ID, version)
	var earlier vault.Item
	if err == nil {
		earlier, err = editor.ItemVersion(ctx, item.VaultID, item.ID, before)
	}
	switch {
	case fault.CodeOf(err) == fault.CodeDamaged, fault.KindOf(err) == fault.NotFound:
		return "", nil
	case err != nil:
		return "", err
	}
	return vault.Names(vault.Compare(earlier, later)), nil
}

// showVersion shows one version, without concealed values, and what the current one has differently.
func (h *Handlers) showVersion(c echo.Context, me account.Identity) error {
	ctx := c.Request().Context()
	editor, item, vaults, err := h.editableItem(c, me)
	if err != nil {
		return err
	}
	number := version(c.Param("version"))
	all, err := editor.Versions(ctx, item.VaultID, item.ID)
	if err != nil {
		return ofVault("list versions", err)
	}
	earlier, err := editor.ItemVersion(ctx, item.VaultID, item.ID, number)
	if err != nil {
		return ofVault("load a version", err)
	}
	vaultTitle := titles(vaults)[item.VaultID]
	props := views.VersionProps{
		Shell: h.shell(me, views.NavItems, "Version", vaults), Item: itemRef(item, vaultTitle),
		View:        views.ViewItem(earlier, vaultTitle),
		Differences: vault.Compare(earlier, item),
		MayRestore:  number != item.Version && !item.Archived() && me.MayEdit(item.VaultID),
	}
	for _, v := range all {
		if v.Number == number {
			props.Row = views.VersionRow{Version: v, Current: v.Number == item.Version}
		}
	}
	people, err := h.c.Accounts.Parties(ctx, []string{props.Row.By})
	if err != nil {
		return fault.Wrap("name who saved a version", err)
	}
	props.Row.ByName = people[props.Row.By].Name
	return h.show(c, http.StatusOK, views.VersionPage(props))
}

// restoreVersion makes an earlier version the next one.
func (h *Handlers) restoreVersion(c echo.Context, me account.Identity) error {
	editor, err := h.editor()
	if err != nil {
		return err
	}
	form, err := formOf(c)
	if err != nil {
		return err
	}
	item, err := editor.RestoreVersion(
		c.Request().Context(), me.User.ID, c.Param("vault"), c.Param("item"),
		version(c.Param("version")), version(form.Get("version")),
	)
	if err != nil {
		return ofVault("restore a version", err)
	}
	return seeOther(c, h.ItemDone(item.VaultID, item.ID, "version"))
}
