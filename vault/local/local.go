// Package local is the embedded vault: items sealed in the application's own database.
// It owns the stored form of items and how a change goes live. It never writes an item
// unencrypted, and it knows nothing of permissions.
package local

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// Reader is what reading needs of a store. A row that does not exist is fault.NotFound.
type Reader interface {
	// VaultChanges returns a counter that rises with each change of any vault: one cheap
	// read, which shows a process whether its memory is up to date.
	VaultChanges(ctx context.Context) (int64, error)
	SealedVaults(ctx context.Context) ([]SealedVault, error)
	SealedOverviews(ctx context.Context, vaultID string) ([]SealedItem, error)
	// OverviewsSince returns at most limit items that have changed since the change counter had a value.
	OverviewsSince(
		ctx context.Context, vaultID string, since int64, limit int,
	) ([]SealedItem, error)
	SealedItem(ctx context.Context, vaultID, itemID string) (SealedItem, error)
	// SealedVersions returns the earlier versions of an item without their bodies, newest first.
	SealedVersions(ctx context.Context, vaultID, itemID string) ([]SealedItem, error)
	SealedVersion(ctx context.Context, vaultID, itemID string, version uint32) (SealedItem, error)
	SealedChunk(ctx context.Context, fileID string, number int) ([]byte, error)
}

// Writer is what changing needs of a store. Everything is staged first, where nothing
// shows it, and goes live in one short transaction.
type Writer interface {
	// StageItems replaces items with the same ids in the stage.
	StageItems(ctx context.Context, stage string, items []SealedItem, now time.Time) error
	StageFile(ctx context.Context, stage string, file SealedFile, now time.Time) error
	StageFileChunk(
		ctx context.Context,
		stage, fileID string,
		number int,
		sealed []byte,
		now time.Time,
	) error
	// StageVersions adds earlier versions of items that come with the stage.
	StageVersions(ctx context.Context, stage string, versions []SealedItem, now time.Time) error
	// GoLive makes a stage visible together with new vaults, grants and audit
	// entries. An item that is not at the base of the staged one is
	// fault.Conflict, and nothing happens then. What an item was before is its newest earlier
	// version; of those vault.MaxVersions are kept.
	// A user who makes changes and may not make them any more is fault.Forbidden, here and below.
	GoLive(ctx context.Context, stage string, changes Changes, entries []audit.Entry) error
	// SetArchived archives an item at a time, or restores it at the zero time. It reports whether
	// the item was not so already; else it stores no entry.
	SetArchived(
		ctx context.Context, vaultID, itemID string, at time.Time, entry audit.Entry,
	) (bool, error)
	// RenameVault gives a vault another sealed name, unless the vaults have other names than those
	// that were read before: fault.Conflict.
	RenameVault(
		ctx context.Context, read []SealedVault, vaultID string, name []byte, entry audit.Entry,
	) error
	// SetVaultArchived archives a vault at a time, or restores it at the zero time. If it is so
	// already, no entry is stored.
	SetVaultArchived(ctx context.Context, vaultID string, at time.Time, entry audit.Entry) error
	// DropItemStage also erases the files that GoLive left in the stage: those of erased items and
	// versions.
	DropItemStage(ctx context.Context, stage string) error
	// SweepItemStages drops the stages last added to before the given time.
	SweepItemStages(ctx context.Context, before time.Time) error
}

// Store is the whole; db.DB is one.
type Store interface {
	Reader
	Writer
}

// Config is what New needs.
type Config struct {
	Store  Store
	Box    seal.Box // of seal.Items
	Audit  *audit.Log
	Clock  func() time.Time
	Random io.Reader
}

// Vault is the embedded vault, a vault.Backend, vault.Editor and vault.Keeper. It is safe for use by many goroutines.
type Vault struct {
	c      Config
	memory memory
}

// New returns the vault in a store.
func New(c Config) *Vault { return &Vault{c: c} }

// Vaults returns all vaults by name.
func (v *Vault) Vaults(ctx context.Context) ([]vault.Info, error) {
	now, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	return now.vaults, nil
}

// Browse returns a page of overviews. A vault that does not exist has none.
func (v *Vault) Browse(ctx context.Context, query vault.Query) (vault.Page, error) {
	now, err := v.current(ctx)
	if err != nil {
		return vault.Page{}, err
	}
	var indexes []*vault.Index
	for _, id := range query.Vaults {
		if vaultIndex, ok := now.indexes[id]; ok && query.Archived {
			indexes = append(indexes, vaultIndex.archived...)
		} else if ok {
			indexes = append(indexes, vaultIndex.listed...)
		}
	}
	return vault.Browse(indexes, query), nil
}

// Overviews returns the overviews of those items that exist.
func (v *Vault) Overviews(
	ctx context.Context,
	vaultID string,
	itemIDs []string,
) ([]vault.Overview, error) {
	now, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	vaultIndex, ok := now.indexes[vaultID]
	if !ok {
		return nil, fault.Of(fault.NotFound)
	}
	var found []vault.Overview
	for _, id := range itemIDs {
		if overview, ok := vaultIndex.get(id); ok {
			found = append(found, overview)
		}
	}
	return found, nil
}

// Tags returns the tags in use in a vault, each once, in order.
func (v *Vault) Tags(ctx context.Context, vaultID string) ([]string, error) {
	now, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, index := range now.indexes[vaultID].listed {
		for overview := range index.All() {
			for _, tag := range overview.Tags {
				used[tag] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(used)), nil
}

// Item returns one item.
func (v *Vault) Item(ctx context.Context, vaultID, itemID string) (vault.Item, error) {
	row, err := v.c.Store.SealedItem(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	return v.openItem(row)
}

// OpenFile returns a reader of one file, which opens it chunk by chunk.
func (v *Vault) OpenFile(
	ctx context.Context,
	vaultID, itemID, fileID string,
) (io.ReadCloser, error) {
	item, err := v.Item(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	return v.openFile(ctx, item, fileID)
}

func (v *Vault) openFile(
	ctx context.Context, item vault.Item, fileID string,
) (io.ReadCloser, error) {
	for _, file := range item.Files {
		if file.ID == fileID {
			return &fileReader{ctx: ctx, vault: v, item: item, file: file}, nil
		}
	}
	return nil, fault.Of(fault.NotFound)
}
