package local

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// Import says what comes in and where it goes.
type Import struct {
	By     string   // the user who does it, "" for the command line
	Target string   // name of the vault that takes all; "" = each item goes to the vault named as its source
	Owners []string // ids of users who get view and share on every vault that items go to
	Items  []vault.ImportedItem
	Format string // for the audit event
}

// Imported says what an import did. Equal counts the items that were there and
// had not changed where they came from.
type Imported struct {
	Vaults                []ImportedVault // by name
	Added, Updated, Equal int
	Files                 int // written
}

// ImportedVault is a vault that items went to.
type ImportedVault struct {
	vault.Info
	New                   bool
	Added, Updated, Equal int
}

// Import takes items in: all of them, or none. A vault of an item's source is
// the one of the same name here, made where it is missing. An item that came in
// before is updated, where its source changed.
func (v *Vault) Import(ctx context.Context, in Import) (Imported, error) {
	if err := v.SweepStages(ctx); err != nil {
		return Imported{}, err
	}
	var done Imported
	err := v.staged(ctx, func(s *stage) ([]audit.Event, error) {
		run := importing{stage: s, in: in, targets: map[string]*target{}}
		for _, incoming := range in.Items {
			if err := run.take(ctx, incoming); err != nil {
				return nil, err
			}
		}
		done = run.done()
		return run.events(), nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	return done, nil
}

// importing is one import on its way.
type importing struct {
	*stage
	in      Import
	targets map[string]*target // by lower-case name
}

// target is a vault that items go to, and what it holds of earlier imports.
type target struct {
	ImportedVault
	known map[string]known // by hash of the source
}

// known is an item that an earlier import brought.
type known struct {
	id     string
	digest []byte
}

func (r *importing) take(ctx context.Context, incoming vault.ImportedItem) error {
	to, err := r.target(ctx, cmp.Or(strings.TrimSpace(r.in.Target), strings.TrimSpace(incoming.VaultTitle), "Imported"))
	if err != nil {
		return err
	}
	digest, err := digestOf(incoming)
	if err != nil {
		return err
	}
	source := sourceOf(incoming.Source)
	item := incoming.Item
	item.VaultID = to.ID
	earlier, seen := to.known[string(source)] // none is known by a source of nil
	delete(to.known, string(source))          // a source named twice makes two items
	switch {
	case seen && bytes.Equal(earlier.digest, digest):
		to.Equal++
		return nil
	case seen:
		to.Updated++
		return r.replace(ctx, earlier.id, item, incoming.Open, source, digest)
	}
	to.Added++
	if item, err = r.fresh(item); err == nil {
		_, err = r.put(ctx, item, nil, incoming.Open, source, digest)
	}
	return err
}

// replace stages the next version of an item that came in before. Its files
// come anew, since their source gives no sign of which changed.
func (r *importing) replace(ctx context.Context, id string, item vault.Item, open opener, source, digest []byte) error {
	before, err := r.vault.Item(ctx, item.VaultID, id)
	if err != nil {
		return err
	}
	updated := item.UpdatedAt
	if item, err = r.fresh(item); err != nil {
		return err
	}
	item.ID, item.Version, item.CreatedAt = id, before.Version+1, before.CreatedAt
	if updated.IsZero() {
		item.UpdatedAt = wholeSeconds(r.vault.c.Clock())
	}
	item, err = r.put(ctx, item, nil, open, source, digest)
	r.drop(before.Files, item.Files)
	return err
}

// target is the vault of a name: here already, or made by this import.
func (r *importing) target(ctx context.Context, name string) (*target, error) {
	name = shortened(name)
	if to, ok := r.targets[strings.ToLower(name)]; ok {
		return to, nil
	}
	now, err := r.vault.current(ctx)
	if err != nil {
		return nil, err
	}
	to := &target{known: map[string]known{}}
	if info, ok := named(now.vaults, name); ok {
		to.Info = info
		r.changes.Unchanged = append(r.changes.Unchanged, SealedVault{ID: info.ID, Changed: now.indexes[info.ID].changed})
		if to.known, err = r.vault.known(ctx, info.ID); err != nil {
			return nil, err
		}
	} else {
		to.New = true
		if to.Info, err = r.addVault(name, len(now.vaults)); err != nil {
			return nil, err
		}
	}
	r.targets[strings.ToLower(name)] = to
	r.changes.Owners = r.in.Owners
	r.changes.OwnedVaults = append(r.changes.OwnedVaults, to.ID)
	return to, nil
}

// shortened cuts a source vault's name to what a name may be here.
func shortened(name string) string {
	letters := []rune(name)
	return strings.TrimSpace(string(letters[:min(len(letters), maxName)]))
}

// known are a vault's items that imports brought.
func (v *Vault) known(ctx context.Context, vaultID string) (map[string]known, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	all := map[string]known{}
	for _, row := range rows {
		overview, err := v.openOverview(row)
		if err != nil {
			return nil, err
		}
		if overview.Source != nil {
			all[string(overview.Source)] = known{row.ID, overview.Digest}
		}
	}
	return all, nil
}

func (r *importing) ordered() []*target {
	var all []*target
	for _, to := range r.targets {
		all = append(all, to)
	}
	slices.SortFunc(all, func(a, b *target) int { return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)) })
	return all
}

func (r *importing) done() Imported {
	done := Imported{Files: r.files}
	for _, to := range r.ordered() {
		done.Vaults = append(done.Vaults, to.ImportedVault)
		done.Added, done.Updated, done.Equal = done.Added+to.Added, done.Updated+to.Updated, done.Equal+to.Equal
	}
	return done
}

func (r *importing) events() []audit.Event {
	var events []audit.Event
	for _, to := range r.ordered() {
		if to.New {
			events = append(events, audit.Event{Kind: audit.VaultAdded, Actor: r.in.By, Subject: to.ID})
		}
		events = append(events, audit.Event{Kind: audit.ItemsImported, Actor: r.in.By, Subject: to.ID, Detail: map[string]string{
			"format": r.in.Format, "added": strconv.Itoa(to.Added), "updated": strconv.Itoa(to.Updated), "equal": strconv.Itoa(to.Equal),
		}})
	}
	return events
}

// sourceOf is the hash of what names an item where it came from, nil where
// nothing does. It is stored within the sealed overview alone.
func sourceOf(parts []string) []byte {
	if len(parts) == 0 {
		return nil
	}
	framed, err := json.Marshal(parts)
	if err != nil {
		panic("local: strings are always JSON: " + err.Error())
	}
	sum := sha256.Sum256(framed)
	return sum[:]
}

// digestOf is the hash of all that an incoming item says, its files' bytes
// included, but for its times.
func digestOf(incoming vault.ImportedItem) ([]byte, error) {
	item := incoming.Item
	content, err := json.Marshal([]any{item.Title, item.Category, item.Fields, item.Sections, item.Notes, item.Tags, item.Websites, item.Files})
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

func hashFile(sum io.Writer, open opener, fileID string) error {
	if open == nil {
		return fault.New(fault.Invalid, fault.CodeInvalid, "A file of the export has no bytes.")
	}
	content, err := open(fileID)
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	defer content.Close()
	one := sha256.New()
	if _, err := io.Copy(one, content); err != nil {
		return fmt.Errorf("read a file: %w", err)
	}
	_, err = sum.Write(one.Sum(nil))
	return err
}
