// Package onepassword implements a vault.Backend over a 1Password account, through 1Password's Go
// SDK. It owns how the SDK is called (one call at a time, each with a deadline, none while the
// account rejects them), how its values map to items, and what its errors mean. It caches nothing of
// an item beyond what lists show. Its errors contain neither the service account's token nor a link.
package onepassword

import (
	"context"
	"io"
	"strings"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
	"itemshare/vault"
)

// Client is the part of the SDK's client that is used; *sdk.Client implements it.
type Client interface {
	Items() sdk.ItemsAPI
	Vaults() sdk.VaultsAPI
}

// Connect creates a client. It is called when a client is first needed, and again if that failed or
// the account rejects the client.
type Connect func(ctx context.Context) (Client, error)

// Config holds what New needs. Zero durations and numbers mean the defaults.
type Config struct {
	Connect Connect
	Token   string // removed from errors; Connect uses its own copy
	Clock   func() time.Time

	CallTime    time.Duration // deadline of a call, three times as long for files and links: 8 s
	ConnectTime time.Duration // deadline for creating a client: 30 s
	Waiting     int           // calls that may wait for the running one: 32
	Fresh       time.Duration // until a list is read again: 1 min
	Stale       time.Duration // until a list is not shown while the account is unreachable: 10 min
}

// The defaults. A call ends within the eight to ten seconds that callers wait for a vault. The first
// client compiles the SDK's core, which takes two to three seconds.
const (
	defaultCallTime    = 8 * time.Second
	defaultConnectTime = 30 * time.Second
	defaultWaiting     = 32
	defaultFresh       = time.Minute
	defaultStale       = 10 * time.Minute
)

// Backend is the vaults of a 1Password account: a vault.Backend, vault.Linker and vault.Refresher. It
// is safe for concurrent use.
type Backend struct {
	calls    *calls
	lists    *lists
	policies *policies
}

var (
	_ vault.Backend   = (*Backend)(nil)
	_ vault.Linker    = (*Backend)(nil)
	_ vault.Refresher = (*Backend)(nil)
)

// New returns a backend. It does not call the account yet.
func New(c Config) *Backend {
	c.CallTime = orDefault(c.CallTime, defaultCallTime)
	c.ConnectTime = orDefault(c.ConnectTime, defaultConnectTime)
	c.Waiting = orDefault(c.Waiting, defaultWaiting)
	c.Fresh = orDefault(c.Fresh, defaultFresh)
	c.Stale = orDefault(c.Stale, defaultStale)
	calls := newCalls(c)
	return &Backend{calls: calls, lists: newLists(c, calls), policies: newPolicies(c, calls)}
}

func orDefault[T int | time.Duration](value, standard T) T {
	if value == 0 {
		return standard
	}
	return value
}

// Vaults returns the vaults that the service account can see, by name.
func (b *Backend) Vaults(ctx context.Context) ([]vault.Info, error) {
	now, err := b.lists.current(ctx)
	if err != nil {
		return nil, err
	}
	return now.vaults, nil
}

// Browse returns a page of overviews. Vaults that do not exist count as empty.
func (b *Backend) Browse(ctx context.Context, query vault.Query) (vault.Page, error) {
	if query.Archived {
		return vault.Page{}, nil // the account's archive is not listed
	}
	var indexes []*vault.Index
	for _, id := range query.Vaults {
		index, err := b.lists.index(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return vault.Page{}, err
		}
		indexes = append(indexes, index)
	}
	return vault.Browse(indexes, query), nil
}

// Overviews returns the overviews of the items that exist.
func (b *Backend) Overviews(
	ctx context.Context,
	vaultID string,
	itemIDs []string,
) ([]vault.Overview, error) {
	index, err := b.lists.index(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	var found []vault.Overview
	for _, id := range itemIDs {
		if overview, ok := index.Get(id); ok {
			found = append(found, overview)
		}
	}
	return found, nil
}

// Item reads one item from the account.
func (b *Backend) Item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	item, err := b.item(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	return itemOf(item), nil
}

// item reads an item as the SDK returns it. An item of another vault than requested is treated as
// missing, since grants are per vault.
func (b *Backend) item(ctx context.Context, vaultID, itemID string) (sdk.Item, error) {
	if !isID(vaultID) || !isID(itemID) {
		return sdk.Item{}, fault.Of(fault.NotFound)
	}
	item, err := ask(ctx, b.calls, readItem, func(ctx context.Context, c Client) (sdk.Item, error) {
		return c.Items().Get(ctx, vaultID, itemID)
	})
	if err == nil && (item.VaultID != vaultID || item.ID != itemID) {
		return sdk.Item{}, fault.Of(fault.NotFound)
	}
	return item, err
}

// isID reports whether a text has the form of 1Password's IDs: 26 lower-case letters and digits. The
// account is not asked for anything else.
func isID(id string) bool {
	return len(id) == 26 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// largestFile is the size in bytes of the largest file that the SDK reads.
const largestFile = 50 << 20

// OpenFile opens one file. The SDK reads it into memory.
func (b *Backend) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	item, err := b.item(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	attributes, ok := fileOf(item, fileID)
	if !ok {
		return nil, fault.Of(fault.NotFound)
	}
	if attributes.Size > largestFile {
		return nil, tooLarge()
	}
	content, err := ask(
		ctx,
		b.calls,
		readFile,
		func(ctx context.Context, c Client) ([]byte, error) {
			return c.Items().Files().Read(ctx, vaultID, itemID, attributes)
		},
	)
	if err != nil {
		return nil, err
	}
	return wholeFile(content, int64(attributes.Size))
}

// AsOf returns when the oldest of the vaults' lists was last confirmed, or the zero time if none has
// been read.
func (b *Backend) AsOf(vaultIDs []string) time.Time { return b.lists.asOf(vaultIDs) }

// Refresh reads the vaults and the lists of some of them again.
func (b *Backend) Refresh(ctx context.Context, vaultIDs []string) error {
	return b.lists.refresh(ctx, vaultIDs)
}
