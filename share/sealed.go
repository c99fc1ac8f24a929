package share

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"itemshare/seal"
	"itemshare/vault"
)

// padded returns text padded to a multiple of 64 bytes, so that its sealed length reveals
// little: one byte 0x80, then zeros (ISO 7816-4).
func padded(text string) []byte {
	out := append([]byte(text), 0x80)
	for len(out)%64 != 0 {
		out = append(out, 0)
	}
	return out
}

func unpadded(plain []byte) (string, error) {
	plain = bytes.TrimRight(plain, "\x00")
	text, ok := bytes.CutSuffix(plain, []byte{0x80})
	if !ok {
		return "", errors.New("sealed text has no end")
	}
	return string(text), nil
}

// sealText seals a text of a share's history and binds it to its place.
func (s *Service) sealText(text string, place ...string) ([]byte, error) {
	return s.keyring.Seal(seal.History, padded(text), append([]string{"share"}, place...)...)
}

// openText opens a sealed text. One that was erased is "".
func (s *Service) openText(sealed []byte, place ...string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.keyring.Open(seal.History, sealed, append([]string{"share"}, place...)...)
	if err != nil {
		return "", err
	}
	return unpadded(plain)
}

func (s *Service) sealTitle(
	id, title string,
) ([]byte, error) {
	return s.sealText(title, id, "title")
}

func (s *Service) openTitle(id string, sealed []byte) (string, error) {
	return s.openText(sealed, id, "title")
}

// shownTitle opens a title for people to see. An erased title stays "".
func (s *Service) shownTitle(id string, sealed []byte) (string, error) {
	title, err := s.openTitle(id, sealed)
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	return vault.ShownTitle(title), nil
}

// sealIncluded seals what a share includes: names of fields and files are item data.
func (s *Service) sealIncluded(id string, in Included) ([]byte, error) {
	text, err := in.stored()
	if err != nil {
		return nil, fmt.Errorf("encode what is included: %w", err)
	}
	return s.sealText(text, id, "included")
}

// openIncluded opens what a share includes. Once erased it is the zero value.
func (s *Service) openIncluded(id string, sealed []byte) (Included, error) {
	text, err := s.openText(sealed, id, "included")
	if err != nil {
		return Included{}, err
	}
	return readIncluded(text)
}

// openExtent opens how much a share includes. Once erased it is the zero value.
func (s *Service) openExtent(id string, sealed []byte) (Extent, error) {
	text, err := s.openText(sealed, id, "included")
	if err != nil {
		return Extent{}, err
	}
	return readExtent(text)
}

func (s *Service) sealRecipients(id string, recipients []Recipient) ([]StoredRecipient, error) {
	var all []StoredRecipient
	for i, r := range recipients {
		sealed, err := s.sealText(r.Address, id, "recipient", strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		all = append(
			all,
			StoredRecipient{Position: i, Kind: r.Kind, Address: sealed, MAC: s.mac(r)},
		)
	}
	return all, nil
}

func (s *Service) openRecipient(id string, r StoredRecipient) (Recipient, error) {
	address, err := s.openText(r.Address, id, "recipient", strconv.Itoa(r.Position))
	return Recipient{r.Kind, address}, err
}

func (s *Service) sealViewer(id, address string) ([]byte, error) {
	return s.sealText(address, id, "viewer")
}

func (s *Service) openViewer(id string, v StoredView) (string, error) {
	return s.openText(v.Address, id, "viewer")
}

// mac is the keyed hash by which a recipient is matched, counted and found.
func (s *Service) mac(r Recipient) []byte {
	return s.keyring.MAC(seal.Addresses, string(r.Kind), r.Address)
}

// codeMAC returns the keyed hash of a code, which is all that is stored of it.
func (s *Service) codeMAC(shareID, address, code string) []byte {
	return s.keyring.MAC(seal.Codes, shareID, address, code)
}

func addresses(recipients []Recipient) string {
	var all []string
	for _, r := range recipients {
		all = append(all, r.Address)
	}
	return strings.Join(all, " ")
}
