package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// The parts of an import.
const (
	filePart   = "file"
	listPart   = "list "   // and the name of a list of the dry run
	reportPart = "report " // and the name of a list of the import
	chunkBytes = 1 << 20
)

func chunkPlace(id, part string, number int) []string {
	return []string{"import_chunks", id, part, strconv.Itoa(number)}
}

func (s *Service) addChunk(
	ctx context.Context, id, part string, number int, plain []byte,
) error {
	sealed, err := s.c.Box.Seal(plain, chunkPlace(id, part, number)...)
	if err != nil {
		return fmt.Errorf("seal a piece of an import: %w", err)
	}
	return s.c.Store.AddImportChunk(ctx, id, part, number, sealed)
}

func (s *Service) chunk(ctx context.Context, id, part string, number int) ([]byte, error) {
	sealed, err := s.c.Store.ImportChunk(ctx, id, part, number)
	if err != nil {
		return nil, err
	}
	plain, err := s.c.Box.Open(sealed, chunkPlace(id, part, number)...)
	return plain, fault.Wrap("open a piece of an import", err)
}

// Receive stores a file as it comes, a sealed piece at a time, and returns the import that it belongs
// to. Nothing is left of one that doesn't come whole. One that is too large is fault.Invalid.
func (s *Service) Receive(
	ctx context.Context, userID, fileName string, from io.Reader,
) (id string, err error) {
	if id, err = seal.NewID(s.c.Clock(), s.c.Random); err != nil {
		return "", err
	}
	j := job{Row: Row{
		ID: id, UserID: userID, State: vault.ImportReceiving, CreatedAt: s.c.Clock().Unix(),
	}, content: content{FileName: fileName}}
	row, err := s.sealed(j)
	if err != nil {
		return "", err
	}
	if err := s.c.Store.AddImport(ctx, row, maxJobs); err != nil {
		return "", err
	}
	j.Size, err = s.receive(ctx, id, from)
	if err == nil && j.Size == 0 {
		err = fault.Field("file", fault.CodeInvalid, "This file is empty.")
	}
	if err == nil {
		err = s.set(ctx, j, vault.ImportReading, vault.ImportReceiving)
	}
	if err != nil {
		return "", errors.Join(err, s.erase(ctx, id))
	}
	return id, nil
}

func (s *Service) receive(ctx context.Context, id string, from io.Reader) (int64, error) {
	buffer, size := make([]byte, chunkBytes), int64(0)
	for number := 0; ; number++ {
		n, err := io.ReadFull(from, buffer)
		if size += int64(n); size > MaxFileBytes {
			return size, fault.Field("file", fault.CodeTooLarge,
				"A file can be 512 MiB at most here. The command itemshare import reads larger ones.")
		}
		if n > 0 {
			if err := s.addChunk(ctx, id, filePart, number, buffer[:n]); err != nil {
				return size, err
			}
			now := s.c.Clock()
			if err := s.c.Store.TouchImport(ctx, id, vault.ImportReceiving, 0, 0, now); err != nil {
				return size, err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return size, nil
		case err != nil:
			return size, err
		}
	}
}

// file reads the sealed file of an import at any place. It keeps a few opened pieces.
type file struct {
	ctx     context.Context
	service *Service
	id      string
	size    int64

	mu     sync.Mutex
	recent []openedChunk // the last used is last
}

type openedChunk struct {
	number int
	bytes  []byte
}

// recentChunks is how many opened pieces are kept: 1 MiB each.
const recentChunks = 6

func (f *file) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at < f.size {
		chunk, err := f.chunk(int(at / chunkBytes))
		if err != nil {
			return n, err
		}
		from := int(at % chunkBytes)
		if from >= len(chunk) {
			return n, io.ErrUnexpectedEOF
		}
		copied := copy(p[n:], chunk[from:])
		n, at = n+copied, at+int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) chunk(number int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, chunk := range f.recent {
		if chunk.number == number {
			f.recent = append(append(f.recent[:i:i], f.recent[i+1:]...), chunk)
			return chunk.bytes, nil
		}
	}
	bytes, err := f.service.chunk(f.ctx, f.id, filePart, number)
	if err != nil {
		return nil, err
	}
	if len(f.recent) == recentChunks {
		f.recent = f.recent[1:]
	}
	f.recent = append(f.recent, openedChunk{number, bytes})
	return bytes, nil
}
