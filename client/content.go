package client

import (
	"context"
	"errors"
	"io"

	"itemshare/share/link"
)

// The copy of an item that a link opens. What is absent in the item is empty. Printing it prints
// its values.
type (
	SharedItem  = link.Content
	SharedField = link.Field
	SharedFile  = link.File // clean its Name before using it on a disk: it is the sharer's
)

// What links and items have alike.
type (
	ItemSection = link.Section // groups fields under a title
	Website     = link.Website // an address where the item is used
)

// ErrNotALink reports a text that is not a share link, or that lacks a part of one.
var ErrNotALink = link.ErrIncomplete

// ErrRefused reports an answer of the server that does not open under the link and the terms shown:
// it was damaged or changed. Nothing of it is returned.
var ErrRefused = link.ErrTampered

// OpenFile returns a reader of one file, which is fetched and decrypted chunk by chunk while it is
// read. Reading ends with io.EOF only after the last chunk opened. A chunk that is damaged, from
// another place, cut or missing ends it with [ErrRefused], and the caller must discard what it read
// until then.
func (o *OpenedShare) OpenFile(ctx context.Context, file SharedFile) (io.Reader, error) {
	chunks, err := o.share.cipher().File(file)
	if err != nil {
		return nil, err
	}
	return &fileReader{chunks: chunks, fetch: func(n, limit int64) ([]byte, error) {
		sealed, err := o.share.bytes(ctx, call{path: "/s/file", idempotent: true, limit: limit},
			map[string]any{"view": o.view, "index": file.Index, "chunk": n})
		return sealed, during("read a file", err)
	}}, nil
}

// fileReader decrypts a file's chunks in order.
type fileReader struct {
	chunks link.FileCipher
	fetch  func(n, limit int64) ([]byte, error) // at most limit bytes
	next   int64                                // number of the next chunk
	plain  []byte                               // decrypted and not read yet
	err    error                                // the first error, which stays
}

// Read reads decrypted bytes.
func (r *fileReader) Read(into []byte) (int, error) {
	for len(r.plain) == 0 && r.err == nil {
		if r.next == r.chunks.Chunks() {
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
	sealed, err := r.fetch(r.next, r.chunks.PlainSize(r.next)+link.TagSize)
	if errors.Is(err, errTooLong) {
		return nil, ErrRefused
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.chunks.Open(r.next, sealed)
	r.next++
	return plain, err
}
