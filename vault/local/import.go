package local

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
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
	Target string   // title or id of the vault for all items; "" means for each the vault of its origin
	Owners []string // ids of users who get every right in the vaults that this import creates
	Items  iter.Seq2[vault.ImportedItem, error]
	Format string // for the audit event
	DryRun bool   // changes nothing and returns what an import would do
}

// Imported is the result of an import. Equal counts the items imported before whose
// source has not changed.
type Imported struct {
	Vaults []ImportedVault // by name
	Counts
	Files int // stored
}

// Counts counts items by what an import did. Moved counts those that an earlier import
// put into another vault of the same account; each is also among Added.
type Counts struct{ Added, Updated, Equal, Moved int }

// ImportedVault is a vault with imported items. Its ID is "" for a vault that a dry run would
// create.
type ImportedVault struct {
	vault.Info
	SourceTitle string // in the export, "" if Import.Target was set
	New         bool
	SameTitle   bool // another vault has the same title
	Counts
}

// Import imports all items or none. An item goes to the vault that an earlier import
// created from the same vault of the same account, whatever its title is now, or else to
// a new one: a vault is never chosen for its title, which two people's vaults may share.
// An item imported before is updated if its source has changed, and leaves the vault of
// an earlier import if its source has left it.
func (v *Vault) Import(ctx context.Context, in Import) (Imported, error) {
	done, err := v.importItems(ctx, in)
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	return done, nil
}

func (v *Vault) importItems(ctx context.Context, in Import) (done Imported, err error) {
	if in.DryRun {
		run := newImportRun(&stage{vault: v}, in)
		err := run.all(ctx)
		return run.result(), err
	}
	if err := v.SweepStages(ctx); err != nil {
		return Imported{}, err
	}
	err = v.inStage(ctx, func(s *stage) ([]audit.Event, error) {
		run := newImportRun(s, in)
		if err := run.all(ctx); err != nil {
			return nil, err
		}
		done = run.result()
		return run.events(), nil
	})
	return done, err
}

// importRun is one import.
type importRun struct {
	*stage
	in      Import
	vaults  []vaultRow         // all that there are
	targets map[string]*target // by what chose them
	order   []*target          // the same, each once
	added   []addedItem
}

// vaultRow is a vault as its row has it. Its origin names no item.
type vaultRow struct {
	vault.Info
	origin  vault.Origin
	changed int64
}

// target is a vault for imported items, with its items of earlier imports.
type target struct {
	ImportedVault
	origin  vault.Origin // of the vault
	earlier earlierItems
}

// addedItem is an item that this import has added to a vault.
type addedItem struct {
	to     *target
	source []byte
}

func newImportRun(s *stage, in Import) *importRun {
	return &importRun{stage: s, in: in, targets: map[string]*target{}}
}

func (r *importRun) all(ctx context.Context) (err error) {
	if r.vaults, err = r.vault.vaultRows(ctx); err != nil {
		return err
	}
	for incoming, err := range r.in.Items {
		if err == nil {
			err = r.add(ctx, incoming)
		}
		if err != nil {
			return err
		}
	}
	return r.dropMoved(ctx)
}

