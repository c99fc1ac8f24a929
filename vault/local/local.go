// Package local is the embedded vault: items sealed in the application's own
// database. It owns the form in which items are stored and how a change goes
// live; it refuses to write anything of an item in the clear, and it knows
// nothing of who may do what.
package local

import (
	"context"
	"io"
	"time"

	"itemshare/audit"
	"itemshare/seal"
	"itemshare/vault"
)

// Reader is what looking needs of a store. A row that is not there is fault.NotFound.
type Reader interface {
	// VaultChanges is a counter that rises with each change of any vault: one
	// cheap read, by which a process knows whether what it remembers is true.
	VaultChanges(ctx context.Context) (int64, error)
	SealedVaults(ctx context.Context) ([]vault.SealedVault, error)
	// SealedOverviews gives each item of a vault without its body.
	SealedOverviews(ctx context.Context, vaultID string) ([]vault.SealedItem, error)
	SealedItem(ctx context.Context, vaultID, itemID string) (vault.SealedItem, error)
	SealedChunk(ctx context.Context, fileID string, number int) ([]byte, error)
}

// Writer is what changing needs of a store. Everything is staged first, seen by
// nobody, and goes live in one short transaction.
type Writer interface {
	StageItems(ctx context.Context, stage string, items []vault.SealedItem, now time.Time) error
	StageFile(ctx context.Context, stage string, file vault.SealedFile, now time.Time) error
	StageFileChunk(ctx context.Context, stage, fileID string, number int, sealed []byte, now time.Time) error
	// GoLive makes a stage visible together with new vaults, grants and audit
	// entries. An item that is not at the version before the staged one is
	// fault.Conflict, and nothing happens then.
	GoLive(ctx context.Context, stage string, going vault.Going, entries []audit.Entry) error
	DropItemStage(ctx context.Context, stage string) error
	// SweepItemStages drops the stages last added to before the given time.
	SweepItemStages(ctx context.Context, before time.Time) error
}

// Store is the whole; db.DB is one.
type Store interface {
	Reader
	Writer
}

// Config is what a vault is made of.
type Config struct {
	Store  Store
	Box    seal.Box // of seal.Items
	Audit  *audit.Log
	Clock  func() time.Time
	Random io.Reader
}
