package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
	"itemshare/views"
)

const pageSize = 50

// viewable returns the vaults whose items me may view, in the vault's order.
func (h *Handlers) viewable(ctx context.Context, me account.Identity) ([]vault.Info, error) {
	all, err := h.c.Vault.Vaults(ctx)
	return viewableBy(me, all), ofVault("list vaults", err)
}

func viewableBy(me account.Identity, all []vault.Info) []vault.Info {
	var seen []vault.Info
	for _, v := range all {
		if me.MayView(v.ID) {
			seen = append(seen, v)
		}
	}
	return seen
}

// errOfVault marks errors of the vault, for the words of the error page.
var errOfVault = errors.New("vault")

func ofVault(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %w", op, errOfVault, err)
}

// sidebarVaults returns the vaults to list beside a page that is about something else: none
// while the vault is unreachable, which must not take the page away, and for nobody.
func (h *Handlers) sidebarVaults(ctx context.Context, me account.Identity) []vault.Info {
	if len(me.Grants) == 0 {
		return nil
	}
	vaults, err := h.viewable(ctx, me)
	if err != nil {
		return nil
	}
	return vaults
}

func ids(vaults []vault.Info) []string {
	all := make([]string, len(vaults))
	for i, v := range vaults {
		all[i] = v.ID
	}
	return all
}

func titles(vaults []vault.Info) map[string]string {
	all := make(map[string]string, len(vaults))
	for _, v := range vault.Distinct(vaults) {
		all[v.ID] = v.Title
	}
	return all
}

func options(vaults []vault.Info) []views.Option {
	all := make([]views.Option, len(vaults))
	for i, v := range vault.Distinct(vaults) {
		all[i] = views.Option{ID: v.ID, Name: v.Title}
	}
	return all
}

// viewerOf returns me as a viewer of the history: an admin views all shares.
func viewerOf(me account.Identity, vaults []string) share.Viewer {
	return share.Viewer{UserID: me.User.ID, All: me.Admin(), Vaults: vaults}
}

// grantedVaults returns the ids of the vaults that me may view, whether or not they exist.
func grantedVaults(me account.Identity) []string {
	var all []string
	for id := range me.Grants {
		if me.MayView(id) {
			all = append(all, id)
		}
	}
	return all
}

// sharerOf returns me as who shares from a vault, "" for what is in no vault and for changes that need
// no right in one.
func sharerOf(me account.Identity, vaultID string) share.Sharer {
	return share.Sharer{ID: me.User.ID, Name: me.User.Name, Reveals: me.MayReveal(vaultID)}
}

func (h *Handlers) browse(c echo.Context, me account.Identity) error {
	filter := views.ItemsFilter{
		Vault: c.QueryParam("vault"), Text: c.QueryParam("q"),
		Category: vault.Category(c.QueryParam("category")), After: c.QueryParam("after"),
		Archived: c.QueryParam("archived") == "on",
	}
	if filter.Vault != "" && !me.MayView(filter.Vault) {
		return fault.Of(fault.NotFound)
	}
	if filter.Vault != "" {
		h.useVault(c, filter.Vault)
	}
	return h.showItems(c, me, filter, views.ItemsProps{})
}

// showItems shows a page of items. A change of several that was refused comes with its problems.
func (h *Handlers) showItems(
	c echo.Context, me account.Identity, filter views.ItemsFilter, refused views.ItemsProps,
) error {
	props, err := h.itemsPage(c.Request().Context(), me, filter)
	props.Selection = refused.Selection
	props.Shell.Flash = itemsDone(c)
	if fault.KindOf(err) == fault.Unavailable {
		props.Unreachable, props.Why = true, reasonOf(err)
		status, _ := statusOf(c, err)
		return h.showEither(c, status, views.ItemList(props), views.ItemsPage(props))
	}
	if err != nil {
		return err
	}
	status := http.StatusOK
	if props.Selection != nil {
		status = http.StatusUnprocessableEntity
	}
	return h.showEither(c, status, views.ItemList(props), views.ItemsPage(props))
}

// reasonOf returns the sentence in which a vault says why it cannot answer, "" for none.
func reasonOf(err error) string {
	if problems := fault.ProblemsOf(err); len(problems) > 0 {
		return problems[0].Detail
	}
	return ""
}

// refresh has the vault load its lists again, and leads back to the items page.
func (h *Handlers) refresh(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	filter := views.ItemsFilter{
		Vault:    form.Get("vault"),
		Text:     form.Get("q"),
		Category: vault.Category(form.Get("category")),
	}
	if filter.Vault != "" && !me.MayView(filter.Vault) {
		return fault.Of(fault.NotFound)
	}
	cached, ok := h.c.Vault.(vault.Refresher)
	if !ok {
		return seeOther(c, h.Items(filter))
	}
	vaults := []string{filter.Vault}
	if filter.Vault == "" {
		seen, err := h.viewable(c.Request().Context(), me)
		if err != nil {
			return err
		}
		vaults = ids(seen)
	}
	if err := cached.Refresh(c.Request().Context(), vaults); err != nil {
		return ofVault("refresh the lists", err)
	}
	return seeOther(c, h.Items(filter))
}

