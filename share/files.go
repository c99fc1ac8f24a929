package share

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// MaxFileSize is the installation's own bound of one file, in bytes.
const MaxFileSize = 100 << 20

// stager seals files of one share chunk by chunk into the store. It holds one
// chunk at a time, whatever a file's size.
type stager struct {
	store   Makers
	shareID string
	now     time.Time
	buffer  []byte
}

func newStager(store Makers, shareID string, now time.Time) *stager {
	return &stager{store, shareID, now, make([]byte, chunkSize+16)}
}

// file seals and stages one file, and tells how many sealed bytes it made. A
// source that is shorter or longer than its entry says is refused.
func (s *stager) file(ctx context.Context, entry ContentFile, source io.Reader, seal fileSealer) (int64, error) {
	var total int64
	count := chunks(entry.Size, chunkSize)
	for n := range count {
		last := n == count-1
		plain := s.buffer[:min(chunkSize, entry.Size-n*chunkSize)]
		if _, err := io.ReadFull(source, plain); err != nil {
			return total, sourceError(err)
		}
		if last {
			if err := atEnd(source); err != nil {
				return total, err
			}
		}
		sealed := seal.seal(uint32(n), last, plain)
		if err := s.store.StageChunk(ctx, s.shareID, entry.Index, int(n), sealed, s.now); err != nil {
			return total, fmt.Errorf("stage a chunk: %w", err)
		}
		total += int64(len(sealed))
	}
	return total, nil
}

// atEnd refuses a source that goes on.
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
	return fault.New(fault.Conflict, "conflict", "A file of this item changed while it was being copied. Nothing was shared; share again.")
}

// stageFiles copies the item's files by their entries, and tells how many sealed
// bytes they take.
func (s *Service) stageFiles(ctx context.Context, shareID string, now time.Time, item vault.Item, entries []ContentFile, seal sealer) (int64, error) {
	if len(entries) == 0 {
		return 0, nil
	}
	var total int64
	stage := newStager(s.store, shareID, now)
	for i, entry := range entries {
		prefix, ok := parse64(entry.NoncePrefix, 7)
		if !ok {
			return 0, errors.New("a file's entry has no nonce prefix")
		}
		source, err := s.vault.OpenFile(ctx, item.VaultID, item.ID, item.Files[i].ID)
		if err != nil {
			return 0, fmt.Errorf("open a file: %w", err)
		}
		n, err := stage.file(ctx, entry, source, seal.file(entry.Index, [7]byte(prefix)))
		if err := errors.Join(err, source.Close()); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
