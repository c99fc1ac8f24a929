package local

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"itemshare/fault"
	"itemshare/vault"
)

// sourceOf returns the hash of what names an item where it comes from: its account and id,
// wherever it lies there, or else its content. It is stored within the sealed overview alone.
func sourceOf(origin vault.Origin, digest []byte) []byte {
	if !origin.NamesItem() {
		return hashOf("content", origin.Account, hex.EncodeToString(digest))
	}
	return hashOf("item", origin.Account, origin.Item)
}

// formerSourceOf returns the hash that named an item before sourceOf, by its vault too.
func formerSourceOf(origin vault.Origin) []byte {
	if !origin.NamesItem() {
		return nil
	}
	return hashOf(origin.Account, origin.Vault, origin.Item)
}

func hashOf(parts ...string) []byte {
	framed, err := json.Marshal(parts)
	if err != nil {
		panic("local: strings are always JSON: " + err.Error())
	}
	sum := sha256.Sum256(framed)
	return sum[:]
}

// digestOf returns the hash of an incoming item without its times, including its files'
// bytes.
func digestOf(incoming vault.ImportedItem) ([]byte, error) {
	item := incoming.Item
	content, err := json.Marshal(
		[]any{
			item.Title,
			item.Category,
			item.Fields,
			item.Sections,
			item.Notes,
			item.Tags,
			item.Websites,
			item.Files,
		},
	)
	if err != nil {
		return nil, fmt.Errorf("write an item: %w", err)
	}
	sum := sha256.New()
	sum.Write(content)
	for _, file := range item.Files {
		if err := hashFile(sum, incoming.Open, file.ID); err != nil {
			return nil, err
		}
	}
	return sum.Sum(nil), nil
}

func hashFile(sum io.Writer, open vault.Opener, fileID string) error {
	if open == nil {
		return fault.New(fault.Invalid, fault.CodeInvalid, "A file of the export has no content.")
	}
	content, err := open(fileID)
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	defer content.Close()
	fileSum := sha256.New()
	if _, err := io.Copy(fileSum, content); err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	_, err = sum.Write(fileSum.Sum(nil))
	return err
}
