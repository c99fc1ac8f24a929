package seal

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"
)

// NewID returns a new identifier of 26 characters: 48 bits of Unix milliseconds and
// 80 random bits, in lower-case base32hex (RFC 4648, section 7), so that ids sort by
// their time of creation and rows of one time lie together. It is not a secret.
func NewID(now time.Time, random io.Reader) (string, error) {
	raw := idAt(now)
	if _, err := io.ReadFull(random, raw[6:]); err != nil {
		return "", fmt.Errorf("create an id: %w", err)
	}
	return idText(raw), nil
}

// FirstID returns the text before which all ids sort that were created before t, and no other.
func FirstID(t time.Time) string { return idText(idAt(t)) }

func idAt(t time.Time) (raw [16]byte) {
	milliseconds := uint64(max(t.UnixMilli(), 0))
	for i := range 6 {
		raw[i] = byte(milliseconds >> (40 - 8*i))
	}
	return raw
}

func idText(raw [16]byte) string {
	return strings.ToLower(
		base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]),
	)
}
