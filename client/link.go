package client

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
)

const protocol = "itemshare/v1"

// ErrNotALink says that a text is no share link, or that a part of one is missing.
var ErrNotALink = errors.New("this is no whole itemshare link: one ends in /s# and 43 characters, and begins with https://")

// ErrRefused says that what the server gave does not open under the link and the
// terms shown: it was damaged or changed. Nothing of it comes out.
var ErrRefused = errors.New("refused: this does not open under the link and its terms")

// text64 is base64url without padding, in its one canonical form.
var text64 = base64.RawURLEncoding.Strict()

// parse64 reads canonical base64url of exactly n bytes. Strict refuses unused bits;
// the length refuses the line breaks that decoding would skip.
func parse64(text string, n int) ([]byte, bool) {
	if len(text) != text64.EncodedLen(n) {
		return nil, false
	}
	raw, err := text64.DecodeString(text)
	return raw, err == nil && len(raw) == n
}

// secret is what a link is made of. It prints as a placeholder.
type secret struct{ bytes [32]byte }

// Format prints the placeholder, whatever the verb.
func (secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[link secret]") }

func parseSecret(text string) (secret, bool) {
	raw, ok := parse64(text, 32)
	if !ok {
		return secret{}, false
	}
	return secret{[32]byte(raw)}, true
}

// parseLink splits a link into the server's address and its secret. Some mail
// gateways turn # into %23: such a link is repaired. Nothing of it is quoted.
func parseLink(text string) (string, secret, error) {
	text = strings.TrimSpace(text)
	front, fragment, found := strings.Cut(text, "#")
	if !found {
		front, fragment, _ = strings.Cut(text, "%23")
	}
	front, _, _ = strings.Cut(front, "?")
	front, whole := strings.CutSuffix(strings.TrimSuffix(front, "/"), "/s")
	parsed, ok := parseSecret(fragment)
	if !whole || !ok || !isAddress(front) {
		return "", secret{}, ErrNotALink
	}
	base, err := parseBase(front)
	return base, parsed, err
}

// isAddress tells a link from a text that only looks like its end.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (s secret) id() string         { return text64.EncodeToString(s.derive("share-id", 16)) }
func (s secret) token() string      { return text64.EncodeToString(s.derive("access-token", 32)) }
func (s secret) contentKey() []byte { return s.derive("content-key", 32) }

func (s secret) fileKey(index int) []byte {
	return s.derive("file-key "+strconv.Itoa(index), 32)
}

func (s secret) derive(info string, length int) []byte {
	key, err := hkdf.Key(sha256.New, s.bytes[:], nil, protocol+" "+info, length)
	if err != nil {
		panic("client: HKDF of " + strconv.Itoa(length) + " bytes failed: " + err.Error()) // cannot: the lengths are fixed
	}
	return key
}

// sealedTerms are a share's terms in the numbers that its seals are bound to.
type sealedTerms struct {
	Protocol  string   `json:"protocol"`
	CreatedAt int64    `json:"created_at"` // Unix seconds
	ExpiresAt int64    `json:"expires_at"` // Unix seconds
	MaxViews  int64    `json:"max_views"`  // 0: unlimited
	Audience  Audience `json:"audience"`
}

// bound is the additional data of every seal of the share.
func (t sealedTerms) bound(id string) ([]byte, bool) {
	data := []byte(protocol + "\n" + id)
	for _, n := range []int64{t.CreatedAt, t.ExpiresAt, t.MaxViews} {
		if n < 0 {
			return nil, false
		}
		data = strconv.AppendInt(append(data, '\n'), n, 10)
	}
	if t.Protocol != protocol || t.Audience != AudienceAnyone && t.Audience != AudienceRecipients {
		return nil, false
	}
	return append(append(data, '\n'), t.Audience...), true
}

// openContent gives the content's JSON, padding included.
func (s secret) openContent(terms sealedTerms, nonce, ciphertext string) ([]byte, error) {
	bound, ok := terms.bound(s.id())
	rawNonce, ok2 := parse64(nonce, 12)
	sealed, err := text64.DecodeString(ciphertext)
	if !ok || !ok2 || err != nil || strings.ContainsAny(ciphertext, "\r\n") {
		return nil, ErrRefused
	}
	plain, err := gcm(s.contentKey()).Open(nil, rawNonce, sealed, bound)
	if err != nil {
		return nil, ErrRefused
	}
	return plain, nil
}

// chunkNonce is the file's prefix, the chunk's number and whether it is the last.
func chunkNonce(prefix [7]byte, chunk uint32, last bool) []byte {
	nonce := binary.BigEndian.AppendUint32(prefix[:], chunk)
	if last {
		return append(nonce, 1)
	}
	return append(nonce, 0)
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("client: a key of " + strconv.Itoa(len(key)) + " bytes") // cannot: the lengths are fixed
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("client: AES-GCM: " + err.Error()) // cannot: AES has blocks of 16 bytes
	}
	return aead
}
