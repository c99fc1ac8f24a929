package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"itemshare/fault"
	"itemshare/vault"
)

// chunkBytes is how much of a file is sealed at a time. It is part of the stored form.
const chunkBytes = 1 << 20

func chunkPlace(vaultID, itemID, fileID string, number int, last bool) []string {
	end := "more"
	if last {
		end = "last"
	}
	return []string{"file_chunks", vaultID, itemID, fileID, strconv.Itoa(number), end}
}

// chunkCount is at least one: an empty file is one empty last chunk.
func chunkCount(size int64) int {
	return max(1, int((size+chunkBytes-1)/chunkBytes))
}

// writeFile seals a file's bytes into a stage, a chunk at a time, and returns their count. More than
// most are errLarger, at once.
func (s *stage) writeFile(
	ctx context.Context,
	item vault.Item,
	fileID string,
	bytes io.Reader,
	most int64,
) (size int64, err error) {
	s.changes.Files++
	file := SealedFile{VaultID: item.VaultID, ItemID: item.ID, ID: fileID}
	if err := s.vault.c.Store.StageFile(ctx, s.id, file, s.vault.c.Clock()); err != nil {
		return 0, err
	}
	buffer, ahead := make([]byte, chunkBytes), make([]byte, chunkBytes)
	n, err := readChunk(bytes, buffer)
	for number := 0; err == nil; number++ {
		// Whether this chunk is the last shows only when the next is empty.
		next := 0
		if n == chunkBytes {
			if next, err = readChunk(bytes, ahead); err != nil {
				break
			}
		}
		if size += int64(n); size > most {
			return size, errLarger
		}
		sealed, err := s.vault.c.Box.Seal(
			buffer[:n],
			chunkPlace(item.VaultID, item.ID, fileID, number, next == 0)...)
		if err != nil {
			return size, fmt.Errorf("seal a file: %w", err)
		}
		if err := s.vault.c.Store.StageFileChunk(ctx, s.id, fileID, number, sealed, s.vault.c.Clock()); err != nil {
			return size, err
		}
		if next == 0 {
			return size, nil
		}
		buffer, ahead, n = ahead, buffer, next
	}
	return size, fmt.Errorf("read a file: %w", err)
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

// fileReader opens a file's chunks as they are read, one at a time and outside of any
// transaction.
type fileReader struct {
	ctx   context.Context
	vault *Vault
	item  vault.Item
	file  vault.File
	next  int
	rest  []byte
	err   error
}

func (r *fileReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 && r.err == nil {
		r.rest, r.err = r.fetch()
	}
	if len(r.rest) == 0 {
		return 0, r.err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *fileReader) fetch() ([]byte, error) {
	count := chunkCount(r.file.Size)
	if r.next == count {
		return nil, io.EOF
	}
	sealed, err := r.vault.c.Store.SealedChunk(r.ctx, r.file.ID, r.next)
	if fault.KindOf(err) == fault.NotFound {
		return nil, damaged("file "+r.file.ID+": a chunk is missing", nil)
	}
	if err != nil {
		return nil, err
	}
	opened, err := r.vault.c.Box.Open(
		sealed,
		chunkPlace(r.item.VaultID, r.item.ID, r.file.ID, r.next, r.next == count-1)...)
	if err != nil {
		return nil, damaged("file "+r.file.ID, err)
	}
	r.next++
	return opened, nil
}

func (r *fileReader) Close() error {
	r.rest, r.err = nil, io.ErrClosedPipe
	return nil
}
