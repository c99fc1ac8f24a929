package share

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	padTo     = 512     // sealed content tells its length to so many bytes
	chunkSize = 1 << 20 // bytes of a file sealed at once
)

// errRefused says that sealed bytes do not open under a link and its terms.
var errRefused = errors.New("refused: does not open")

// bound is the additional data of a share: what its seals are bound to.
func (t Terms) bound(linkID [16]byte) []byte {
	data := append([]byte(Protocol+"\n"), text64.EncodeToString(linkID[:])...)
	for _, n := range []int64{t.CreatedAt, t.ExpiresAt, int64(t.MaxViews)} {
		data = strconv.AppendInt(append(data, '\n'), n, 10)
	}
	return append(append(data, '\n'), t.Audience...)
}

// sealer seals what belongs to one share.
type sealer struct {
	secret Secret
	bound  []byte
}

func newSealer(secret Secret, terms Terms) sealer {
	return sealer{secret, terms.bound(secret.LinkID())}
}

// seal pads and seals the content's JSON under a fresh nonce.
func (s sealer) seal(text []byte, random io.Reader) (nonce, ciphertext []byte, err error) {
	nonce = make([]byte, 12)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, nil, fmt.Errorf("make a nonce: %w", err)
	}
	return nonce, s.sealWith(nonce, text), nil
}

func (s sealer) sealWith(nonce, text []byte) []byte {
	size := (len(text) + padTo - 1) / padTo * padTo
	plain := make([]byte, size, size+16)
	pad := plain[copy(plain, text):]
	copy(pad, bytes.Repeat([]byte{' '}, len(pad)))
	return gcm(s.secret.contentKey()).Seal(plain[:0], nonce, plain, s.bound)
}

// open is the recipient's side: the content's JSON, padding included.
func (s sealer) open(nonce, ciphertext []byte) ([]byte, error) {
	if len(nonce) != 12 {
		return nil, errRefused
	}
	plain, err := gcm(s.secret.contentKey()).Open(nil, nonce, ciphertext, s.bound)
	if err != nil {
		return nil, errRefused
	}
	return plain, nil
}

// file gives the sealer of one file's chunks.
func (s sealer) file(index int, prefix [7]byte) fileSealer {
	return fileSealer{gcm(s.secret.fileKey(index)), prefix, s.bound}
}

// fileSealer seals the chunks of one file.
type fileSealer struct {
	aead   cipher.AEAD
	prefix [7]byte
	bound  []byte
}

func (f fileSealer) nonce(chunk uint32, last bool) []byte {
	nonce := binary.BigEndian.AppendUint32(f.prefix[:], chunk)
	if last {
		return append(nonce, 1)
	}
	return append(nonce, 0)
}

// seal seals a chunk in place where plain has room for the 16 bytes more.
func (f fileSealer) seal(chunk uint32, last bool, plain []byte) []byte {
	return f.aead.Seal(plain[:0], f.nonce(chunk, last), plain, f.bound)
}

func (f fileSealer) open(chunk uint32, last bool, sealed []byte) ([]byte, error) {
	plain, err := f.aead.Open(nil, f.nonce(chunk, last), sealed, f.bound)
	if err != nil {
		return nil, errRefused
	}
	return plain, nil
}

// chunks is how many chunks a file of so many bytes has.
func chunks(size, chunkSize int64) int64 { return max(1, (size+chunkSize-1)/chunkSize) }

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("share: a key of " + strconv.Itoa(len(key)) + " bytes") // cannot: the lengths are fixed
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("share: AES-GCM: " + err.Error()) // cannot: AES has blocks of 16 bytes
	}
	return aead
}
