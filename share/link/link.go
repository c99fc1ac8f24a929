// Package link implements share-link protocol v1, which docs/share-link-v1.md specifies: the link
// and the values that are derived from it, and the sealing of an item's copy and its files. The
// server seals with it and the Go client opens with it. It stands on the standard library alone,
// stores nothing and calls nobody.
package link

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Protocol is the protocol's name in answers and in everything that is derived or sealed.
const Protocol = "itemshare/v1"

// ErrIncomplete reports a text that is not a share link, or that lacks a part of one. It never
// quotes the text.
var ErrIncomplete = errors.New(
	"not a complete share link: a link begins with https:// and ends in /s# and 43 characters")

var encoding = base64.RawURLEncoding.Strict()

// Encode returns the canonical base64url text of raw, without padding.
func Encode(raw []byte) string { return encoding.EncodeToString(raw) }

// Decode decodes base64url. It accepts nothing but the text that Encode returns: no padding, no
// unused bits, and none of the line breaks that the decoder would skip.
func Decode(text string) (raw []byte, ok bool) {
	raw, err := encoding.DecodeString(text)
	return raw, err == nil && len(text) == encoding.EncodedLen(len(raw))
}

// decode32 decodes the text of exactly 32 bytes.
func decode32(text string) (raw [32]byte, ok bool) {
	bytes, ok := Decode(text)
	if !ok || len(bytes) != len(raw) {
		return raw, false
	}
	return [32]byte(bytes), true
}

// Secret is the 32 random bytes of a link, from which everything else is derived. It prints as a
// placeholder.
type Secret struct {
	bytes [32]byte
	prk   [32]byte // of HKDF-Extract: the half of each derivation that is the same for all
}

// Format prints the placeholder, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[link secret]") }

// NewSecret reads a secret from the random source.
func NewSecret(random io.Reader) (Secret, error) {
	var s Secret
	if _, err := io.ReadFull(random, s.bytes[:]); err != nil {
		return Secret{}, fmt.Errorf("create a link: %w", err)
	}
	s.extract()
	return s, nil
}

// ParseSecret parses the 43 characters after a link's #.
func ParseSecret(text string) (s Secret, ok bool) {
	s.bytes, ok = decode32(text)
	s.extract()
	return s, ok
}

// extract does the first half of HKDF-SHA-256 (RFC 5869), with an empty salt.
func (s *Secret) extract() {
	prk, err := hkdf.Extract(sha256.New, s.bytes[:], nil)
	if err != nil { // impossible: the secret is long enough
		panic("link: HKDF: " + err.Error())
	}
	s.prk = [32]byte(prk)
}

// URL returns the link: the only form in which a secret becomes text.
func (s Secret) URL(baseURL string) string { return baseURL + "/s#" + Encode(s.bytes[:]) }

// ID returns the id by which the server finds the share.
func (s Secret) ID() ID { return ID(s.derive("share-id", 16)) }

// Token returns the access token, which proves that its sender has the whole link.
func (s Secret) Token() Token { return Token{[32]byte(s.derive("access-token", 32))} }

func (s Secret) contentKey() []byte { return s.derive("content-key", 32) }

func (s Secret) fileKey(index int) []byte { return s.derive("file-key "+strconv.Itoa(index), 32) }

// derive returns length bytes of HKDF-SHA-256 (RFC 5869) with an empty salt.
func (s Secret) derive(info string, length int) []byte {
	key, err := hkdf.Expand(sha256.New, s.prk[:], Protocol+" "+info, length)
	if err != nil { // impossible: the lengths are fixed
		panic("link: HKDF of " + strconv.Itoa(length) + " bytes: " + err.Error())
	}
	return key
}

// ID identifies a share to the server. Without the token it is of no use.
type ID [16]byte

// String returns the id as it stands in requests and in what is sealed.
func (id ID) String() string { return Encode(id[:]) }

// ParseID parses an id as a recipient sends it.
func ParseID(text string) (id ID, ok bool) {
	raw, ok := Decode(text)
	if !ok || len(raw) != len(id) {
		return ID{}, false
	}
	return ID(raw), true
}

// Token is an access token. It prints as a placeholder.
type Token struct{ bytes [32]byte }

// Format prints the placeholder, whatever the verb.
func (Token) Format(f fmt.State, _ rune) { io.WriteString(f, "[access token]") }

// ParseToken parses a token as a recipient sends it.
func ParseToken(text string) (t Token, ok bool) {
	t.bytes, ok = decode32(text)
	return t, ok
}

// Encode returns the token as it stands in the body of a request, the one place for it.
func (t Token) Encode() string { return Encode(t.bytes[:]) }

// Hash returns the SHA-256 of the token, which is all that the server stores of it.
func (t Token) Hash() [32]byte { return sha256.Sum256(t.bytes[:]) }
