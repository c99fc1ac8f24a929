package importer

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// The 1Password export (support.1password.com/1pux-format) is a zip of export.attributes, export.data
// and files/. The entry of a file is named by its document ID, two underscores and its name.

// maxItems is the maximum number of items in an export.
const maxItems = 100_000

// onePUX reads export.data as a stream, one item at a time.
type onePUX struct {
	ctx     context.Context
	decoder *json.Decoder
	files   map[string]*zip.File // by document ID
	bytes   int64                // of the items' files
	archive *Archive
	left    leftovers
}

func readOnePUX(ctx context.Context, from source, size int64) (*Archive, error) {
	entries, err := openZip(from, size)
	if err != nil {
		return nil, err
	}
	data, ok := entries["export.data"]
	if !ok {
		return nil, unknown()
	}
	content, err := openEntry(data, maxData)
	if errors.Is(err, errTooLong) {
		return nil, invalidFile("The export's data is larger than 128 MiB.", nil)
	}
	if err != nil {
		return nil, invalidFile("The archive is damaged or incomplete.", nil)
	}
	defer content.Close()
	r := onePUX{
		ctx: ctx, decoder: json.NewDecoder(content), files: documents(entries), left: leftovers{},
		archive: &Archive{Format: "1Password export", Counts: map[vault.Category]int{}},
	}
	if err := r.export(); err != nil {
		return nil, r.plain(err)
	}
	// Read to the end, where the checksum is compared.
	if _, err := io.Copy(io.Discard, content); err != nil {
		return nil, invalidFile("The archive is damaged or incomplete.", nil)
	}
	r.archive.Omissions = r.left.sentences()
	return r.archive, nil
}

// plain replaces an error of the decoder, which may quote the export, by a sentence.
func (r *onePUX) plain(err error) error {
	switch {
	case fault.KindOf(err) == fault.Invalid:
		return err
	case r.ctx.Err() != nil:
		return fmt.Errorf("read an export: %w", r.ctx.Err())
	case errors.Is(err, errTooLong),
		errors.Is(err, errShort),
		errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, zip.ErrChecksum),
		errors.Is(err, io.EOF):
		return invalidFile("The export's data is damaged or incomplete.", nil)
	}
	return invalidFile("The export's data isn't in 1Password's format.", nil)
}

// documents returns the entries below files/ by document ID.
func documents(entries map[string]*zip.File) map[string]*zip.File {
	found := map[string]*zip.File{}
	for name, entry := range entries {
		if rest, ok := strings.CutPrefix(name, "files/"); ok && rest != "" &&
			!strings.HasSuffix(rest, "/") {
			id, _, _ := strings.Cut(rest, "__")
			found[id] = entry
		}
	}
	return found
}

func (r *onePUX) export() error {
	return r.object(func(key string) error {
		if key != "accounts" {
			return r.skip()
		}
		return r.array(r.account)
	})
}

func (r *onePUX) account() error {
	var attrs struct {
		UUID string `json:"uuid"`
	}
	first := len(r.archive.Items)
	err := r.object(func(key string) error {
		switch key {
		case "attrs":
			return r.decoder.Decode(&attrs)
		case "vaults":
			return r.array(r.vault)
		}
		return r.skip()
	})
	for i := range r.archive.Items[first:] {
		r.archive.Items[first+i].Origin.Account = attrs.UUID
	}
	return err
}

func (r *onePUX) vault() error {
	var attrs struct {
		UUID string `json:"uuid"`
		Name string `json:"name"`
		Desc string `json:"desc"`
	}
	first := len(r.archive.Items)
	err := r.object(func(key string) error {
		switch key {
		case "attrs":
			return r.decoder.Decode(&attrs)
		case "items":
			return r.array(r.item)
		}
		return r.skip()
	})
	for i := range r.archive.Items[first:] {
		item := &r.archive.Items[first+i]
		item.VaultTitle, item.Origin.Vault = strings.TrimSpace(attrs.Name), attrs.UUID
	}
	if len(r.archive.Items) > first {
		r.archive.Vaults++
	}
	if strings.TrimSpace(attrs.Desc) != "" {
		r.left.note("The description of %d %s was left out.", "vault")
	}
	return err
}

func (r *onePUX) item() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	var raw json.RawMessage
	if err := r.decoder.Decode(&raw); err != nil {
		return err
	}
	if len(raw) > 2*vault.MaxItemBytes {
		return invalidFile("An item of the export is larger than 2 MiB.", nil)
	}
	item, err := parseItem(raw)
	if err != nil {
		return err
	}
	if item == nil {
		return nil
	}
	if item.State != "" && item.State != "active" || item.Trashed {
		r.archive.ArchivedItems++
		return nil
	}
	if len(r.archive.Items) == maxItems {
		return invalidFile("The export has more than 100,000 items.", nil)
	}
	return r.add(item)
}

// add converts an item and checks its files. The first two parts of its source are set once the vault
// and the account have been read.
func (r *onePUX) add(item *exportedItem) error {
	c := conversion{left: r.left, ids: map[string]bool{}}
	converted := c.convert(item)
	if err := r.checkFiles(&converted); err != nil {
		return err
	}
	size, err := json.Marshal(converted)
	if err != nil {
		return err
	}
	if len(size) > vault.MaxItemBytes-1024 { // room for IDs
		return invalidFile("An item of the export is larger than 2 MiB.", nil)
	}
	incoming := vault.ImportedItem{Origin: vault.Origin{Item: item.UUID}, Item: converted}
	if len(converted.Files) > 0 {
		incoming.Open = r.opener()
	}
	r.archive.Items = append(r.archive.Items, incoming)
	r.archive.Counts[converted.Category]++
	r.archive.Files += len(converted.Files)
	return nil
}

// checkFiles reads each file once and omits those that the archive lacks.
func (r *onePUX) checkFiles(item *vault.Item) error {
	kept := item.Files[:0]
	for _, file := range item.Files {
		entry, ok := r.files[file.ID]
		if !ok {
			r.left.note("Left out %d %s missing from the archive.", "file")
			continue
		}
		size, err := checkFile(entry)
		if err != nil {
			return err
		}
		if file.Size > 0 && file.Size != size {
			return invalidFile(
				"A file in the archive doesn't have the size that the export states.",
				nil,
			)
		}
		if r.bytes += size; r.bytes > maxFiles {
			return invalidFile("The files in the archive are larger than 4 GiB in total.", nil)
		}
		file.Size = size
		kept = append(kept, file)
	}
	item.Files = kept
	return nil
}

func (r *onePUX) opener() func(string) (io.ReadCloser, error) {
	files := r.files
	return func(id string) (io.ReadCloser, error) {
		entry, ok := files[id]
		if !ok {
			return nil, invalidFile("A file is missing from the archive.", nil)
		}
		return openEntry(entry, vault.MaxFileBytes)
	}
}

// object reads an object, calling each to read the value of each key.
func (r *onePUX) object(each func(key string) error) error {
	return r.within('{', func() error {
		key, err := r.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		return each(name)
	})
}

// array reads an array, calling each to read each element.
func (r *onePUX) array(each func() error) error { return r.within('[', each) }

func (r *onePUX) within(opening json.Delim, each func() error) error {
	token, err := r.decoder.Token()
	if err != nil || token == nil {
		return err
	}
	if token != opening {
		return errors.New("another kind of value")
	}
	for r.decoder.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err = r.decoder.Token()
	return err
}

func (r *onePUX) skip() error {
	var ignored json.RawMessage
	return r.decoder.Decode(&ignored)
}
