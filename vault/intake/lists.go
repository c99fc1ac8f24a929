package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

// pageEntries is how many entries a page of a list has. A piece of the list of all holds more.
const (
	pageEntries  = 50
	pieceEntries = 500
	pieceBytes   = 1 << 20
)

// list is a list of outcomes, in pieces of lines of JSON.
type list struct {
	name    vault.ImportList
	most    int // entries of a piece
	lines   bytes.Buffer
	entries int // of the piece
	pieces  int
}

// lists stores what becomes of the entries of an import.
type lists struct {
	service *Service
	id      string
	part    string // listPart or reportPart
	all     []*list
}

// newLists returns the lists of a dry run, which somebody decides by, or those of an import. The dry
// run's stay as they are until the import is done: one that fails leads back to them.
func (s *Service) newLists(id string, dryRun bool) *lists {
	l := &lists{
		service: s, id: id, part: reportPart,
		all: []*list{{name: vault.EveryEntry, most: pieceEntries}},
	}
	l.all = append(l.all, &list{name: vault.LeftOutList, most: pageEntries})
	if dryRun {
		l.part = listPart
		l.all = append(l.all, &list{name: vault.DuplicateList, most: pageEntries})
	}
	return l
}

// erase removes the lists of an earlier run.
func (l *lists) erase(ctx context.Context) error {
	for _, list := range l.all {
		if err := l.service.c.Store.EraseImportPart(ctx, l.id, l.part+string(list.name)); err != nil {
			return err
		}
	}
	return nil
}

func isDuplicate(o vault.ImportOutcome) bool {
	return o.Like != vault.NoMatch && o.Did != vault.ImportUnchanged
}

func (l *lists) add(ctx context.Context, o vault.ImportOutcome) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write an outcome: %w", err)
	}
	for _, list := range l.all {
		if list.name == vault.LeftOutList && o.Did != vault.ImportLeftOut ||
			list.name == vault.DuplicateList && !isDuplicate(o) {
			continue
		}
		list.lines.Write(line)
		list.lines.WriteByte('\n')
		list.entries++
		full := list.name == vault.EveryEntry && list.lines.Len() >= pieceBytes
		if list.entries == list.most || full {
			if err := l.flush(ctx, list); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lists) flush(ctx context.Context, list *list) error {
	if list.entries == 0 {
		return nil
	}
	part := l.part + string(list.name)
	err := l.service.addChunk(ctx, l.id, part, list.pieces, list.lines.Bytes())
	list.lines.Reset()
	list.entries, list.pieces = 0, list.pieces+1
	return err
}

// close stores what is left, and returns how many pieces each list has.
func (l *lists) close(ctx context.Context) (map[string]int, error) {
	pages := map[string]int{}
	for _, list := range l.all {
		if err := l.flush(ctx, list); err != nil {
			return nil, err
		}
		pages[string(list.name)] = list.pieces
	}
	return pages, nil
}

// Entries returns a page of duplicates or of entries that are left out, by its number from 1, and how
// many pages there are. While an import is worked on, and after one could not be read, there are none.
func (s *Service) Entries(
	ctx context.Context, userID, id string, name vault.ImportList, page int,
) (entries []vault.ImportOutcome, pages int, err error) {
	j, err := s.load(ctx, userID, id)
	if err != nil {
		return nil, 0, err
	}
	if j.State.Working() || j.State == vault.ImportFailed {
		return nil, 0, nil
	}
	pages = j.Pages[string(name)]
	if page < 1 || page > pages {
		return nil, pages, nil
	}
	err = s.eachOf(ctx, j, name, page-1, func(o vault.ImportOutcome) error {
		entries = append(entries, o)
		return nil
	})
	return entries, pages, err
}

func (s *Service) eachOf(
	ctx context.Context, j job, name vault.ImportList, number int,
	do func(vault.ImportOutcome) error,
) error {
	part := listPart
	if j.State == vault.ImportDone {
		part = reportPart
	}
	piece, err := s.chunk(ctx, j.ID, part+string(name), number)
	if err != nil {
		return err
	}
	lines := json.NewDecoder(bytes.NewReader(piece))
	for {
		var o vault.ImportOutcome
		err := lines.Decode(&o)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(o)
		}
		if err != nil {
			return err
		}
	}
}

// Report calls do with every entry of a dry run or an import, in order.
func (s *Service) Report(
	ctx context.Context, userID, id string, do func(vault.ImportOutcome) error,
) error {
	j, err := s.load(ctx, userID, id)
	if err != nil {
		return err
	}
	if j.Summary == nil || j.State.Working() {
		return fault.Of(fault.NotFound)
	}
	for number := range j.Pages[string(vault.EveryEntry)] {
		if err := s.eachOf(ctx, j, vault.EveryEntry, number, do); err != nil {
			return err
		}
	}
	return nil
}

// summary collects what becomes of entries.
type summary struct{ vault.ImportSummary }

func newSummary(archive *importer.Archive) *summary {
	report := archive.Report
	s := &summary{vault.ImportSummary{
		Format: archive.Format, Entries: archive.Entries, Settings: report.Settings,
		Problems: report.Problems, Unused: report.Balance.Entries - report.Balance.EntriesTaken,
	}}
	for _, n := range report.Totals {
		s.Remarks += n
	}
	s.Remarks = max(0, s.Remarks-report.Balance.Items+report.Balance.ItemsTaken) // each says why
	return s
}

func (s *summary) add(o vault.ImportOutcome) {
	if isDuplicate(o) {
		s.Duplicates++
	}
}

// with returns the summary of what was done.
func (s *summary) with(done local.Imported) *vault.ImportSummary {
	s.Added, s.Updated, s.Unchanged = done.Added, done.Updated, done.Equal
	s.Skipped, s.Moved, s.LeftOut, s.Files = done.Skipped, done.Moved, done.LeftOut, done.Files
	s.Sources = done.Sources
	for _, v := range done.Vaults {
		s.Vaults = append(s.Vaults, vault.ImportVault{
			ID: v.ID, Title: v.Title, SourceTitle: v.SourceTitle, Sources: v.Sources, New: v.New, Added: v.Added,
			Updated: v.Updated, Unchanged: v.Equal, Skipped: v.Skipped, Moved: v.Moved,
		})
	}
	return &s.ImportSummary
}
