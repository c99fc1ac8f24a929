package share

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
)

const protocolInfo = Protocol + " "

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

// Secret is what a link is made of. It prints as a placeholder.
type Secret struct{ bytes [32]byte }

// Format prints the placeholder, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[link secret]") }

func (s Secret) String() string { return fmt.Sprint(s) }

// NewSecret takes a secret from the random source.
func NewSecret(random io.Reader) (Secret, error) {
	var s Secret
	if _, err := io.ReadFull(random, s.bytes[:]); err != nil {
		return Secret{}, fmt.Errorf("make a link: %w", err)
	}
	return s, nil
}

// ParseSecret reads the 43 characters after the link's #.
func ParseSecret(text string) (Secret, bool) {
	raw, ok := parse64(text, 32)
	if !ok {
		return Secret{}, false
	}
	return Secret{[32]byte(raw)}, true
}

// link is the address that opens the share: the one place where the secret becomes text.
func (s Secret) link(baseURL string) string {
	return baseURL + "/s#" + text64.EncodeToString(s.bytes[:])
}

// LinkID is the name under which the server finds a share.
func (s Secret) LinkID() [16]byte { return [16]byte(s.derive("share-id", 16)) }

// Token proves that a caller holds the whole link.
func (s Secret) Token() Token { return Token{[32]byte(s.derive("access-token", 32))} }

func (s Secret) contentKey() []byte { return s.derive("content-key", 32) }

func (s Secret) fileKey(index int) []byte {
	return s.derive("file-key "+strconv.Itoa(index), 32)
}

func (s Secret) derive(info string, length int) []byte {
	key, err := hkdf.Key(sha256.New, s.bytes[:], nil, protocolInfo+info, length)
	if err != nil {
		panic("share: HKDF of " + strconv.Itoa(length) + " bytes failed: " + err.Error()) // cannot: the lengths are fixed
	}
	return key
}

// Token is the access token. It prints as a placeholder.
type Token struct{ bytes [32]byte }

// Format prints the placeholder, whatever the verb.
func (Token) Format(f fmt.State, _ rune) { io.WriteString(f, "[access token]") }

func (t Token) String() string { return fmt.Sprint(t) }

// ParseToken reads a token as the recipient's browser sends it.
func ParseToken(text string) (Token, bool) {
	raw, ok := parse64(text, 32)
	if !ok {
		return Token{}, false
	}
	return Token{[32]byte(raw)}, true
}

// Hash is what the server keeps of the token.
func (t Token) Hash() [32]byte { return sha256.Sum256(t.bytes[:]) }
