package importer

import (
	"errors"
	"io"
	"iter"

	"itemshare/vault"
)

// reading is one reading of an export, in order. Its budgets make each reading the same.
type reading struct {
	report     *Report // nil for a reading whose findings are known
	options    Options
	items      int
	valuesLeft int
	costLeft   int64
}

func newReading(report *Report, options Options, cost int64) reading {
	return reading{report: report, options: options, valuesLeft: maxValues, costLeft: cost}
}

// value reads one element of the list of items, within what is left of the budgets. It returns nil for
// null.
func (r *reading) value(s *scanner) (*value, error) {
	values := min(maxItemValues, r.valuesLeft)
	left := budget{bytes: maxItemText, values: values}
	v, err := s.value(&left, 0)
	if err != nil || v.kind == nullKind {
		return nil, err
	}
	r.items++
	r.valuesLeft -= values - max(0, left.values)
	return v, nil
}

// isItem reports whether an element can be an item, and names it if it can't.
func (r *reading) isItem(b *builder, v *value) bool {
	b.item.Title = cmpOr(b.item.Title, untitled)
	switch {
	case r.items > maxItems:
		b.problem(BadItem, "", "The export has more than 100,000 items: this one was left out.", v)
	case v.kind != objectKind:
		b.problem(BadItem, "", "An element of the list of items isn't an item. It was left out.", v)
	case !b.isTooLarge(v):
		return true
	}
	return false
}

// opener opens an item's files by their IDs.
type opener = func(fileID string) (io.ReadCloser, error)

// entry accounts for an element of the list of items and returns it as an entry. ok reports whether the
// builder made an item of it.
func (r *reading) entry(
	b *builder, v *value, at place, id string, open opener, ok bool,
) vault.ImportedItem {
	ok = ok && b.fits(v)
	if r.report != nil {
		r.report.Balance.Items++
		if ok {
			r.report.Balance.ItemsTaken++
			b.settle(v)
		}
	}
	entry := vault.ImportedItem{
		Number: r.items, VaultTitle: at.title, Origin: at.origin, Item: b.item, Remarks: b.remarks,
		Archived: b.archived,
	}
	entry.Origin.Item = id
	switch {
	case !ok:
		entry.LeftOut = b.reason
		entry.Item = vault.Item{Title: b.item.Title, Category: b.item.Category}
	case len(b.item.Files) > 0:
		entry.Open = open
	}
	return entry
}

// Words of several formats.
const (
	untitled        = "Untitled" // the title of an item without one
	archivedLeftOut = "An archived item was left out. Include archived items (--archived) to import it."
	unknownCategory = "An item of unknown category was imported as Other with all fields."
)

// eachFunc reads all entries of an export and calls do with each. A nil report gets no findings.
type eachFunc = func(report *Report, do func(vault.ImportedItem) bool) error

// errStopped ends a reading that needs no more.
var errStopped = errors.New("stopped")

// newArchive reads an export once and returns it with its report.
func newArchive(format string, report *Report, each eachFunc) (*Archive, error) {
	archive := &Archive{
		Format: format, Counts: map[vault.Category]int{}, Report: report, items: sequence(each),
	}
	vaults := map[place]bool{}
	err := each(report, func(entry vault.ImportedItem) bool {
		archive.Entries++
		if entry.LeftOut != "" {
			return true
		}
		at := place{entry.VaultTitle, entry.Origin}
		at.origin.Item = ""
		vaults[at] = true
		archive.Counts[entry.Item.Category]++
		archive.Files += len(entry.Item.Files)
		return true
	})
	archive.Vaults = len(vaults)
	return archive, err
}

func sequence(each eachFunc) iter.Seq2[vault.ImportedItem, error] {
	return func(yield func(vault.ImportedItem, error) bool) {
		stopped := false
		err := each(nil, func(entry vault.ImportedItem) bool {
			stopped = !yield(entry, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(vault.ImportedItem{}, err)
		}
	}
}
