// Package onepassword is a vault in a 1Password account, reached through 1Password's
// Go SDK. It owns how the SDK is called (one call at a time, each with an end, none
// in vain), how its values read as items, and what its errors mean. It refuses to
// keep anything of an item beyond what lists show, and the service account's token
// and the links it makes leave it in no error.
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

// Client is the part of the SDK's client that is used; *sdk.Client is one.
type Client interface {
	Items() sdk.ItemsAPI
	Vaults() sdk.VaultsAPI
}

// Connect makes a client. It is called when one is needed first, and again later
// where that failed or the account refuses the client it gave.
type Connect func(ctx context.Context) (Client, error)

// Config is what a backend is made of. Zero times and numbers mean the usual ones.
type Config struct {
	Connect Connect
	Token   string // what errors are cleaned of; Connect has its own
	Clock   func() time.Time

	CallTime    time.Duration // most that one call may take, files and links three times as long: 8 s
	ConnectTime time.Duration // most that making a client may take: 30 s
	Waiting     int           // most calls that wait for the one that runs: 32
	Fresh       time.Duration // lists younger than this are shown without asking: 1 min
	Stale       time.Duration // lists up to this age are shown while the account is away: 10 min
}

// Usual figures. A call ends before the eight to ten seconds that others wait for
// a vault; a first client compiles the SDK's core, which takes two to three seconds.
const (
	usualCallTime    = 8 * time.Second
	usualConnectTime = 30 * time.Second
	usualWaiting     = 32
	usualFresh       = time.Minute
	usualStale       = 10 * time.Minute
)

// Backend is a 1Password account's vaults: a vault.Backend, vault.Linker and
// vault.Refresher. It is safe for use by many goroutines.
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

// New makes a backend. Nothing is asked of the account yet.
func New(c Config) *Backend {
	c.CallTime = orUsual(c.CallTime, usualCallTime)
	c.ConnectTime = orUsual(c.ConnectTime, usualConnectTime)
	c.Waiting = orUsual(c.Waiting, usualWaiting)
	c.Fresh = orUsual(c.Fresh, usualFresh)
	c.Stale = orUsual(c.Stale, usualStale)
	calls := newCalls(c)
	return &Backend{calls: calls, lists: newLists(c, calls), policies: newPolicies(c, calls)}
}

func orUsual[T int | time.Duration](value, usual T) T {
	if value == 0 {
		return usual
	}
	return value
}

// Vaults lists the vaults that the service account can see, by name.
func (b *Backend) Vaults(ctx context.Context) ([]vault.Info, error) {
	now, err := b.lists.current(ctx)
	if err != nil {
		return nil, err
	}
	return now.vaults, nil
}

// Browse gives a page of overviews. Vaults that do not exist hold nothing.
func (b *Backend) Browse(ctx context.Context, query vault.Query) (vault.Page, error) {
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

// Overviews gives those of the items that exist.
func (b *Backend) Overviews(ctx context.Context, vaultID string, itemIDs []string) ([]vault.Overview, error) {
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

// Item gives one item, whole, as it is now.
func (b *Backend) Item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	item, err := b.item(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	return itemOf(item), nil
}

// item asks for an item as the SDK has it. One of another vault than was asked for
// does not exist: grants go by vault.
func (b *Backend) item(ctx context.Context, vaultID, itemID string) (sdk.Item, error) {
	if !wellFormed(vaultID) || !wellFormed(itemID) {
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

// wellFormed tells whether a text can be an id of 1Password's: 26 small letters and
// digits. The account is not asked for anything else.
func wellFormed(id string) bool {
	return len(id) == 26 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// largestFile is the most that the SDK hands out, in bytes.
const largestFile = 50 << 20

// OpenFile gives the bytes of one file, which the SDK reads whole.
func (b *Backend) OpenFile(ctx context.Context, vaultID, itemID, fileID string) (io.ReadCloser, error) {
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
	content, err := ask(ctx, b.calls, readFile, func(ctx context.Context, c Client) ([]byte, error) {
		return c.Items().Files().Read(ctx, vaultID, itemID, attributes)
	})
	if err != nil {
		return nil, err
	}
	return wholeFile(content, int64(attributes.Size))
}

// AsOf is when the oldest of the vaults' lists was last known to be true, zero where none was read yet.
func (b *Backend) AsOf(vaultIDs []string) time.Time { return b.lists.asOf(vaultIDs) }

// Refresh reads the vaults and the lists of some of them anew.
func (b *Backend) Refresh(ctx context.Context, vaultIDs []string) error {
	return b.lists.refresh(ctx, vaultIDs)
}
