package local

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"itemshare/vault"
)

// earlierItem is an item that a vault has already. Its match is how it was found.
type earlierItem struct {
	id     string
	source string
	look   string
	digest []byte
	match  vault.ImportMatch
}

// earlierItems are a vault's items by the hash of their source and by how they look.
type earlierItems struct {
	bySource map[string][]earlierItem
	byLook   map[string][]earlierItem
}

// find returns an item with the first of the sources that has one, or else one that looks the same. Of
// several it prefers one with this digest, so that two items of one source stay two.
func (e earlierItems) find(
	incoming vault.ImportedItem, digest []byte, sources ...[]byte,
) earlierItem {
	for _, source := range sources {
		if items := e.bySource[string(source)]; source != nil && len(items) > 0 {
			found := items[max(0, slices.IndexFunc(items, func(item earlierItem) bool {
				return bytes.Equal(item.digest, digest)
			}))]
			found.match = vault.BySource
			return found
		}
	}
	if items := e.byLook[lookOf(vault.OverviewOf(incoming.Item))]; len(items) > 0 {
		found := items[0]
		found.match = vault.ByContent
		return found
	}
	return earlierItem{}
}

// use removes an item that was found, so that it is found once. An entry that was added beside it
// leaves it to the next one.
func (e earlierItems) use(item earlierItem, did vault.ImportAct) {
	if item.match == vault.NoMatch || did == vault.ImportAdded && item.match == vault.ByContent {
		return
	}
	isSame := func(other earlierItem) bool { return other.id == item.id }
	if item.match == vault.BySource || did == vault.ImportUpdated { // else its own entry may still come
		e.bySource[item.source] = slices.DeleteFunc(e.bySource[item.source], isSame)
	}
	e.byLook[item.look] = slices.DeleteFunc(e.byLook[item.look], isSame)
}

// lookOf returns what makes two items look the same: title, user name and site. A login and a password
// can be the same.
func lookOf(overview vault.Overview) string {
	category, site := overview.Category, ""
	if category == vault.Password {
		category = vault.Login
	}
	if len(overview.Sites) > 0 {
		site = overview.Sites[0]
	}
	return strings.Join([]string{
		string(category), strings.ToLower(strings.TrimSpace(overview.Title)),
		strings.ToLower(overview.Subtitle), strings.TrimPrefix(site, "www."),
	}, "\x00")
}

// earlierItems returns a vault's items.
func (v *Vault) earlierItems(ctx context.Context, vaultID string) (earlierItems, error) {
	all := newEarlierItems()
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return all, err
	}
	for _, row := range rows {
		overview, err := v.openOverview(row)
		if err != nil {
			return all, err
		}
		item := earlierItem{
			id: row.ID, source: string(overview.Source), digest: overview.Digest,
			look: lookOf(overview.Overview),
		}
		if overview.Source != nil {
			all.bySource[item.source] = append(all.bySource[item.source], item)
		}
		all.byLook[item.look] = append(all.byLook[item.look], item)
	}
	return all, nil
}

func newEarlierItems() earlierItems {
	return earlierItems{map[string][]earlierItem{}, map[string][]earlierItem{}}
}

// addedItem is an item that this import has added to a vault.
type addedItem struct {
	to     *target
	source []byte
}

// dropMoved removes from other vaults of the same account the items that this import has
// added to a vault, and has not found where they were.
func (r *importRun) dropMoved(ctx context.Context) error {
	if len(r.added) == 0 {
		return nil
	}
	missing, err := r.missingItems(ctx)
	if err != nil {
		return err
	}
	for _, added := range r.added {
		at := slices.IndexFunc(missing[string(added.source)], func(item DroppedItem) bool {
			return item.VaultID != added.to.ID
		})
		if at < 0 {
			continue
		}
		added.to.Moved++
		r.changes.DropItems = append(r.changes.DropItems, missing[string(added.source)][at])
		missing[string(added.source)] = slices.Delete(missing[string(added.source)], at, at+1)
	}
	return nil
}

// missingItems returns the items of earlier imports that this import has not found, of the
// accounts that it has added items of, by the hash of their source.
func (r *importRun) missingItems(ctx context.Context) (map[string][]DroppedItem, error) {
	accounts, earlier := map[string]bool{}, map[string]earlierItems{}
	for _, added := range r.added {
		accounts[added.to.origin.Account] = true
	}
	for _, to := range r.order {
		earlier[to.ID] = to.earlier
	}
	missing := map[string][]DroppedItem{}
	for _, row := range r.vaults {
		if row.origin.Account == "" || !accounts[row.origin.Account] || !r.mayEdit(row.ID) {
			continue
		}
		items, ok := earlier[row.ID]
		if !ok {
			var err error
			if items, err = r.vault.earlierItems(ctx, row.ID); err != nil {
				return nil, err
			}
			r.changes.Unchanged = append(
				r.changes.Unchanged,
				SealedVault{ID: row.ID, Changed: row.changed},
			)
		}
		for source, list := range items.bySource {
			for _, item := range list {
				missing[source] = append(missing[source], DroppedItem{VaultID: row.ID, ID: item.id})
			}
		}
	}
	return missing, nil
}
