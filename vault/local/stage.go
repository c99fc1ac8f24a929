package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// opener returns a reader of a file, by its id in the incoming item.
type opener func(fileID string) (io.ReadCloser, error)

// stage collects changes, which nothing shows until they go live together.
type stage struct {
	vault   *Vault
	id      string
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
func (v *Vault) inStage(ctx context.Context, fn func(*stage) ([]audit.Event, error)) error {
	id, err := v.newID()
	if err != nil {
		return err
	}
	s := &stage{vault: v, id: id}
	events, err := fn(s)
	if err == nil {
		err = s.goLive(ctx, events)
	}
	if err != nil {
		// Even after the caller hung up. The sweep drops what this cannot.
		err = errors.Join(err, v.c.Store.DropItemStage(context.WithoutCancel(ctx), id))
	}
	return err
}

func (s *stage) goLive(ctx context.Context, events []audit.Event) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	entries := make([]audit.Entry, len(events))
	for i, event := range events {
		event.At = s.vault.c.Clock()
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
	open opener,
	source, digest []byte,
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
	row, err := s.vault.sealItem(item, source, digest)
	if err != nil {
		return item, err
	}
	s.waiting = append(s.waiting, row)
	s.changes.Items++
	if s.bytes += len(row.Body); len(s.waiting) >= batchItems || s.bytes >= batchBytes {
		return item, s.flush(ctx)
	}
	return item, nil
}

func (s *stage) file(
	ctx context.Context,
	item vault.Item,
	file vault.File,
	kept map[string]vault.File,
	open opener,
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
	file.Size, err = s.writeFile(ctx, item, file.ID, bytes)
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

// drop deletes, with the stage, those files of an item that its next version lacks.
func (s *stage) drop(before []vault.File, after []vault.File) {
	left := map[string]bool{}
	for _, file := range after {
		left[file.ID] = true
	}
	for _, file := range before {
		if !left[file.ID] {
			s.changes.DropFiles = append(s.changes.DropFiles, file.ID)
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
