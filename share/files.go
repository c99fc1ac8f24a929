package share

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"itemshare/fault"
	"itemshare/share/link"
	"itemshare/vault"
)

// MaxFileSize is the largest file that this server shares, in bytes.
const MaxFileSize = 100 << 20

// stager seals files of one share chunk by chunk into the store. It holds one
// chunk at a time, whatever a file's size.
type stager struct {
	store   Creator
	shareID string
	now     time.Time
	buffer  []byte
}

func newStager(store Creator, shareID string, now time.Time) *stager {
	return &stager{store, shareID, now, make([]byte, link.ChunkSize+link.TagSize)}
}

// file seals and stages one file and returns the number of sealed bytes. It rejects a
// source that is shorter or longer than its entry says.
func (s *stager) file(ctx context.Context, file link.FileCipher, source io.Reader) (int64, error) {
	var total int64
	count := file.Chunks()
	for n := range count {
		plain := s.buffer[:file.PlainSize(n)]
		if _, err := io.ReadFull(source, plain); err != nil {
			return total, sourceError(err)
		}
		if n == count-1 {
			if err := atEnd(source); err != nil {
				return total, err
			}
		}
		sealed := file.Seal(n, plain)
		if err := s.store.StageChunk(ctx, s.shareID, file.Index, int(n), sealed, s.now); err != nil {
			return total, fmt.Errorf("stage a chunk: %w", err)
		}
		total += int64(len(sealed))
	}
	return total, nil
}

// atEnd returns an error if a source has more bytes.
func atEnd(source io.Reader) error {
	switch _, err := io.ReadFull(source, make([]byte, 1)); {
	case err == nil:
		return errFileChanged()
	case errors.Is(err, io.EOF):
		return nil
	default:
		return sourceError(err)
	}
}

func sourceError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errFileChanged()
	}
	return fmt.Errorf("read a file: %w", err)
}

func errFileChanged() error {
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"A file of this item changed while it was being copied. Try again.",
	)
}

// itemChanged returns fault.Conflict in place of err, which ended the copying of an item's
// files, if the item was changed or removed meanwhile: its former files are gone then.
func (s *Service) itemChanged(ctx context.Context, item vault.Item, err error) error {
	if fault.KindOf(err) != fault.NotFound && fault.CodeOf(err) != fault.CodeDamaged {
		return err
	}
	now, findErr := s.item(ctx, item.VaultID, item.ID)
	if findErr == nil && now.Version == item.Version ||
		findErr != nil && fault.KindOf(findErr) != fault.NotFound {
		return err
	}
	return fault.New(
		fault.Conflict,
		fault.CodeConflict,
		"This item changed while its files were being copied, so there is no link. Check the "+
			"settings, then try again.",
	)
}

// stageFiles stages files of an item by their entries and returns the number of sealed
// bytes. Where the item was changed meanwhile, it is fault.Conflict.
func (s *Service) stageFiles(
	ctx context.Context,
	shareID string,
	now time.Time,
	item vault.Item,
	files []vault.File,
	entries []link.File,
	cipher link.Cipher,
) (int64, error) {
	if len(entries) == 0 {
		return 0, nil
	}
	var total int64
	stage := newStager(s.store, shareID, now)
	for i, entry := range entries {
		file, err := cipher.File(entry)
		if err != nil {
			return 0, fmt.Errorf("seal a file: %w", err)
		}
		source, err := s.vault.OpenFile(ctx, item.VaultID, item.ID, files[i].ID)
		if err != nil {
			return 0, s.itemChanged(ctx, item, fmt.Errorf("open a file: %w", err))
		}
		n, err := stage.file(ctx, file, source)
		if err := errors.Join(err, source.Close()); err != nil {
			return 0, s.itemChanged(ctx, item, err)
		}
		total += n
	}
	return total, nil
}