func (r *importRun) add(ctx context.Context, incoming vault.ImportedItem) error {
	to, err := r.target(ctx, incoming)
	if err != nil {
		return err
	}
	digest, err := digestOf(incoming)
	if err != nil {
		return err
	}
	source := sourceOf(incoming.Origin, digest)
	earlier, seen := to.earlier.take(digest, source, formerSourceOf(incoming.Origin))
	item := incoming.Item
	item.VaultID = to.ID
	switch {
	case seen && bytes.Equal(earlier.digest, digest):
		to.Equal++
		return nil
	case seen:
		to.Updated++
	default:
		to.Added++
		if incoming.Origin.NamesItem() {
			r.added = append(r.added, addedItem{to, source})
		}
	}
	if r.in.DryRun {
		r.files += len(item.Files)
		return nil
	}
	if seen {
		return r.replace(ctx, earlier.id, item, incoming.Open, source, digest)
	}
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

// target returns the vault for an item. It creates one if there is none.
func (r *importRun) target(ctx context.Context, incoming vault.ImportedItem) (*target, error) {
	title := cmp.Or(truncate(strings.TrimSpace(incoming.VaultTitle)), "Imported")
	if r.in.Target != "" {
		return r.cached("", func() (*target, error) { return r.chosenTarget(ctx) })
	}
	origin := vault.Origin{Account: incoming.Origin.Account, Vault: incoming.Origin.Vault}
	if !origin.NamesVault() {
		key := strings.Join([]string{"unknown", origin.Account, origin.Vault, title}, "\x00")
		return r.cached(
			key,
			func() (*target, error) { return r.newTarget(title, vault.Origin{}, title) },
		)
	}
	return r.cached("known\x00"+origin.Account+"\x00"+origin.Vault, func() (*target, error) {
		for _, row := range r.vaults {
			if row.origin == origin {
				return r.existingTarget(ctx, row, title)
			}
		}
		return r.newTarget(title, origin, title)
	})
}

func (r *importRun) cached(key string, find func() (*target, error)) (*target, error) {
	if to, ok := r.targets[key]; ok {
		return to, nil
	}
	to, err := find()
	if err == nil {
		r.targets[key] = to
		r.order = append(r.order, to)
	}
	return to, err
}

// chosenTarget returns the vault that the caller chose by title or id.
func (r *importRun) chosenTarget(ctx context.Context) (*target, error) {
	infos := make([]vault.Info, len(r.vaults))
	for i, row := range r.vaults {
		infos[i] = row.Info
	}
	found, err := vault.Find(infos, r.in.Target)
	if fault.KindOf(err) == fault.NotFound {
		title, err := parseName(r.in.Target)
		if err != nil {
			return nil, err
		}
		return r.newTarget(title, vault.Origin{}, "")
	}
	if err != nil {
		return nil, err
	}
	return r.existingTarget(ctx, r.vaults[slices.Index(infos, found)], "")
}

func (r *importRun) existingTarget(
	ctx context.Context, row vaultRow, sourceTitle string,
) (*target, error) {
	earlier, err := r.vault.earlierItems(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	r.changes.Unchanged = append(r.changes.Unchanged, SealedVault{ID: row.ID, Changed: row.changed})
	return &target{
		ImportedVault: ImportedVault{
			Info: row.Info, SourceTitle: sourceTitle, SameTitle: r.titles(row.Title) > 1,
		},
		origin: row.origin, earlier: earlier,
	}, nil
}

// newTarget creates a vault. Its owners get every right in it.
func (r *importRun) newTarget(
	title string,
	origin vault.Origin,
	sourceTitle string,
) (*target, error) {
	to := &target{origin: origin, ImportedVault: ImportedVault{
		Info: vault.Info{Title: title}, SourceTitle: sourceTitle, New: true,
		SameTitle: r.titles(title) > 0,
	}}
	if r.in.DryRun {
		return to, nil
	}
	var err error
	if to.Info, err = r.addVault(title, origin, len(r.vaults)); err != nil {
		return nil, err
	}
	r.changes.Owners = r.in.Owners
	r.changes.OwnedVaults = append(r.changes.OwnedVaults, to.ID)
	return to, nil
}

// titles counts the vaults with a title, those included that this import creates.
func (r *importRun) titles(title string) (n int) {
	for _, row := range r.vaults {
		if strings.EqualFold(row.Title, title) {
			n++
		}
	}
	for _, to := range r.order {
		if to.New && strings.EqualFold(to.Title, title) {
			n++
		}
	}
	return n
}

// dropMoved removes from other vaults of the same account the items that this import has
// added to a vault, and has not found where they were.
func (r *importRun) dropMoved(ctx context.Context) error {
	if r.in.Target != "" || len(r.added) == 0 {
		return nil
	}
	missing, err := r.missingItems(ctx)
	if err != nil {
		return err
	}
	for _, added := range r.added {
		at := slices.IndexFunc(missing[string(added.source)], func(item SealedItem) bool {
			return item.VaultID != added.to.ID
		})
		if at < 0 {
			continue
		}
		added.to.Moved++
		r.changes.DropItems = append(r.changes.DropItems, missing[string(added.source)][at])
		missing[string(added.source)] = slices.Delete(missing[string(added.source)], at, at+1)
	}
	return nil
}

// missingItems returns the items of earlier imports that this import has not found, of the
// accounts that it has added items of, by the hash of their source.
func (r *importRun) missingItems(ctx context.Context) (map[string][]SealedItem, error) {
	accounts, earlier := map[string]bool{}, map[string]earlierItems{}
	for _, added := range r.added {
		accounts[added.to.origin.Account] = true
	}
	for _, to := range r.order {
		earlier[to.ID] = to.earlier
	}
	missing := map[string][]SealedItem{}
	for _, row := range r.vaults {
		if row.origin.Account == "" || !accounts[row.origin.Account] {
			continue
		}
		items, ok := earlier[row.ID]
		if !ok {
			var err error
			if items, err = r.vault.earlierItems(ctx, row.ID); err != nil {
				return nil, err
			}
			r.changes.Unchanged = append(
				r.changes.Unchanged,
				SealedVault{ID: row.ID, Changed: row.changed},
			)
		}
		for source, list := range items {
			for _, item := range list {
				missing[source] = append(missing[source], SealedItem{VaultID: row.ID, ID: item.id})
			}
		}
	}
	return missing, nil
}

// truncate cuts a source vault's name to the longest allowed name.
func truncate(name string) string {
	letters := []rune(name)
	return strings.TrimSpace(string(letters[:min(len(letters), maxName)]))
}

// earlierItem is an item of an earlier import.
type earlierItem struct {
	id     string
	digest []byte
}

// earlierItems are a vault's imported items by the hash of their source.
type earlierItems map[string][]earlierItem

// take removes and returns an item with the first of the sources that has one. Of several it
// prefers one with this digest, so that two items of one source stay two.
func (e earlierItems) take(digest []byte, sources ...[]byte) (earlierItem, bool) {
	for _, source := range sources {
		items := e[string(source)]
		if source == nil || len(items) == 0 {
			continue
		}
		i := max(0, slices.IndexFunc(items, func(item earlierItem) bool {
			return bytes.Equal(item.digest, digest)
		}))
		found := items[i]
		e[string(source)] = slices.Delete(items, i, i+1)
		return found, true
	}
	return earlierItem{}, false
}

// earlierItems returns a vault's imported items.
func (v *Vault) earlierItems(ctx context.Context, vaultID string) (earlierItems, error) {
	rows, err := v.c.Store.SealedOverviews(ctx, vaultID)
	if err != nil {
		return nil, err
	}
	all := earlierItems{}
	for _, row := range rows {
		overview, err := v.openOverview(row)
		if err != nil {
			return nil, err
		}
		if overview.Source != nil {
			key := string(overview.Source)
			all[key] = append(all[key], earlierItem{row.ID, overview.Digest})
		}
	}
	return all, nil
}

// vaultRows returns all vaults with their origins.
func (v *Vault) vaultRows(ctx context.Context) ([]vaultRow, error) {
	rows, err := v.c.Store.SealedVaults(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]vaultRow, len(rows))
	for i, row := range rows {
		origin, err := v.openSource(row)
		if err != nil {
			return nil, err
		}
		all[i] = vaultRow{vault.Info{ID: row.ID, Title: v.openName(row)}, origin, row.Changed}
	}
	return all, nil
}

// result returns what was done, by the vaults' titles.
func (r *importRun) result() Imported {
	done := Imported{Files: r.files}
	for _, to := range r.order {
		done.Vaults = append(done.Vaults, to.ImportedVault)
		done.Added, done.Updated = done.Added+to.Added, done.Updated+to.Updated
		done.Equal, done.Moved = done.Equal+to.Equal, done.Moved+to.Moved
	}
	slices.SortStableFunc(done.Vaults, func(a, b ImportedVault) int {
		return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	})
	return done
}

func (r *importRun) events() []audit.Event {
	var events []audit.Event
	for _, to := range r.order {
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
					"format": r.in.Format, "added": strconv.Itoa(to.Added), "updated": strconv.Itoa(
						to.Updated,
					), "equal": strconv.Itoa(to.Equal), "moved": strconv.Itoa(to.Moved),
				},
			},
		)
	}
	return events
}

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
