package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// stage collects changes, which nothing shows until they go live together.
type stage struct {
	vault   *Vault
	id      string
	by      string // the acting user, "" for the command line
	waiting []SealedItem
	bytes   int
	changes Changes
	files   int
}

// A batch of items is staged in one transaction when it has this many, or this much.
const (
	batchItems = 200
	batchBytes = 4 << 20
)

// inStage runs fn with a new stage and makes the stage live with the events that fn
// returns. An error leaves nothing behind.
func (v *Vault) inStage(
	ctx context.Context, by string, fn func(*stage) ([]audit.Event, error),
) error {
	return v.withStage(ctx, by, func(s *stage) error {
		events, err := fn(s)
		if err != nil {
			return err
		}
		return s.goLive(ctx, events)
	})
}

// withStage runs fn with a new stage, which fn makes live. An error leaves nothing behind.
func (v *Vault) withStage(ctx context.Context, by string, fn func(*stage) error) error {
	id, err := v.newID()
	if err != nil {
		return err
	}
	s := &stage{vault: v, id: id, by: by, changes: Changes{By: by}}
	err = fn(s)
	// Even after the caller hung up. The sweep drops what this cannot.
	if unlessCanceled := context.WithoutCancel(ctx); err != nil {
		err = errors.Join(err, v.c.Store.DropItemStage(unlessCanceled, id))
	} else if len(s.changes.DropItems) > 0 {
		_ = v.c.Store.DropItemStage(unlessCanceled, id)
	}
	return err
}

func (s *stage) goLive(ctx context.Context, events []audit.Event) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	entries := make([]audit.Entry, len(events))
	for i, event := range events {
		event.At, event.Actor = s.vault.c.Clock(), s.by
		var err error
		if entries[i], err = s.vault.c.Audit.Entry(event); err != nil {
			return err
		}
	}
	return s.vault.c.Store.GoLive(ctx, s.id, s.changes, entries)
}

// addVault adds a new vault to the stage, with the origin of its items or a zero one. vaultCount is the
// number of vaults when its name was chosen.
func (s *stage) addVault(name string, origin vault.Origin, vaultCount int) (vault.Info, error) {
	id, err := s.vault.newID()
	if err != nil {
		return vault.Info{}, err
	}
	sealed, err := s.vault.sealName(id, name)
	if err != nil {
		return vault.Info{}, err
	}
	source, err := s.vault.sealSource(id, origin)
	if err != nil {
		return vault.Info{}, err
	}
	if len(s.changes.Vaults) == 0 {
		s.changes.VaultCount = vaultCount
	}
	s.changes.Vaults = append(s.changes.Vaults, SealedVault{ID: id, Name: sealed, Source: source})
	return vault.Info{ID: id, Title: name}, nil
}

// put stages an item that has its vault, id and version. Files in kept, by id, stay as
// they are; the bytes of others are read through open and get new ids.
func (s *stage) put(
	ctx context.Context,
	item vault.Item,
	kept map[string]vault.File,
	open vault.Opener,
	from provenance,
) (vault.Item, error) {
	var files []vault.File
	for _, file := range item.Files {
		stored, err := s.file(ctx, item, file, kept, open)
		if err != nil {
			return item, err
		}
		files = append(files, stored)
	}
	item.Files = files
	row, err := s.seal(item, from)
	if err != nil {
		return item, err
	}
	return item, s.add(ctx, row)
}

// seal seals an item that the stage's user saves now.
func (s *stage) seal(item vault.Item, from provenance) (SealedItem, error) {
	from.By, from.SavedAt = s.by, wholeSeconds(s.vault.c.Clock())
	return s.vault.sealItem(item, from)
}

// add stages a row, together with others.
func (s *stage) add(ctx context.Context, row SealedItem) error {
	s.waiting = append(s.waiting, row)
	s.changes.Items++
	if s.bytes += len(row.Body); len(s.waiting) >= batchItems || s.bytes >= batchBytes {
		return s.flush(ctx)
	}
	return nil
}

func (s *stage) file(
	ctx context.Context,
	item vault.Item,
	file vault.File,
	kept map[string]vault.File,
	open vault.Opener,
) (vault.File, error) {
	if same, ok := kept[file.ID]; ok {
		return same, nil
	}
	if open == nil {
		return file, fmt.Errorf("item %s has a file without content", item.ID)
	}
	bytes, err := open(file.ID)
	if err != nil {
		return file, fmt.Errorf("open a file: %w", err)
	}
	defer bytes.Close()
	if file.ID, err = s.vault.newID(); err != nil {
		return file, err
	}
	s.files++
	file.Size, err = s.writeFile(ctx, item, file.ID, bytes, vault.MaxFileBytes)
	if errors.Is(err, errLarger) {
		err = vault.TooLarge(file.Name, vault.MaxFileBytes)
	}
	return file, err
}

// flush stages the waiting items.
func (s *stage) flush(ctx context.Context) error {
	if len(s.waiting) == 0 {
		return nil
	}
	err := s.vault.c.Store.StageItems(ctx, s.id, s.waiting, s.vault.c.Clock())
	s.waiting, s.bytes = nil, 0
	return err
}

// replaceFiles notes which files an item's next version does not have any more.
func (s *stage) replaceFiles(before []vault.File, after vault.Item) {
	has := byID(after.Files)
	for _, file := range before {
		if _, ok := has[file.ID]; !ok {
			s.changes.GoneFiles = append(s.changes.GoneFiles, GoneFile{file.ID, after.Version})
		}
	}
}

func (v *Vault) newID() (string, error) {
	return seal.NewID(v.c.Clock(), v.c.Random)
}

// stageLife is how long a stage is kept after the last addition to it.
const stageLife = time.Hour

// SweepStages erases the stages of changes that were interrupted.
func (v *Vault) SweepStages(ctx context.Context) error {
	return fault.Wrap("sweep stages", v.c.Store.SweepItemStages(ctx, v.c.Clock().Add(-stageLife)))
}
