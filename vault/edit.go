package vault

import (
	"context"
	"io"
	"time"

	"itemshare/fault"
)

// Opener returns a reader of a file's content, by its ID in Item.Files; the caller closes it.
type Opener func(fileID string) (io.ReadCloser, error)

// Editor is a Backend whose items can be changed. by is the ID of the user or service account who
// makes the change, "" for the command line. Each method saves all of a change or none of it. Errors
// are those of Backend; a value that breaks a rule of CheckItem is fault.Invalid.
type Editor interface {
	// CreateItem stores a new item in item.VaultID. It ignores the item's ID, version and times, and
	// returns the item as stored. Files are read through open, which may be nil without any.
	CreateItem(ctx context.Context, by string, item Item, open Opener) (Item, error)
	// UpdateItem replaces the item with this ID by its next version, and returns that. item.Version is
	// the version that the caller read: fault.Conflict if the item has another one, or is archived.
	// Files whose ID the item has already stay as they are; the others are read through open.
	UpdateItem(ctx context.Context, by string, item Item, open Opener) (Item, error)
	// DuplicateItem stores a copy of an item, its files included, in the same vault.
	DuplicateItem(ctx context.Context, by, vaultID, itemID string) (Item, error)
	// MoveItem moves an item to another vault with its files and earlier versions. It keeps its ID
	// and gets its next version. An archived item is fault.Conflict.
	MoveItem(ctx context.Context, by, vaultID, itemID, toVaultID string) (Item, error)
	// Tags returns the tags in use in a vault, each once, in order.
	Tags(ctx context.Context, vaultID string) ([]string, error)
	Archiver
	Versioner
}

// EditorOf returns the Editor that a backend is, or fault.Forbidden if its items are changed
// elsewhere.
func EditorOf(backend Backend) (Editor, error) {
	if editor, ok := backend.(Editor); ok {
		return editor, nil
	}
	return nil, fault.New(fault.Forbidden, fault.CodeForbidden,
		"These items can only be changed in "+placeOf(backend)+".")
}

// Keeper is a Backend whose vaults can be created and changed. by is the ID of the user who makes the
// change, "" for the command line. A vault's name is unique, ignoring case: one in use is fault.Conflict.
type Keeper interface {
	// AddVault creates an empty vault, in which each of the owners gets every right.
	AddVault(ctx context.Context, by, name string, owners ...string) (Info, error)
	RenameVault(ctx context.Context, by, vaultID, name string) error
	// ArchiveVault puts a vault out of use: nobody views, shares or changes its items until it is
	// restored. Links to them keep working.
	ArchiveVault(ctx context.Context, by, vaultID string) error
	RestoreVault(ctx context.Context, by, vaultID string) error
}

// KeeperOf returns the Keeper that a backend is, or fault.Forbidden if its vaults are changed
// elsewhere.
func KeeperOf(backend Backend) (Keeper, error) {
	if keeper, ok := backend.(Keeper); ok {
		return keeper, nil
	}
	return nil, fault.New(fault.Forbidden, fault.CodeForbidden,
		"These vaults can only be changed in "+placeOf(backend)+".")
}

// placeOf says where what cannot be changed here is changed.
func placeOf(backend Backend) string {
	if limiter, ok := backend.(Limiter); ok {
		return limiter.Account()
	}
	return "the account that they are in"
}

// Archiver keeps items out of lists and searches, without a new version of them. Archived items can
// be viewed, but not changed or shared.
type Archiver interface {
	// ArchiveItem archives an item. An archived item stays as it is.
	ArchiveItem(ctx context.Context, by, vaultID, itemID string) error
	// RestoreItem returns an item from the archive. An item that is not archived stays as it is.
	RestoreItem(ctx context.Context, by, vaultID, itemID string) error
	// DeleteItem erases an archived item for good, with its files and versions. An item that is not
	// archived is fault.Conflict.
	DeleteItem(ctx context.Context, by, vaultID, itemID string) error
}

// MaxVersions is how many earlier versions of an item are kept. Older ones are erased, with the files
// that no later version has.
const MaxVersions = 100

// Versioner keeps what items were before their last changes.
type Versioner interface {
	// Versions returns the current version and the earlier ones, newest first.
	Versions(ctx context.Context, vaultID, itemID string) ([]Version, error)
	// ItemVersion returns the item as it was in a version, which may be the current one.
	ItemVersion(ctx context.Context, vaultID, itemID string, version uint32) (Item, error)
	// OpenVersionFile opens a file that a version has. Its errors are those of OpenFile.
	OpenVersionFile(
		ctx context.Context, vaultID, itemID string, version uint32, fileID string,
	) (io.ReadCloser, error)
	// RestoreVersion makes an earlier version the content of the item's next version, and returns
	// that. current is the version that the caller read: fault.Conflict if the item has another one,
	// or is archived.
	RestoreVersion(
		ctx context.Context, by, vaultID, itemID string, version, current uint32,
	) (Item, error)
}

// Version names one version of an item. By is the ID of who saved it, "" for the command line and
// where nobody knows; At is when. Damaged reports that its content cannot be read any more.
type Version struct {
	Number  uint32
	By      string
	At      time.Time
	Title   string
	Damaged bool
}

// Changed returns the error of a change that another one came before.
func Changed() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"The item was changed in the meantime. Look at it again, then repeat your change.",
	)
}

// VaultArchived returns the error of changing an archived vault's items.
func VaultArchived() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"The vault is archived. Restore it first.",
	)
}

// Archived returns the error of changing or sharing an archived item.
func Archived() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"The item is archived. Restore it first.",
	)
}
