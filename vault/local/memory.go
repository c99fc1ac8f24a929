package local

import (
	"cmp"
	"context"
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

// vaultIndex is the index of a vault's items and that of its archived ones, as of its own change
// counter.
type vaultIndex struct {
	changed  int64
	index    *vault.Index
	archived *vault.Index
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
		now.vaults = append(now.vaults, vault.Info{ID: row.ID, Title: v.openName(row)})
		if old != nil && old.indexes[row.ID].index != nil &&
			old.indexes[row.ID].changed == row.Changed {
			now.indexes[row.ID] = old.indexes[row.ID]
			continue
		}
		if now.indexes[row.ID], err = v.index(ctx, row); err != nil {
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

func (v *Vault) index(ctx context.Context, of SealedVault) (vaultIndex, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, of.ID)
	if err != nil {
		return vaultIndex{}, err
	}
	var overviews, archived []vault.Overview
	for _, row := range rows {
		opened, err := v.openOverview(row)
		if err != nil {
			// A damaged item must neither hide the others nor vanish.
			opened.Overview = vault.Overview{
				ID:         row.ID,
				VaultID:    row.VaultID,
				Title:      "Damaged item",
				Category:   vault.Unsupported,
				Version:    row.Version,
				ArchivedAt: timeOf(row.ArchivedAt),
			}
		}
		if row.ArchivedAt != 0 {
			archived = append(archived, opened.Overview)
		} else {
			overviews = append(overviews, opened.Overview)
		}
	}
	return vaultIndex{of.Changed, vault.NewIndex(overviews), vault.NewIndex(archived)}, nil
}
