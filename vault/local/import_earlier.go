package local

import (
	"bytes"
	"context"
	"slices"
)

// earlierItem is an item of an earlier import.
type earlierItem struct {
	id     string
	digest []byte
}

// earlierItems are a vault's imported items by the hash of their source.
type earlierItems map[string][]earlierItem

// take removes and returns an item with the first of the sources that has one. Of several it
// prefers one with this digest, so that two items of one source stay two.
func (e earlierItems) take(digest []byte, sources ...[]byte) (earlierItem, bool) {
	for _, source := range sources {
		items := e[string(source)]
		if source == nil || len(items) == 0 {
			continue
		}
		i := max(0, slices.IndexFunc(items, func(item earlierItem) bool {
			return bytes.Equal(item.digest, digest)
		}))
		found := items[i]
		e[string(source)] = slices.Delete(items, i, i+1)
		return found, true
	}
	return earlierItem{}, false
}

// earlierItems returns a vault's imported items.
func (v *Vault) earlierItems(ctx context.Context, vaultID string) (earlierItems, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	all := earlierItems{}
	for _, row := range rows {
		overview, err := v.openOverview(row)
		if err != nil {
			return nil, err
		}
		if overview.Source != nil {
			key := string(overview.Source)
			all[key] = append(all[key], earlierItem{row.ID, overview.Digest})
		}
	}
	return all, nil
}

// addedItem is an item that this import has added to a vault.
type addedItem struct {
	to     *target
	source []byte
}

// dropMoved removes from other vaults of the same account the items that this import has
// added to a vault, and has not found where they were.
func (r *importRun) dropMoved(ctx context.Context) error {
	if r.in.Target != "" || len(r.added) == 0 {
		return nil
	}
	missing, err := r.missingItems(ctx)
	if err != nil {
		return err
	}
	for _, added := range r.added {
		at := slices.IndexFunc(missing[string(added.source)], func(item SealedItem) bool {
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
func (r *importRun) missingItems(ctx context.Context) (map[string][]SealedItem, error) {
	accounts, earlier := map[string]bool{}, map[string]earlierItems{}
	for _, added := range r.added {
		accounts[added.to.origin.Account] = true
	}
	for _, to := range r.order {
		earlier[to.ID] = to.earlier
	}
	missing := map[string][]SealedItem{}
	for _, row := range r.vaults {
		if row.origin.Account == "" || !accounts[row.origin.Account] {
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
		for source, list := range items {
			for _, item := range list {
				missing[source] = append(missing[source], SealedItem{VaultID: row.ID, ID: item.id})
			}
		}
	}
	return missing, nil
}
