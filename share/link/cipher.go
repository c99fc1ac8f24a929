package link

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Sizes in bytes.
const (
	ChunkSize    = 1 << 20  // of a file, sealed at once
	MaxChunkSize = 64 << 20 // that a recipient accepts; a chunk is decrypted in memory
	TagSize      = 16       // added by each seal

	padding   = 512 // content is padded to a multiple of it
	nonceSize = 12
)

// ErrTampered reports sealed bytes that do not open under the link and the terms: they were damaged
// or changed.
var ErrTampered = errors.New(
	"this does not open under the link and its terms: it was damaged or changed",
)

// Audience is who may open a share.
type Audience string

// The audiences.
const (
	Anyone     Audience = "anyone"     // everyone who has the link
	Recipients Audience = "recipients" // those who verify a listed email address with a mailed code
)

// Terms are the terms of a share that its seals are bound to, so that they never change. Times are
// Unix seconds. MaxViews 0 is unlimited; it counts per address where the audience is Recipients.
type Terms struct {
	CreatedAt int64    `json:"created_at"`
	ExpiresAt int64    `json:"expires_at"`
	MaxViews  int      `json:"max_views"`
	Audience  Audience `json:"audience"`
}

// Valid reports whether the protocol has such terms.
func (t Terms) Valid() bool {
	return t.CreatedAt >= 0 && t.ExpiresAt >= 0 && t.MaxViews >= 0 &&
		(t.Audience == Anyone || t.Audience == Recipients)
}

// additionalData returns what every seal of a share is bound to.
func (t Terms) additionalData(id ID) []byte {
	return fmt.Appendf(nil, "%s\n%s\n%d\n%d\n%d\n%s",
		Protocol, id, t.CreatedAt, t.ExpiresAt, t.MaxViews, t.Audience)
}

// Cipher seals and opens the content of one share, with AES-256-GCM.
type Cipher struct {
	secret Secret
	data   []byte
}

// NewCipher returns the cipher of the share with that secret and those terms.
func NewCipher(s Secret, t Terms) Cipher { return Cipher{s, t.additionalData(s.ID())} }

// Seal pads and seals the content's JSON under a random nonce.
func (c Cipher) Seal(text []byte, random io.Reader) (nonce, ciphertext []byte, err error) {
	nonce = make([]byte, nonceSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, nil, fmt.Errorf("create a nonce: %w", err)
	}
	size := (len(text) + padding - 1) / padding * padding
	plain := make([]byte, size, size+TagSize)
	pad := plain[copy(plain, text):]
	copy(pad, bytes.Repeat([]byte{' '}, len(pad)))
	return nonce, gcm(c.secret.contentKey()).Seal(plain[:0], nonce, plain, c.data), nil
}

// Open returns the content's JSON without its padding, or ErrTampered.
func (c Cipher) Open(nonce, ciphertext []byte) ([]byte, error) {
	if len(nonce) != nonceSize {
		return nil, ErrTampered
	}
	plain, err := gcm(c.secret.contentKey()).Open(nil, nonce, ciphertext, c.data)
	if err != nil {
		return nil, ErrTampered
	}
	return unpad(plain)
}

// unpad removes the padding. A length that Seal does not produce is ErrTampered.
func unpad(plain []byte) ([]byte, error) {
	text := bytes.TrimRight(plain, " ")
	if len(plain)%padding != 0 || len(plain)-len(text) >= padding {
		return nil, fmt.Errorf("%w: the content is not padded as it should be", ErrTampered)
	}
	return text, nil
}

// File returns the cipher of one file. An entry that no sharer writes is ErrTampered: a negative
// index or size, a chunk size of 0 or above MaxChunkSize, too many chunks, or an unreadable nonce
// prefix.
func (c Cipher) File(f File) (FileCipher, error) {
	prefix, ok := Decode(f.NoncePrefix)
	if !ok || len(prefix) != prefixSize || f.Index < 0 || f.Size < 0 ||
		f.ChunkSize <= 0 || f.ChunkSize > MaxChunkSize || f.Chunks() > math.MaxUint32 {
		return FileCipher{}, fmt.Errorf("%w: the entry of a file is unreadable", ErrTampered)
	}
	return FileCipher{f, gcm(c.secret.fileKey(f.Index)), [prefixSize]byte(prefix), c.data}, nil
}

// FileCipher seals and opens the chunks of one file. Chunks are counted from 0, and their number
// follows from the file's entry, which is sealed with the content.
type FileCipher struct {
	File
	aead   cipher.AEAD
	prefix [prefixSize]byte
	data   []byte
}

// PlainSize returns the size of chunk n, in bytes before it is sealed.
func (f FileCipher) PlainSize(n int64) int64 {
	return min(f.ChunkSize, f.Size-n*f.ChunkSize)
}

// Seal seals chunk n, in place where plain has room for TagSize more bytes.
func (f FileCipher) Seal(n int64, plain []byte) []byte {
	return f.aead.Seal(plain[:0], f.nonce(n), plain, f.data)
}

// Open opens chunk n in place. What is damaged, cut, from another place or of another size is
// ErrTampered.
func (f FileCipher) Open(n int64, sealed []byte) ([]byte, error) {
	plain, err := f.aead.Open(sealed[:0], f.nonce(n), sealed, f.data)
	if err != nil || int64(len(plain)) != f.PlainSize(n) {
		return nil, ErrTampered
	}
	return plain, nil
}

// nonce returns the prefix, the number of the chunk, and 1 for the last chunk.
func (f FileCipher) nonce(n int64) []byte {
	nonce := binary.BigEndian.AppendUint32(f.prefix[:], uint32(n))
	if n == f.Chunks()-1 {
		return append(nonce, 1)
	}
	return append(nonce, 0)
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil { // impossible: the lengths are fixed
		panic("link: a key of " + strconv.Itoa(len(key)) + " bytes: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil { // impossible: AES has blocks of 16 bytes
		panic("link: AES-GCM: " + err.Error())
	}
	return aead
}
