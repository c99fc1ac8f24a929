// Package standin implements the interfaces of 1Password's Go SDK over an account in memory, whose
// links open nothing. It enforces the account's sharing policy as 1Password documents it, returns
// the SDK's own error messages, and can be told to be slow, hang, fail or deny requests. It is for
// tests and demonstrations, and never part of the program itself.
package standin

import (
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
)

// Account is one account. It is safe for concurrent use, but counts calls that overlap, since the
// SDK's core accepts one at a time.
type Account struct {
	clock  func() time.Time
	random io.Reader

	mu        sync.Mutex
	policy    sdk.ItemShareAccountPolicy
	vaults    []*box
	files     map[string][]byte
	links     []Link
	troubles  map[string]Trouble
	calls     map[string]int
	requested []string
	busy      int
	overlaps  int
}

// box is a vault.
type box struct {
	sdk.VaultOverview
	items    []*sdk.Item
	archived map[string]bool // by item ID
	hidden   bool            // the service account may not read it
	barred   bool            // the service account may not share its items
}

// Link holds the settings of a link that was created.
type Link struct {
	URL        string
	ItemID     string
	Recipients []string
	Expiry     time.Duration
	OneTime    bool
}

// New returns an account without vaults. Its policy is that of an individual or family account:
// unlimited views, everything allowed, 30 days at most, 7 by default.
func New(clock func() time.Time, random io.Reader) *Account {
	return &Account{
		clock: clock, random: random, files: map[string][]byte{}, troubles: map[string]Trouble{},
		calls: map[string]int{},
		policy: sdk.ItemShareAccountPolicy{
			MaxExpiry: sdk.ItemShareDurationThirtyDays, DefaultExpiry: sdk.ItemShareDurationSevenDays,
			AllowedTypes: []sdk.AllowedType{
				sdk.AllowedTypeAuthenticated,
				sdk.AllowedTypePublic,
			},
			AllowedRecipientTypes: []sdk.AllowedRecipientType{
				sdk.AllowedRecipientTypeEmail,
				sdk.AllowedRecipientTypeDomain,
			},
			Files: sdk.ItemShareFiles{Allowed: true, MaxSize: 1 << 30},
		},
	}
}

// Client returns a client of the SDK for the account.
func (a *Account) Client() *sdk.Client {
	items := &items{account: a}
	return &sdk.Client{ItemsAPI: items, VaultsAPI: &vaults{account: a}}
}

// SetPolicy replaces the account's sharing policy.
func (a *Account) SetPolicy(policy sdk.ItemShareAccountPolicy) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.policy = policy
}

// Trouble is a fault that a call runs into.
type Trouble struct {
	Delay time.Duration
	Hang  <-chan struct{} // the call ends when this is closed, whatever its context says
	Err   error
	Panic bool
}

// Errors with the messages of SDK v0.4.1.
var (
	ErrNoNetwork = errors.New(
		"error initializing client: Post \"https://my.1password.com/api/v3/auth/start?\": dial " +
			"tcp: lookup my.1password.com: no such host (recovered by wazero)\nwasm stack " +
			"trace:\n\textism:host/env.http_request(i64,i64) i64",
	)
	ErrBadToken = errors.New(
		"error initializing client: invalid service account token, please make sure you provide " +
			"a valid service account token as parameter:  service account deserialization " +
			"failed, please create another token",
	)
	ErrRotate = errors.New(
		"error initializing client: bad service account token, please rotate it: ",
	)
	ErrSignedOut = errors.New("an error occurred: you are not authenticated")
	ErrDenied    = errors.New(
		"an error occurred: you don't have the right permissions to access this resource",
	)
	errNoVault  = errors.New("vault couldn't be found")
	errNoItem   = errors.New("item couldn't be found")
	errArchived = errors.New("item is not in an active state")
	errNoFile   = errors.New("file couldn't be found")
)

