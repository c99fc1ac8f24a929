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

// MaxFileSize is the largest file that a server shares in bytes, unless it is configured otherwise.
const MaxFileSize = vault.MaxFileBytes

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

// stream seals and stages a file whose size shows only at its end. It returns the entry with its
// size, and the number of sealed bytes. A file of more than most bytes is errLarger, at once.
func (s *stager) stream(
	ctx context.Context, cipher link.Cipher, entry link.File, source io.Reader, most int64,
) (link.File, int64, error) {
	var sealed int64
	ahead := make([]byte, link.ChunkSize+link.TagSize)
	n, err := readChunk(source, s.buffer[:link.ChunkSize])
	for number := int64(0); err == nil; number++ {
		// Whether a chunk is the last shows only when the next is empty.
		next := 0
		if n == link.ChunkSize {
			if next, err = readChunk(source, ahead[:link.ChunkSize]); err != nil {
				break
			}
		}
		if entry.Size += int64(n); entry.Size+int64(next) > most {
			return entry, sealed, errLarger
		}
		chunk, err := s.chunk(ctx, cipher, entry, number, s.buffer[:n], next > 0)
		if sealed += chunk; err != nil || next == 0 {
			return entry, sealed, err
		}
		s.buffer, ahead, n = ahead, s.buffer, next
	}
	return entry, sealed, fmt.Errorf("read a file: %w", err)
}

// chunk seals and stages one chunk, which is the last one unless there are more.
func (s *stager) chunk(
	ctx context.Context, cipher link.Cipher, entry link.File, number int64, plain []byte, more bool,
) (int64, error) {
	if more {
		entry.Size++ // so that another chunk follows
	}
	file, err := cipher.File(entry)
	if err != nil {
		return 0, fmt.Errorf("seal a file: %w", err)
	}
	sealed := file.Seal(number, plain)
	if err := s.store.StageChunk(ctx, s.shareID, entry.Index, int(number), sealed, s.now); err != nil {
		return 0, fmt.Errorf("stage a chunk: %w", err)
	}
	return int64(len(sealed)), nil
}

// errLarger means that a file is larger than allowed.
var errLarger = errors.New("the file is too large")

// readChunk fills the buffer unless the source ends before. Any other end than io.EOF is an error.
func readChunk(from io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = from.Read(buffer[n:])
		n += more
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
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
