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

// Import is a set of items to import.
type Import struct {
	By     string   // the acting user, "" for the command line
	Target string   // title of the vault for all items; "" means for each a vault titled as its source
	Owners []string // ids of users who get view and share on every vault with imported items
	Items  []vault.ImportedItem
	Format string // for the audit event
}

// Imported is the result of an import. Equal counts the items imported before whose
// source has not changed.
type Imported struct {
	Vaults                []ImportedVault // by name
	Added, Updated, Equal int
	Files                 int // stored
}

// ImportedVault is a vault with imported items.
type ImportedVault struct {
	vault.Info
	New                   bool
	Added, Updated, Equal int
}

// Import imports all items or none. Each goes to the vault with the title of its
// source's vault, which is created if missing. An item imported before is updated if
// its source has changed.
func (v *Vault) Import(ctx context.Context, in Import) (Imported, error) {
	if err := v.SweepStages(ctx); err != nil {
		return Imported{}, err
	}
	var done Imported
	err := v.inStage(ctx, func(s *stage) ([]audit.Event, error) {
		run := importRun{stage: s, in: in, targets: map[string]*target{}}
		for _, incoming := range in.Items {
			if err := run.add(ctx, incoming); err != nil {
				return nil, err
			}
		}
		done = run.result()
		return run.events(), nil
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	return done, nil
}

// importRun is one import.
type importRun struct {
	*stage
	in      Import
	targets map[string]*target // by lower-case name
}

// target is a vault for imported items, with its items of earlier imports.
type target struct {
	ImportedVault
	earlier map[string]earlierItem // by hash of the source
}

// earlierItem is an item of an earlier import.
type earlierItem struct {
	id     string
	digest []byte
}

func (r *importRun) add(ctx context.Context, incoming vault.ImportedItem) error {
	to, err := r.target(
		ctx,
		cmp.Or(strings.TrimSpace(r.in.Target), strings.TrimSpace(incoming.VaultTitle), "Imported"),
	)
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
	earlier, seen := to.earlier[string(source)] // an item without a source is never among them
	delete(to.earlier, string(source))          // two items of one source stay two
	switch {
	case seen && bytes.Equal(earlier.digest, digest):
		to.Equal++
		return nil
	case seen:
		to.Updated++
		return r.replace(ctx, earlier.id, item, incoming.Open, source, digest)
	}
	to.Added++
	if item, err = r.newItem(item); err == nil {
		_, err = r.put(ctx, item, nil, incoming.Open, source, digest)
	}
	return err
}

// replace stages the next version of an item imported before. All its files are
// stored again, since the source does not show which have changed.
func (r *importRun) replace(
	ctx context.Context,
	id string,
	item vault.Item,
	open opener,
	source, digest []byte,
) error {
	before, err := r.vault.Item(ctx, item.VaultID, id)
	if err != nil {
		return err
	}
	updated := item.UpdatedAt
	if item, err = r.newItem(item); err != nil {
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

// target returns the vault with a title, which this import creates if missing.
func (r *importRun) target(ctx context.Context, name string) (*target, error) {
	name = truncate(name)
	if to, ok := r.targets[strings.ToLower(name)]; ok {
		return to, nil
	}
	now, err := r.vault.current(ctx)
	if err != nil {
		return nil, err
	}
	to := &target{earlier: map[string]earlierItem{}}
	if info, ok := findByTitle(now.vaults, name); ok {
		to.Info = info
		r.changes.Unchanged = append(
			r.changes.Unchanged,
			SealedVault{ID: info.ID, Changed: now.indexes[info.ID].changed},
		)
		if to.earlier, err = r.vault.earlierItems(ctx, info.ID); err != nil {
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

// truncate cuts a source vault's name to the longest allowed name.
func truncate(name string) string {
	letters := []rune(name)
	return strings.TrimSpace(string(letters[:min(len(letters), maxName)]))
}

// earlierItems returns a vault's imported items by the hash of their source.
func (v *Vault) earlierItems(ctx context.Context, vaultID string) (map[string]earlierItem, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	all := map[string]earlierItem{}
	for _, row := range rows {
		overview, err := v.openOverview(row)
		if err != nil {
			return nil, err
		}
		if overview.Source != nil {
			all[string(overview.Source)] = earlierItem{row.ID, overview.Digest}
		}
	}
	return all, nil
}

func (r *importRun) ordered() []*target {
	var all []*target
	for _, to := range r.targets {
		all = append(all, to)
	}
	slices.SortFunc(
		all,
		func(a, b *target) int { return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)) },
	)
	return all
}

func (r *importRun) result() Imported {
	done := Imported{Files: r.files}
	for _, to := range r.ordered() {
		done.Vaults = append(done.Vaults, to.ImportedVault)
		done.Added, done.Updated, done.Equal = done.Added+to.Added, done.Updated+to.Updated, done.Equal+to.Equal
	}
	return done
}

func (r *importRun) events() []audit.Event {
	var events []audit.Event
	for _, to := range r.ordered() {
		if to.New {
			events = append(
				events,
				audit.Event{Kind: audit.VaultAdded, Actor: r.in.By, Subject: to.ID},
			)
		}
		events = append(
			events,
			audit.Event{
				Kind:    audit.ItemsImported,
				Actor:   r.in.By,
				Subject: to.ID,
				Detail: map[string]string{
					"format": r.in.Format, "added": strconv.Itoa(to.Added),
					"updated": strconv.Itoa(to.Updated), "equal": strconv.Itoa(to.Equal),
				},
			},
		)
	}
	return events
}

// sourceOf returns the hash of an item's name at its source, nil where it has none. It
// is stored only in the sealed overview.
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

func hashFile(sum io.Writer, open opener, fileID string) error {
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
