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

// lists caches the account's vaults and their overviews. One call lists the vaults with their content
// versions, which tell which vaults have changed: only their items are listed again. Concurrent
// callers share one call.
type lists struct {
	config  Config
	calls   *calls
	flights singleflight.Group

	mu      sync.Mutex
	now     *snapshot
	indexes map[string]vaultIndex
}

// snapshot holds the vaults as of a time. It is immutable.
type snapshot struct {
	at       time.Time
	vaults   []vault.Info // by name
	versions map[string]uint32
}

// vaultIndex is the index of a vault as confirmed at a time.
type vaultIndex struct {
	version uint32
	at      time.Time
	index   *vault.Index
}

func newLists(c Config, calls *calls) *lists {
	return &lists{config: c, calls: calls, indexes: map[string]vaultIndex{}}
}

// current returns the vaults as of Config.Fresh ago at most, or Config.Stale while the account cannot
// be reached.
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

// serves reports whether cached lists may be shown instead of an error: while the account cannot be
// reached, not when it denies the request.
func (l *lists) serves(at time.Time, err error) bool {
	return away(err) && l.age(at) < l.config.Stale
}

// look reads the account's vaults.
func (l *lists) look(ctx context.Context) (*snapshot, error) {
	return share(ctx, &l.flights, "", func(ctx context.Context) (*snapshot, error) {
		at := l.config.Clock() // before the call, so that the next one sees changes made meanwhile
		all, err := ask(
			ctx,
			l.calls,
			listVaults,
			func(ctx context.Context, c Client) ([]sdk.VaultOverview, error) {
				return c.Vaults().List(ctx)
			},
		)
		if err != nil {
			return nil, err
		}
		fresh := snapshotOf(at, all)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.now = fresh
		for id := range l.indexes {
			if _, exists := fresh.versions[id]; !exists {
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
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return s
}

// index returns a vault's index, read again if the vault has changed.
func (l *lists) index(ctx context.Context, vaultID string) (*vault.Index, error) {
	now, err := l.current(ctx)
	if err != nil {
		return nil, err
	}
	version, exists := now.versions[vaultID]
	if !exists {
		return nil, fault.Of(fault.NotFound)
	}
	l.mu.Lock()
	old, cached := l.indexes[vaultID]
	if cached && old.version == version {
		if now.at.After(old.at) {
			old.at = now.at
			l.indexes[vaultID] = old
		}
		l.mu.Unlock()
		return old.index, nil
	}
	l.mu.Unlock()
	fresh, err := l.read(ctx, vaultID, version, now.at)
	if err != nil && cached && l.serves(old.at, err) {
		return old.index, nil
	}
	return fresh, err
}

// read reads a vault's items, without archived ones.
func (l *lists) read(
	ctx context.Context,
	vaultID string,
	version uint32,
	at time.Time,
) (*vault.Index, error) {
	return share(ctx, &l.flights, vaultID, func(ctx context.Context) (*vault.Index, error) {
		active := sdk.NewItemListFilterTypeVariantByState(
			&sdk.ItemListFilterByStateInner{Active: true},
		)
		all, err := ask(
			ctx,
			l.calls,
			listItems,
			func(ctx context.Context, c Client) ([]sdk.ItemOverview, error) {
				return c.Items().List(ctx, vaultID, active)
			},
		)
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
		l.indexes[vaultID] = vaultIndex{version, at, index}
		return index, nil
	})
}

// share lets concurrent callers with the same key share one answer. A caller that goes away does not
// cancel the call, which others may be waiting for.
func share[T any](
	ctx context.Context,
	group *singleflight.Group,
	key string,
	ask func(context.Context) (T, error),
) (answer T, err error) {
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

// asOf returns when the oldest of the lists was last confirmed, or the zero time if none was read.
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

// refresh reads the vaults and some of their lists, even if they are cached.
func (l *lists) refresh(ctx context.Context, vaultIDs []string) error {
	now, err := l.look(ctx)
	if err != nil {
		return err
	}
	for _, id := range vaultIDs {
		version, exists := now.versions[id]
		if !exists {
			continue
		}
		if _, err := l.read(ctx, id, version, now.at); err != nil &&
			fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}
