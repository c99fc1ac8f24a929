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

// memory keeps what this process has opened of the vaults: their names and
// overviews as of one value of the store's change counter.
type memory struct {
	filling sync.Mutex
	now     atomic.Pointer[snapshot]
}

// snapshot never changes once made.
type snapshot struct {
	changed int64
	vaults  []vault.Info // by name
	indexes map[string]held
}

// held is a vault's index as of its own change counter.
type held struct {
	changed int64
	index   *vault.Index
}

// current is the snapshot of now: one read where nothing has changed. Vaults
// that changed are opened anew, one caller doing it for all.
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
	// Somebody who hangs up must not undo the work that others wait for.
	now, err := v.fill(context.WithoutCancel(ctx), changed, old)
	if err != nil {
		return nil, err
	}
	v.memory.now.Store(now)
	return now, nil
}

// fill opens what changed since old. The counter was read before the rows, so
// that a change in between is seen by the next look.
func (v *Vault) fill(ctx context.Context, changed int64, old *snapshot) (*snapshot, error) {
	rows, err := v.c.Store.SealedVaults(ctx)
	if err != nil {
		return nil, err
	}
	now := &snapshot{changed: changed, indexes: make(map[string]held, len(rows))}
	for _, row := range rows {
		now.vaults = append(now.vaults, vault.Info{ID: row.ID, Title: v.openName(row)})
		if old != nil && old.indexes[row.ID].index != nil && old.indexes[row.ID].changed == row.Changed {
			now.indexes[row.ID] = old.indexes[row.ID]
			continue
		}
		index, err := v.index(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		now.indexes[row.ID] = held{row.Changed, index}
	}
	slices.SortFunc(now.vaults, func(a, b vault.Info) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return now, nil
}

func (v *Vault) index(ctx context.Context, vaultID string) (*vault.Index, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	overviews := make([]vault.Overview, len(rows))
	for i, row := range rows {
		opened, err := v.openOverview(row)
		if err != nil {
			// One damaged item must not hide the others, nor vanish itself.
			opened.Overview = vault.Overview{ID: row.ID, VaultID: row.VaultID, Title: "Damaged item", Category: vault.Unsupported, Version: row.Version}
		}
		overviews[i] = opened.Overview
	}
	return vault.NewIndex(overviews), nil
}