// ErrLimited is the SDK's only typed error.
var ErrLimited error = &sdk.RateLimitExceededError{}

// On sets the trouble of all calls with a name such as "Items.Get", or of every call if the name is
// "". The zero Trouble ends it.
func (a *Account) On(call string, t Trouble) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.troubles[call] = t; t == (Trouble{}) {
		delete(a.troubles, call)
	}
}

// Calls returns the number of calls with a name, or of all calls if it is "".
func (a *Account) Calls(call string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[call]
}

// RequestedItems returns the ids of the items that were requested, in order.
func (a *Account) RequestedItems() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.requested)
}

// Overlaps returns the number of calls that began while another ran.
func (a *Account) Overlaps() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.overlaps
}

// Links returns the links that were created.
func (a *Account) Links() []Link {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.links)
}

// Hide removes or restores the service account's permission to read a vault, which remains listed.
func (a *Account) Hide(vaultID string, hidden bool) {
	a.change(vaultID, func(b *box) { b.hidden = hidden })
}

// Bar removes or restores the service account's permission to share items of a vault.
func (a *Account) Bar(vaultID string, barred bool) {
	a.change(vaultID, func(b *box) { b.barred = barred })
}

// Archive archives an item.
func (a *Account) Archive(vaultID, itemID string) {
	a.change(vaultID, func(b *box) { b.archived[itemID] = true; b.ContentVersion++ })
}

// Rename changes an item's title and increments its version.
func (a *Account) Rename(vaultID, itemID, title string) {
	a.change(vaultID, func(b *box) {
		for _, item := range b.items {
			if item.ID == itemID {
				item.Title, item.UpdatedAt = title, a.clock()
				item.Version++
				b.ContentVersion++
			}
		}
	})
}

// Remove deletes a vault.
func (a *Account) Remove(vaultID string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.vaults = slices.DeleteFunc(a.vaults, func(b *box) bool { return b.ID == vaultID })
}

func (a *Account) change(vaultID string, how func(*box)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.vaults {
		if b.ID == vaultID {
			how(b)
		}
	}
}

// Add creates a vault of items and returns both as the SDK returns them. Open opens a file by its ID
// in the item.
func (a *Account) Add(
	title string,
	items []vault.Item,
	open func(fileID string) (io.ReadCloser, error),
) (vault.Info, []vault.Item, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	info := vault.Info{ID: a.id(), Title: title}
	b := &box{archived: map[string]bool{}}
	b.VaultOverview = sdk.VaultOverview{
		ID: info.ID, Title: title, VaultType: sdk.VaultTypeUserCreated, ActiveItemCount: uint32(len(items)),
		ContentVersion: 1, AttributeVersion: 1, CreatedAt: a.clock(), UpdatedAt: a.clock(),
	}
	var read []vault.Item
	for _, item := range items {
		item.ID, item.VaultID, item.Version = a.id(), info.ID, max(item.Version, 1)
		item.Files = slices.Clone(item.Files)
		for i, file := range item.Files {
			content, err := contentOf(file.ID, open)
			if err != nil {
				return info, nil, fmt.Errorf("read the file %s: %w", file.Name, err)
			}
			item.Files[i].ID, item.Files[i].Size = a.id(), int64(len(content))
			a.files[item.Files[i].ID] = content
		}
		b.items = append(b.items, ptr(sdkItem(item)))
		read = append(read, item)
	}
	a.vaults = append(a.vaults, b)
	return info, read, nil
}

func contentOf(fileID string, open func(string) (io.ReadCloser, error)) ([]byte, error) {
	file, err := open(fileID)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(file)
	return content, errors.Join(err, file.Close())
}

// id returns a new ID in 1Password's form: 26 lower-case letters and digits.
func (a *Account) id() string {
	var raw [17]byte
	if _, err := io.ReadFull(a.random, raw[:]); err != nil {
		panic("standin: no randomness: " + err.Error())
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))[:26]
}

func ptr[T any](value T) *T { return &value }
