package seal

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"
)

// NewID makes an identifier of 26 characters: 48 bits of Unix milliseconds and
// 80 random bits, in lower-case base32hex, so that ids sort by the time they
// were made and rows of one time lie together. It is a name, never a secret.
func NewID(now time.Time, random io.Reader) (string, error) {
	var raw [16]byte
	milliseconds := uint64(now.UnixMilli())
	for i := range 6 {
		raw[i] = byte(milliseconds >> (40 - 8*i))
	}
	if _, err := io.ReadFull(random, raw[6:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:])), nil
}
