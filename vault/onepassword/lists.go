package onepassword

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"
	"golang.org/x/sync/singleflight"

	"itemshare/fault"
	"itemshare/vault"
)

// lists remember the account's vaults and what their lists show. One look at the
// vaults tells which lists changed since, by the content version that the account
// keeps of each: only those are read again. Those who ask at once share one look.
type lists struct {
	config  Config
	calls   *calls
	flights singleflight.Group

	mu      sync.Mutex
	now     *snapshot
	indexes map[string]held
}

// snapshot are the vaults as of a time. It never changes once made.
type snapshot struct {
	at       time.Time
	vaults   []vault.Info // by name
	versions map[string]uint32
}

// held is a vault's list, which was true at a time.
type held struct {
	version uint32
	at      time.Time
	index   *vault.Index
}

func newLists(c Config, calls *calls) *lists {
	return &lists{config: c, calls: calls, indexes: map[string]held{}}
}

// current gives the vaults, at most a short while old; somewhat older while the
// account is away.
func (l *lists) current(ctx context.Context) (*snapshot, error) {
	l.mu.Lock()
	now := l.now
	l.mu.Unlock()
	if now != nil && l.age(now.at) < l.config.Fresh {
		return now, nil
	}
	fresh, err := l.look(ctx)
	if err != nil && now != nil && l.serves(now.at, err) {
		return now, nil
	}
	return fresh, err
}

func (l *lists) age(at time.Time) time.Duration { return l.config.Clock().Sub(at) }

// serves tells whether what is remembered may be shown in place of an error: while
// the account is away, not when it says no.
func (l *lists) serves(at time.Time, err error) bool {
	return away(err) && l.age(at) < l.config.Stale
}

// look asks the account for its vaults.
func (l *lists) look(ctx context.Context) (*snapshot, error) {
	return share(ctx, &l.flights, "", func(ctx context.Context) (*snapshot, error) {
		at := l.config.Clock() // before asking: what changes meanwhile is seen by the next look
		all, err := ask(ctx, l.calls, listVaults, func(ctx context.Context, c Client) ([]sdk.VaultOverview, error) {
			return c.Vaults().List(ctx)
		})
		if err != nil {
			return nil, err
		}
		fresh := snapshotOf(at, all)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.now = fresh
		for id := range l.indexes {
			if _, there := fresh.versions[id]; !there {
				delete(l.indexes, id)
			}
		}
		return fresh, nil
	})
}

func snapshotOf(at time.Time, all []sdk.VaultOverview) *snapshot {
	s := &snapshot{at: at, versions: make(map[string]uint32, len(all))}
	for _, v := range all {
		s.vaults = append(s.vaults, vault.Info{ID: v.ID, Title: v.Title})
		s.versions[v.ID] = v.ContentVersion
	}
	slices.SortFunc(s.vaults, func(a, b vault.Info) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return s
}

// index gives a vault's list, read anew where it changed.
func (l *lists) index(ctx context.Context, vaultID string) (*vault.Index, error) {
	now, err := l.current(ctx)
	if err != nil {
		return nil, err
	}
	version, there := now.versions[vaultID]
	if !there {
		return nil, fault.Of(fault.NotFound)
	}
	l.mu.Lock()
	old, known := l.indexes[vaultID]
	if known && old.version == version {
		if now.at.After(old.at) {
			old.at = now.at
			l.indexes[vaultID] = old
		}
		l.mu.Unlock()
		return old.index, nil
	}
	l.mu.Unlock()
	fresh, err := l.read(ctx, vaultID, version, now.at)
	if err != nil && known && l.serves(old.at, err) {
		return old.index, nil
	}
	return fresh, err
}

// read asks the account for a vault's items, without those in the archive.
func (l *lists) read(ctx context.Context, vaultID string, version uint32, at time.Time) (*vault.Index, error) {
	return share(ctx, &l.flights, vaultID, func(ctx context.Context) (*vault.Index, error) {
		active := sdk.NewItemListFilterTypeVariantByState(&sdk.ItemListFilterByStateInner{Active: true})
		all, err := ask(ctx, l.calls, listItems, func(ctx context.Context, c Client) ([]sdk.ItemOverview, error) {
			return c.Items().List(ctx, vaultID, active)
		})
		if err != nil {
			return nil, err
		}
		var overviews []vault.Overview
		for _, o := range all {
			if o.State != sdk.ItemStateArchived {
				overviews = append(overviews, overviewOf(o))
			}
		}
		index := vault.NewIndex(overviews)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.indexes[vaultID] = held{version, at, index}
		return index, nil
	})
}

// share lets those who ask for the same at once share one answer. Somebody who goes
// away must not undo the work that others wait for.
func share[T any](ctx context.Context, group *singleflight.Group, key string, ask func(context.Context) (T, error)) (answer T, err error) {
	result := group.DoChan(key, func() (any, error) { return ask(context.WithoutCancel(ctx)) })
	select {
	case r := <-result:
		if r.Err != nil {
			return answer, r.Err
		}
		return r.Val.(T), nil
	case <-ctx.Done():
		return answer, ended(ctx, listItems)
	}
}

// asOf is when the oldest of the lists was true, zero where none was read yet.
func (l *lists) asOf(vaultIDs []string) (oldest time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range vaultIDs {
		if at := l.indexes[id].at; !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}

// refresh asks for the vaults and for some of their lists, whatever is remembered.
func (l *lists) refresh(ctx context.Context, vaultIDs []string) error {
	now, err := l.look(ctx)
	if err != nil {
		return err
	}
	for _, id := range vaultIDs {
		version, there := now.versions[id]
		if !there {
			continue
		}
		if _, err := l.read(ctx, id, version, now.at); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}
