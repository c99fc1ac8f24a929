package local

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"itemshare/audit"
	"itemshare/vault"
)

// Import is a set of items to import.
type Import struct {
	By     string // the acting user, "" for the command line
	Target string // title or id of the vault for all items; "" means for each the vault of its origin
	// To returns the title or id of the vault for a vault of the export, "" for Target; may be nil.
	To     func(vault.ImportSource) string
	Owners []string // ids of users who get every right in the vaults that this import creates
	Items  iter.Seq2[vault.ImportedItem, error]
	Format string // for the audit event
	DryRun bool   // changes nothing and returns what an import would do

	Duplicates vault.Duplicates
	Decide     func(number int) vault.Duplicates // for single entries by their number; may be nil

	MayEdit     func(vaultID string) bool // nil for every vault
	NoNewVaults bool                      // a vault that isn't there is fault.Forbidden

	// Each gets the outcome of each entry in order; may be nil. Its error ends the import.
	Each func(vault.ImportOutcome) error
	// Finish returns the import that is done once the items are live; may be nil. Its error ends the
	// import.
	Finish func(Imported) (FinishedImport, error)
}

// Imported is the result of an import. Equal counts the items imported before whose
// source has not changed, Skipped the duplicates that were left as they are, and LeftOut
// the entries that can't be imported.
type Imported struct {
	Vaults []ImportedVault // by name
	Counts
	Files   int // stored
	LeftOut int
	Sources []vault.ImportSource // the vaults of the export, in its order
}

// Counts counts items by what an import did. Moved counts those that an earlier import
// put into another vault of the same account; each is also among Added.
type Counts struct{ Added, Updated, Equal, Skipped, Moved int }

// ImportedVault is a vault with imported items. Its ID is "" for a vault that a dry run would
// create.
type ImportedVault struct {
	vault.Info
	SourceTitle string   // in the export, "" if the caller chose the vault
	Sources     []string // titles of the vaults of the export that come here
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
	err = v.inStage(ctx, in.By, func(s *stage) ([]audit.Event, error) {
		run := newImportRun(s, in)
		if err := run.all(ctx); err != nil {
			return nil, err
		}
		done = run.result()
		if in.Finish != nil {
			if s.changes.Import, err = in.Finish(done); err != nil {
				return nil, err
			}
		}
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
	sources []vault.ImportSource
	places  map[string]int // of sources, by their ids
	added   []addedItem
	leftOut int
}

func newImportRun(s *stage, in Import) *importRun {
	return &importRun{stage: s, in: in, targets: map[string]*target{}, places: map[string]int{}}
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
	outcome := vault.ImportOutcome{
		Number: incoming.Number, Title: incoming.Item.Title, SourceVault: incoming.VaultTitle,
		Category: incoming.Item.Category, Did: vault.ImportLeftOut, Detail: incoming.LeftOut,
		Remarks: incoming.Remarks,
	}
	if incoming.LeftOut != "" {
		r.leftOut++
		return r.tell(outcome)
	}
	from := incoming.Source()
	chosen := r.chosen(from)
	to, err := r.target(ctx, incoming, chosen)
	if err != nil {
		return err
	}
	r.count(from, to)
	outcome.VaultID, outcome.Vault = to.ID, to.Title
	digest, err := digestOf(incoming)
	if err != nil {
		return err
	}
	source := sourceOf(incoming.Origin, digest)
	earlier := to.earlier.find(incoming, digest, source, formerSourceOf(incoming.Origin))
	outcome.Like, outcome.LikeID = earlier.match, earlier.id
	outcome.Did = r.decide(incoming.Number, earlier, digest)
	if err := r.tell(outcome); err != nil {
		return err
	}
	switch to.earlier.use(earlier, outcome.Did); outcome.Did {
	case vault.ImportUnchanged:
		to.Equal++
		return nil
	case vault.ImportSkipped:
		to.Skipped++
		return nil
	case vault.ImportUpdated:
		to.Updated++
	case vault.ImportAdded:
		to.Added++
		if chosen == "" && incoming.Origin.NamesItem() {
			r.added = append(r.added, addedItem{to, source})
		}
	}
	return r.store(ctx, to, incoming, outcome, provenance{Source: source, Digest: digest})
}

// store stages an item that is added or updated.
func (r *importRun) store(
	ctx context.Context, to *target, incoming vault.ImportedItem, outcome vault.ImportOutcome,
	from provenance,
) error {
	item := incoming.Item
	item.VaultID = to.ID
	if r.in.DryRun {
		r.files += len(item.Files)
		return nil
	}
	if outcome.Did == vault.ImportUpdated {
		return r.replace(ctx, outcome.LikeID, item, incoming.Open, from)
	}
	item, err := r.newItem(item)
	if err == nil {
		_, err = r.put(ctx, item, nil, incoming.Open, from)
	}
	if err == nil && incoming.Archived {
		r.changes.Archived = append(r.changes.Archived, ArchivedItem{
			VaultID: to.ID, ItemID: item.ID, At: r.vault.c.Clock().Unix(),
		})
	}
	return err
}

func (r *importRun) tell(outcome vault.ImportOutcome) error {
	if r.in.Each == nil {
		return nil
	}
	return r.in.Each(outcome)
}

// replace stages the next version of an item imported before. All its files are
// stored again, since the source does not show which have changed.
func (r *importRun) replace(
	ctx context.Context,
	id string,
	item vault.Item,
	open vault.Opener,
	from provenance,
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
	item, err = r.put(ctx, item, nil, open, from)
	r.replaceFiles(before.Files, item)
	return err
}

// result returns what was done, by the vaults' titles.
func (r *importRun) result() Imported {
	done := Imported{Files: r.files, LeftOut: r.leftOut, Sources: r.sources}
	for _, to := range r.order {
		done.Vaults = append(done.Vaults, to.ImportedVault)
		done.Added, done.Updated = done.Added+to.Added, done.Updated+to.Updated
		done.Equal, done.Moved = done.Equal+to.Equal, done.Moved+to.Moved
		done.Skipped += to.Skipped
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
				audit.Event{Kind: audit.VaultAdded, Subject: to.ID},
			)
		}
		events = append(
			events,
			audit.Event{
				Kind:    audit.ItemsImported,
				Subject: to.ID,
				Detail: map[string]string{
					"format": r.in.Format, "added": strconv.Itoa(to.Added),
					"updated": strconv.Itoa(to.Updated), "equal": strconv.Itoa(to.Equal),
					"skipped": strconv.Itoa(to.Skipped), "moved": strconv.Itoa(to.Moved),
				},
			},
		)
	}
	return events
}
