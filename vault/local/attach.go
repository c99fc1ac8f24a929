package local

import (
	"context"
	"errors"
	"io"
	"slices"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

var _ vault.FileEditor = (*Vault)(nil)

// maxTries is how often a change of files is repeated on the newest version of its item.
const maxTries = 100

// fileChange changes an item's files and returns the events of that.
type fileChange func(*vault.Item) ([]audit.Event, error)

// AddFiles seals files as they come, and then adds them to the item's newest version.
func (v *Vault) AddFiles(
	ctx context.Context, by, vaultID, itemID string, most int64, next func() (vault.NewFile, error),
) (added []vault.File, err error) {
	item, err := v.Item(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	if item.Archived() {
		return nil, vault.Archived()
	}
	err = v.withStage(ctx, by, func(s *stage) error {
		if added, err = s.sealFiles(ctx, item, most, next); err != nil {
			return err
		}
		return s.onNewest(ctx, item, func(item *vault.Item) ([]audit.Event, error) {
			item.Files = append(item.Files, added...)
			return fileEvents(audit.FileAdded, *item, added), vault.CheckFiles(*item)
		})
	})
	return added, fault.Wrap("add files", err)
}

// RemoveFile takes a file from the item's newest version.
func (v *Vault) RemoveFile(ctx context.Context, by, vaultID, itemID, fileID string) error {
	item := vault.Item{VaultID: vaultID, ID: itemID}
	err := v.withStage(ctx, by, func(s *stage) error {
		return s.onNewest(ctx, item, func(item *vault.Item) ([]audit.Event, error) {
			n := slices.IndexFunc(item.Files, func(f vault.File) bool { return f.ID == fileID })
			if n < 0 {
				return nil, fault.Of(fault.NotFound)
			}
			events := fileEvents(audit.FileRemoved, *item, item.Files[n:n+1])
			item.Files = slices.Delete(item.Files, n, n+1)
			return events, nil
		})
	})
	return fault.Wrap("remove a file", err)
}

func fileEvents(kind audit.Kind, item vault.Item, files []vault.File) (all []audit.Event) {
	for _, file := range files {
		event := itemEvent(kind, item)
		event.Detail["file"] = file.Name
		all = append(all, event)
	}
	return all
}

// sealFiles stages new files of an item, one after the other.
func (s *stage) sealFiles(
	ctx context.Context, item vault.Item, most int64, next func() (vault.NewFile, error),
) (added []vault.File, err error) {
	for {
		file, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		stored, err := s.sealFile(ctx, item, most, file)
		if err != nil {
			return nil, err
		}
		added = append(added, stored)
		item.Files = append(item.Files, stored)
		if err := vault.CheckFiles(item); err != nil {
			return nil, err
		}
	}
	if len(added) == 0 {
		return nil, fault.Field("file", fault.CodeInvalid, "Choose a file.")
	}
	return added, nil
}

func (s *stage) sealFile(
	ctx context.Context, item vault.Item, most int64, file vault.NewFile,
) (stored vault.File, err error) {
	if stored.Name, stored.Type, err = file.Describe(); err != nil {
		return stored, err
	}
	if stored.ID, err = s.vault.newID(); err != nil {
		return stored, err
	}
	stored.Size, err = s.writeFile(ctx, item, stored.ID, file.Content, most)
	if errors.Is(err, errLarger) {
		err = vault.TooLarge(stored.Name, most)
	}
	return stored, err
}

// onNewest makes the stage live with a change of the item's newest version, and repeats the change
// if the item got another version meanwhile.
func (s *stage) onNewest(ctx context.Context, item vault.Item, change fileChange) error {
	var last uint32
	var err error
	for range maxTries {
		before, was, readErr := s.vault.itemAndSource(ctx, item.VaultID, item.ID)
		switch {
		case readErr != nil:
			return readErr
		case before.Archived():
			return vault.Archived()
		case before.Version == last: // it was something else
			return err
		}
		last = before.Version
		if err = s.changeItem(ctx, before, was, change); fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}

func (s *stage) changeItem(
	ctx context.Context, before vault.Item, was provenance, change fileChange,
) error {
	after := next(before, before, s.vault)
	after.Files = slices.Clone(before.Files)
	events, err := change(&after)
	if err != nil {
		return err
	}
	row, err := s.seal(after, was)
	if err != nil {
		return err
	}
	s.changes.Items, s.changes.GoneFiles = 0, nil
	s.replaceFiles(before.Files, after)
	if err := s.add(ctx, row); err != nil {
		return err
	}
	return s.goLive(ctx, events)
}
