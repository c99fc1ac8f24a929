// Package exporter writes items as an export in 1Password's format, from which package importer reads
// the same items again. Whoever holds such a file can read everything in it.
package exporter

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"itemshare/fault"
	"itemshare/vault"
)

// Export is what Write writes.
type Export struct {
	From    vault.Backend
	Vaults  []vault.Info
	Account string // names the installation, for a later import
	Now     time.Time
}

// Counts is how much an export holds.
type Counts struct{ Items, Files int }

// pageItems is how many items are listed at a time.
const pageItems = 500

// Write writes an export as it reads the items, one at a time. It keeps the names of files alone. After
// an error what was written is not an export.
func Write(ctx context.Context, to io.Writer, export Export) (Counts, error) {
	w := writer{ctx: ctx, export: export, zip: zip.NewWriter(to)}
	if err := w.attributes(); err != nil {
		return w.counts, err
	}
	if err := w.data(); err != nil {
		return w.counts, err
	}
	for _, file := range w.files {
		if err := w.file(file); err != nil {
			return w.counts, err
		}
	}
	return w.counts, fault.Wrap("end an export", w.zip.Close())
}

type writer struct {
	ctx    context.Context
	export Export
	zip    *zip.Writer
	out    io.Writer // export.data
	more   bool      // the vault has items already
	files  []fileOf
	counts Counts
}

// fileOf is a file to write after the items.
type fileOf struct {
	vaultID, itemID string
	file            vault.File
}

func (w *writer) create(name string) (io.Writer, error) {
	out, err := w.zip.CreateHeader(&zip.FileHeader{
		Name: name, Method: zip.Deflate, Modified: w.export.Now,
	})
	return out, fault.Wrap("add to an export", err)
}

func (w *writer) attributes() error {
	out, err := w.create("export.attributes")
	if err == nil {
		err = json.NewEncoder(out).Encode(map[string]any{
			"version": 3, "description": "1Password Unencrypted Export",
			"createdAt": w.export.Now.Unix(),
		})
	}
	return fault.Wrap("write an export", err)
}

// data writes the vaults and their items, in the order of lists.
func (w *writer) data() (err error) {
	if w.out, err = w.create("export.data"); err != nil {
		return err
	}
	if err := w.text(`{"accounts":[{"attrs":`); err != nil {
		return err
	}
	if err := w.json(map[string]any{
		"accountName": "itemshare", "name": "itemshare", "uuid": w.export.Account,
	}); err != nil {
		return err
	}
	if err := w.text(`,"vaults":[`); err != nil {
		return err
	}
	for i, info := range w.export.Vaults {
		if i > 0 {
			if err := w.text(","); err != nil {
				return err
			}
		}
		if err := w.vault(info); err != nil {
			return err
		}
	}
	return w.text("]}]}\n")
}

func (w *writer) text(text string) error {
	_, err := io.WriteString(w.out, text)
	return fault.Wrap("write an export", err)
}

func (w *writer) json(value any) error {
	text, err := json.Marshal(value)
	if err == nil {
		_, err = w.out.Write(text)
	}
	return fault.Wrap("write an export", err)
}

func (w *writer) vault(info vault.Info) error {
	if err := w.text(`{"attrs":`); err != nil {
		return err
	}
	if err := w.json(map[string]any{
		"uuid": info.ID, "name": info.Title, "desc": "", "avatar": "", "type": "U",
	}); err != nil {
		return err
	}
	if err := w.text(`,"items":[`); err != nil {
		return err
	}
	w.more = false
	seen := map[string]bool{}
	for _, archived := range []bool{false, true} {
		query := vault.Query{Vaults: []string{info.ID}, Limit: pageItems, Archived: archived}
		if err := w.items(query, seen); err != nil {
			return err
		}
	}
	return w.text("]}")
}

// items writes the items of a vault, each once whatever changes meanwhile.
func (w *writer) items(query vault.Query, seen map[string]bool) error {
	for {
		page, err := w.export.From.Browse(w.ctx, query)
		if err != nil {
			return err
		}
		for _, overview := range page.Items {
			if seen[overview.ID] {
				continue
			}
			seen[overview.ID] = true
			if err := w.item(overview); err != nil {
				return err
			}
		}
		if query.After = page.Next; query.After == "" {
			return nil
		}
	}
}

func (w *writer) item(overview vault.Overview) error {
	item, err := w.export.From.Item(w.ctx, overview.VaultID, overview.ID)
	if fault.KindOf(err) == fault.NotFound { // deleted or moved meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	if w.more {
		if err := w.text(","); err != nil {
			return err
		}
	}
	w.more = true
	w.counts.Items++
	for _, file := range item.Files {
		w.files = append(w.files, fileOf{item.VaultID, item.ID, file})
	}
	return w.json(itemOf(item))
}

func (w *writer) file(f fileOf) error {
	out, err := w.create("files/" + entryName(f.file))
	if err != nil {
		return err
	}
	content, err := w.export.From.OpenFile(w.ctx, f.vaultID, f.itemID, f.file.ID)
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	defer content.Close()
	if _, err := io.Copy(out, content); err != nil {
		return fmt.Errorf("export a file: %w", err)
	}
	w.counts.Files++
	return nil
}
