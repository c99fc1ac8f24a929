package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// SharedItem is the copy of an item that a link opens. What is absent in the item
// is empty. Printing it prints its values.
type SharedItem struct {
	Title    string        `json:"title"`
	Category string        `json:"category"`
	Fields   []SharedField `json:"fields,omitempty"`
	Sections []ItemSection `json:"sections,omitempty"`
	Websites []Website     `json:"websites,omitempty"`
	Tags     []string      `json:"tags,omitempty"`
	Notes    string        `json:"notes,omitempty"`
	Files    []SharedFile  `json:"files,omitempty"`
	SharedBy string        `json:"shared_by"`
	SharedAt int64         `json:"shared_at"` // Unix seconds
}

// SharedField is one value. Type is the SDK's name; Section is a section's id or "".
type SharedField struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Value   string `json:"value"`
	Section string `json:"section,omitempty"`
}

// Concealed tells whether people see the value only when they ask for it.
func (f SharedField) Concealed() bool {
	switch f.Type {
	case "Concealed", "Totp", "SshKey", "CreditCardNumber":
		return true
	}
	return false
}

// SharedFile is a file's entry. Sizes are in bytes. Name is as the sharer had it:
// clean it before it names anything on a disk.
type SharedFile struct {
	Index       int    `json:"index"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Size        int64  `json:"size"`
	ChunkSize   int64  `json:"chunk_size"`
	NoncePrefix string `json:"nonce_prefix"`
}

const (
	tagSize      = 16
	largestChunk = 64 << 20 // bytes; a chunk is held in memory whole
)

// OpenFile gives the plain bytes of one file, fetched chunk by chunk as they are
// read. Reading ends with io.EOF only after the last chunk opened; anything
// reordered, repeated, foreign, cut or missing ends it with [ErrRefused], and what
// was read until then must be thrown away.
func (o *Opened) OpenFile(ctx context.Context, file SharedFile) (io.Reader, error) {
	bound, ok := o.link.terms.bound(o.link.secret.id())
	prefix, ok2 := parse64(file.NoncePrefix, 7)
	if !ok || !ok2 || file.Index < 0 || file.Size < 0 || file.ChunkSize <= 0 || file.ChunkSize > largestChunk || file.chunks() > math.MaxUint32 {
		return nil, fmt.Errorf("%w: the file's entry is unreadable", ErrRefused)
	}
	key := o.link.secret.fileKey(file.Index)
	return &fileReader{
		file: file, fetch: o.chunk(ctx, file),
		open: func(chunk uint32, last bool, sealed []byte) ([]byte, error) {
			return gcm(key).Open(sealed[:0], chunkNonce([7]byte(prefix), chunk, last), sealed, bound)
		},
	}, nil
}

// chunks is how many there are by the sealed entry, whatever the server says.
func (f SharedFile) chunks() int64 {
	return max(1, f.Size/f.ChunkSize+min(1, f.Size%f.ChunkSize))
}

// chunk fetches sealed chunks of one file.
func (o *Opened) chunk(ctx context.Context, file SharedFile) func(n, most int64) ([]byte, error) {
	return func(n, most int64) ([]byte, error) {
		sealed, err := o.link.bytes(ctx, call{path: "/s/file", safe: true, limit: most},
			map[string]any{"view": o.view, "index": file.Index, "chunk": n})
		return sealed, during("read a file", err)
	}
}

// fileReader opens a file's chunks in order.
type fileReader struct {
	file  SharedFile
	fetch func(n, most int64) ([]byte, error)
	open  func(chunk uint32, last bool, sealed []byte) ([]byte, error)
	next  int64  // chunk
	plain []byte // opened and not yet read
	err   error  // once there is one, it stays
}

// Read gives opened bytes.
func (r *fileReader) Read(into []byte) (int, error) {
	for len(r.plain) == 0 && r.err == nil {
		if r.next == r.file.chunks() {
			r.err = io.EOF
			break
		}
		r.plain, r.err = r.chunk()
	}
	if len(r.plain) == 0 {
		return 0, r.err
	}
	n := copy(into, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

func (r *fileReader) chunk() ([]byte, error) {
	n, last := r.next, r.next == r.file.chunks()-1
	size := r.file.ChunkSize
	if last {
		size = r.file.Size - n*r.file.ChunkSize
	}
	sealed, err := r.fetch(n, size+tagSize)
	if errors.Is(err, errTooLong) {
		return nil, ErrRefused
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.open(uint32(n), last, sealed)
	if err != nil || int64(len(plain)) != size {
		return nil, ErrRefused
	}
	r.next++
	return plain, nil
}
