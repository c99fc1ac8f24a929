package local

import (
	"context"
	"errors"
	"io"

	"itemshare/vault"
)

// Vault is the embedded vault, a vault.Backend. It is safe for use by many goroutines.
type Vault struct{ c Config }

// New makes a vault over a store.
func New(c Config) *Vault { return &Vault{c: c} }

var errSoon = errors.New("not there yet")

// Vaults lists all vaults by name.
func (v *Vault) Vaults(ctx context.Context) ([]vault.Info, error) { return nil, errSoon }

// Browse gives a page of overviews.
func (v *Vault) Browse(ctx context.Context, query vault.Query) (vault.Page, error) {
	return vault.Page{}, errSoon
}

// Overviews gives those of the items that exist.
func (v *Vault) Overviews(ctx context.Context, vaultID string, itemIDs []string) ([]vault.Overview, error) {
	return nil, errSoon
}

// Item gives one item, whole.
func (v *Vault) Item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	return vault.Item{}, errSoon
}

// OpenFile gives the bytes of one file, opened piece by piece.
func (v *Vault) OpenFile(ctx context.Context, vaultID, itemID, fileID string) (io.ReadCloser, error) {
	return nil, errSoon
}

// Find gives the vault of that id or, case folded, that name.
func (v *Vault) Find(ctx context.Context, nameOrID string) (vault.Info, error) {
	return vault.Info{}, errSoon
}

// AddVault makes an empty vault. A name in use is fault.Conflict. By is the
// user who does it, "" for the command line.
func (v *Vault) AddVault(ctx context.Context, by, name string) (vault.Info, error) {
	return vault.Info{}, errSoon
}

// AddItem keeps a new item in item.VaultID; the answer has its id and version 1.
// Open gives the bytes of a file by the id it has in item.Files.
func (v *Vault) AddItem(ctx context.Context, item vault.Item, open func(fileID string) (io.ReadCloser, error)) (vault.Item, error) {
	return vault.Item{}, errSoon
}

// UpdateItem replaces the item of that id. item.Version is the version it was
// read at: another one by now is fault.Conflict. Files whose id the item has
// already stay as they are, others are read through open.
func (v *Vault) UpdateItem(ctx context.Context, item vault.Item, open func(fileID string) (io.ReadCloser, error)) (vault.Item, error) {
	return vault.Item{}, errSoon
}

// SweepStages erases what imports left behind that did not come to their end.
func (v *Vault) SweepStages(ctx context.Context) error { return errSoon }
