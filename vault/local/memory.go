package local

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"itemshare/vault"
)

// memory holds the opened names and overviews of the vaults, as of one value of the
// store's change counter.
type memory struct {
	filling sync.Mutex
	now     atomic.Pointer[snapshot]
}

// snapshot is immutable.
type snapshot struct {
	changed int64
	vaults  []vault.Info // by name
	indexes map[string]vaultIndex
}

// vaultIndex has the indexes of a vault's items and of its archived ones, as of its own change
// counter: the whole vault as it was once, and beside it what has changed since.
type vaultIndex struct {
	changed  int64
	listed   []*vault.Index
	archived []*vault.Index
	since    map[string]vault.Overview // what has changed since the whole vault was indexed, by ID
}

// maxSince is how many changed items stand beside a vault's index before it is made anew: that takes
// about 10 ms for each thousand items of the vault.
const maxSince = 500

// get returns the overview of an item, archived or not.
func (x vaultIndex) get(itemID string) (vault.Overview, bool) {
	for _, indexes := range [...][]*vault.Index{x.listed, x.archived} {
		for _, index := range indexes {
			if overview, ok := index.Get(itemID); ok {
				return overview, true
			}
		}
	}
	return vault.Overview{}, false
}

// newVaultIndex indexes a whole vault.
func newVaultIndex(changed int64, overviews []vault.Overview) vaultIndex {
	listed, archived := byArchive(overviews)
	return vaultIndex{
		changed: changed, listed: []*vault.Index{listed}, archived: []*vault.Index{archived},
	}
}

func byArchive(overviews []vault.Overview) (listed, archived *vault.Index) {
	here := make([]vault.Overview, 0, len(overviews))
	var away []vault.Overview
	for _, overview := range overviews {
		if overview.ArchivedAt.IsZero() {
			here = append(here, overview)
		} else {
			away = append(away, overview)
		}
	}
	return vault.NewIndex(here), vault.NewIndex(away)
}

// with returns the index with items as they have become by a change.
func (x vaultIndex) with(changed int64, items []vault.Overview) vaultIndex {
	since := maps.Clone(x.since)
	if since == nil {
		since = map[string]vault.Overview{}
	}
	for _, item := range items {
		since[item.ID] = item
	}
	listed := x.listed[0].Without(maps.Keys(since))
	archived := x.archived[0].Without(maps.Keys(since))
	changedItems := slices.Collect(maps.Values(since))
	if len(since) > maxSince {
		all := slices.AppendSeq(slices.AppendSeq(changedItems, listed.All()), archived.All())
		return newVaultIndex(changed, all)
	}
	newListed, newArchived := byArchive(changedItems)
	return vaultIndex{
		changed: changed, since: since,
		listed:   []*vault.Index{listed, newListed},
		archived: []*vault.Index{archived, newArchived},
	}
}

// current returns the current snapshot, with one read where nothing has changed. Of
// several callers one opens the vaults that have changed, for all.
func (v *Vault) current(ctx context.Context) (*snapshot, error) {
	changed, err := v.c.Store.VaultChanges(ctx)
	if err != nil {
		return nil, err
	}
	if now := v.memory.now.Load(); now != nil && now.changed >= changed {
		return now, nil
	}
	v.memory.filling.Lock()
	defer v.memory.filling.Unlock()
	old := v.memory.now.Load()
	if old != nil && old.changed >= changed {
		return old, nil
	}
	// A caller who hangs up must not cancel the work that others wait for.
	now, err := v.fill(context.WithoutCancel(ctx), changed, old)
	if err != nil {
		return nil, err
	}
	v.memory.now.Store(now)
	return now, nil
}

// fill opens the vaults that have changed since old. The counter was read before the
// rows, so that the next call sees a change in between.
func (v *Vault) fill(ctx context.Context, changed int64, old *snapshot) (*snapshot, error) {
	rows, err := v.c.Store.SealedVaults(ctx)
	if err != nil {
		return nil, err
	}
	now := &snapshot{changed: changed, indexes: make(map[string]vaultIndex, len(rows))}
	for _, row := range rows {
		now.vaults = append(now.vaults, vault.Info{
			ID: row.ID, Title: v.openName(row), Archived: row.ArchivedAt > 0,
		})
		var before vaultIndex
		if old != nil {
			before = old.indexes[row.ID]
		}
		if now.indexes[row.ID], err = v.indexSince(ctx, row, before); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(now.vaults, func(a, b vault.Info) int {
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return now, nil
}

// indexSince returns the index of a vault. Of one that was indexed before it reads what has changed
// since; that doesn't show which items have left, after which all are read again.
func (v *Vault) indexSince(
	ctx context.Context, row SealedVault, before vaultIndex,
) (vaultIndex, error) {
	switch {
	case before.listed == nil || row.Removed > before.changed:
		return v.index(ctx, row)
	case before.changed == row.Changed:
		return before, nil
	}
	changed, err := v.c.Store.OverviewsSince(ctx, row.ID, before.changed, maxSince+1)
	if err != nil || len(changed) > maxSince {
		return v.index(ctx, row)
	}
	return before.with(row.Changed, v.openOverviews(changed)), nil
}

func (v *Vault) index(ctx context.Context, of SealedVault) (vaultIndex, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, of.ID)
	if err != nil {
		return vaultIndex{}, err
	}
	return newVaultIndex(of.Changed, v.openOverviews(rows)), nil
}

// openedAtOnce is how many overviews one goroutine opens.
const openedAtOnce = 1000

// openOverviews opens overviews, on all processors where there are many.
func (v *Vault) openOverviews(rows []SealedItem) []vault.Overview {
	overviews := make([]vault.Overview, len(rows))
	var parts sync.WaitGroup
	for from := 0; from < len(rows); from += openedAtOnce {
		parts.Go(func() {
			for i := from; i < min(from+openedAtOnce, len(rows)); i++ {
				overviews[i] = v.listed(rows[i])
			}
		})
	}
	parts.Wait()
	return overviews
}

// listed opens an overview for a list. A damaged item must neither hide the others nor vanish.
func (v *Vault) listed(row SealedItem) vault.Overview {
	text, err := v.c.Box.Open(row.Overview, overviewPlace(row)...)
	if overview, ok := readOverview(text); ok && err == nil {
		return shownOverview(overview, row)
	}
	opened, err := v.openOverview(row)
	if err != nil {
		return vault.Overview{
			ID:         row.ID,
			VaultID:    row.VaultID,
			Title:      "Damaged item",
			Category:   vault.Unsupported,
			Version:    row.Version,
			ArchivedAt: timeOf(row.ArchivedAt),
		}
	}
	return opened.Overview
}