// itemsPage returns a page of items. With an error it returns what was found before it.
func (h *Handlers) itemsPage(
	ctx context.Context, me account.Identity, filter views.ItemsFilter,
) (views.ItemsProps, error) {
	vaults, err := h.viewable(ctx, me)
	props := views.ItemsProps{Shell: h.shell(me, views.NavItems, "Items", vaults), Filter: filter}
	if err != nil {
		return props, err
	}
	h.setEditable(&props, me, vaults)
	query := vault.Query{
		Vaults:   ids(vaults),
		Text:     filter.Text,
		Category: filter.Category,
		After:    filter.After,
		Limit:    pageSize,
		Archived: filter.Archived,
		Count:    true,
	}
	if filter.Vault != "" {
		query.Vaults = []string{filter.Vault}
	}
	found, err := h.c.Vault.Browse(ctx, query)
	if cached, ok := h.c.Vault.(vault.Refresher); ok {
		props.Cached, props.AsOf = true, cached.AsOf(query.Vaults)
	}
	if err != nil {
		return props, ofVault("browse items", err)
	}
	live, err := h.liveLinks(ctx, me, found.Items)
	if err != nil {
		return props, err
	}
	names := titles(vaults)
	props.Items = make([]views.ItemRow, 0, len(found.Items))
	for _, item := range found.Items {
		props.Items = append(
			props.Items,
			views.ItemRow{
				Overview: item,
				Vault:    names[item.VaultID],
				Live:     live[itemKey{item.VaultID, item.ID}],
				MayEdit:  props.NewIn != "" && me.MayEdit(item.VaultID),
			},
		)
	}
	props.Next, props.Total = found.Next, found.Total
	return props, nil
}

type itemKey struct{ vault, item string }

// liveLinks counts the items' active links that me may see.
func (h *Handlers) liveLinks(
	ctx context.Context, me account.Identity, items []vault.Overview,
) (map[itemKey]int, error) {
	byVault := map[string][]string{}
	for _, item := range items {
		byVault[item.VaultID] = append(byVault[item.VaultID], item.ID)
	}
	live := map[itemKey]int{}
	for vaultID, itemIDs := range byVault {
		counts, err := h.c.Shares.Live(ctx, viewerOf(me, nil), vaultID, itemIDs)
		if err != nil {
			return nil, fault.Wrap("count active links", err)
		}
		for itemID, n := range counts {
			live[itemKey{vaultID, itemID}] = n
		}
	}
	return live, nil
}

// itemOf returns the item in the path, and the vaults that me may view.
func (h *Handlers) itemOf(c echo.Context, me account.Identity) (vault.Item, []vault.Info, error) {
	ctx := c.Request().Context()
	vaults, err := h.viewable(ctx, me)
	if err != nil {
		return vault.Item{}, nil, err
	}
	item, err := h.c.Vault.Item(ctx, c.Param("vault"), c.Param("item"))
	if err == nil {
		h.useVault(c, item.VaultID)
	}
	return item, vaults, ofVault("load an item", err)
}

func (h *Handlers) showItem(c echo.Context, me account.Identity) error {
	props, err := h.itemProps(c, me)
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.ItemPage(props))
}

// itemProps returns what the page of the item in the path shows.
func (h *Handlers) itemProps(c echo.Context, me account.Identity) (views.ItemProps, error) {
	item, vaults, err := h.itemOf(c, me)
	if err != nil {
		return views.ItemProps{}, err
	}
	links, err := h.c.Shares.List(
		c.Request().Context(),
		viewerOf(me, nil),
		share.Query{
			Status: string(share.Active), VaultID: item.VaultID, ItemID: item.ID, Limit: pageSize,
		},
	)
	if err != nil {
		return views.ItemProps{}, fault.Wrap("list an item's links", err)
	}
	names := titles(vaults)
	noShare := whyNotShared(me, item)
	props := views.ItemProps{
		Shell:    h.shell(me, views.NavItems, item.Title, vaults),
		Item:     views.ViewItem(item, names[item.VaultID]),
		MayShare: noShare == "", NoShare: noShare, MayReveal: me.MayReveal(item.VaultID),
	}
	h.setActs(&props, me, item, vaults)
	props.Shell.Flash = itemDone[c.QueryParam("done")]
	if _, ok := h.c.Vault.(vault.FileEditor); ok && me.MayEdit(item.VaultID) && !item.Archived() {
		props.MaxFile = h.c.MaxFile
	}
	for _, s := range links.Shares {
		props.Links = append(
			props.Links,
			views.ItemLink{ShareRow: shareRow(s, names), Older: s.ItemVersion < item.Version},
		)
	}
	return props, nil
}

// whyNotShared says why me may not share an item, "" if they may.
func whyNotShared(me account.Identity, item vault.Item) string {
	if item.Archived() {
		return "This item is archived. Restore it to share it."
	}
	if err := account.VaultSharer.Check(me, item.VaultID); err != nil {
		return reasonOf(err)
	}
	return ""
}

func itemRef(item vault.Item, vaultTitle string) views.ItemRef {
	return views.ItemRef{
		VaultID: item.VaultID, ID: item.ID, Vault: vaultTitle,
		Title: item.Title, Category: item.Category, Version: item.Version,
	}
}
