package account

import (
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"itemshare/seal"
)

// codeText spells codes without letters and digits that are taken for one another.
var codeText = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// Bytes of a code. That of the set-up is typed from a terminal, where nobody is let try many.
const (
	joinCodeBytes  = 10
	setUpCodeBytes = 5
)

// Code is a secret that its holder uses once: to join, to set a new password or to set up the
// installation. It is shown once and never stored. Only string(code) returns its text.
type Code string

// Format keeps the code out of what is printed by accident.
func (c Code) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[code]") }

// String returns a placeholder, not the code.
func (c Code) String() string { return "[code]" }

// MarshalText returns a placeholder, not the code.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (s *Service) newJoinCode() (Code, error) {
	var raw [joinCodeBytes]byte
	if _, err := io.ReadFull(s.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("make a code: %w", err)
	}
	return spell(raw[:]), nil
}

// spell returns bytes as a code in groups of four.
func spell(raw []byte) Code {
	text := codeText.EncodeToString(raw)
	var groups []string
	for ; len(text) > 4; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return Code(strings.Join(append(groups, text), "-"))
}

// readCode returns the code that a person typed or pasted, however it is grouped and in whichever
// case, or "" for a text that can't be one of so many bytes.
func readCode(text string, bytes int) Code {
	if len(text) > 200 {
		return ""
	}
	var kept strings.Builder
	for _, r := range strings.ToUpper(norm.NFKC.String(text)) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			kept.WriteRune(r)
		}
	}
	raw, err := codeText.DecodeString(kept.String())
	if err != nil || len(raw) != bytes {
		return ""
	}
	return spell(raw)
}

// codeMAC returns what is stored of a person's code.
func (s *Service) codeMAC(code Code) []byte {
	return s.c.Keyring.MAC(seal.Codes, "join", string(code))
}
