package intake

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

// Roles returns what a column of a CSV file can hold.
func (s *Service) Roles() []vault.ImportRole {
	var all []vault.ImportRole
	for _, role := range append([]importer.Role{importer.LeaveOut}, importer.Roles()...) {
		all = append(all, vault.ImportRole{ID: string(role), Label: role.Label()})
	}
	return all
}

// Formats names the exports that can be read, for people.
func (s *Service) Formats() string { return importer.Formats }

// Read compares the file with the vaults, in the background. Nothing is imported. It forgets decisions
// about single entries.
func (s *Service) Read(
	ctx context.Context, rights vault.ImportRights, id string, choices vault.ImportChoices,
) error {
	j, err := s.load(ctx, rights.UserID, id)
	if err != nil {
		return err
	}
	if err := checkTargets(rights, choices); err != nil {
		return err
	}
	if j.Header != nil && choices.Columns != nil {
		if err := importer.CheckColumns(rolesOf(choices.Columns)); err != nil {
			return err
		}
	}
	j.Choices = choices
	j.Choices.Single, j.Problem, j.Broken = nil, "", false
	return s.read(ctx, rights, j, vault.ImportReading, vault.ImportColumns, vault.ImportReady,
		vault.ImportFailed)
}

// checkTargets rejects vaults that the person may not import into.
func checkTargets(rights vault.ImportRights, choices vault.ImportChoices) error {
	problems := checkPlace(rights, "to", choices.All())
	for _, id := range slices.Sorted(maps.Keys(choices.Sources)) {
		problems = append(problems, checkPlace(rights, "to-"+id, choices.Sources[id])...)
	}
	return fault.Fields(problems)
}

func checkPlace(rights vault.ImportRights, field string, place vault.ImportPlace) []fault.Problem {
	problem := fault.Problem{Field: field, Code: fault.CodeForbidden}
	switch {
	case place.Target != "" && !rights.MayEdit(place.Target):
		problem.Detail = "Choose a vault that you can edit."
	case place.Target == "" && !rights.Admin:
		problem.Detail = "Choose the vault to import into."
	default:
		return nil
	}
	return []fault.Problem{problem}
}

func (s *Service) read(
	ctx context.Context, rights vault.ImportRights, j job, from ...vault.ImportState,
) error {
	if err := s.set(ctx, j, vault.ImportReading, from...); err != nil {
		return err
	}
	asOf := s.c.Clock()
	return s.enqueue(func(ctx context.Context) {
		err := s.alive(ctx, j, vault.ImportReading, asOf, func(ctx context.Context, at *progress) error {
			return s.dryRun(ctx, rights, j, at)
		})
		s.end(ctx, j, vault.ImportReading, vault.ImportFailed, err)
	})
}

// end stores why work ended, unless it succeeded or the import was canceled.
func (s *Service) end(
	ctx context.Context, j job, working, after vault.ImportState, err error,
) {
	unlessCanceled := context.WithoutCancel(ctx)
	switch {
	case err == nil, isGone(err) && ctx.Err() == nil:
		return
	case ctx.Err() != nil: // the server stops
		if working == vault.ImportReading {
			return // it starts again
		}
		j.Problem = "The server was stopped. Nothing was imported: start it again."
	case fault.KindOf(err) == fault.Invalid, fault.KindOf(err) == fault.Forbidden,
		fault.KindOf(err) == fault.Conflict:
		j.Problem = sentenceOf(err)
		j.Broken = errors.As(err, &brokenFile{})
	default:
		s.c.Log.Error("import", "err", err)
		j.Problem = "The import failed, for a reason that is in the server's log. Nothing was imported."
	}
	err = s.set(unlessCanceled, j, after, working)
	if err != nil && !isGone(err) && fault.KindOf(err) != fault.Conflict {
		s.c.Log.Error("end an import", "err", err)
	}
}

// sentenceOf returns the words of an error for people.
func sentenceOf(err error) string {
	for _, problem := range fault.ProblemsOf(err) {
		if problem.Detail != "" {
			return problem.Detail
		}
	}
	return "The import failed. Nothing was imported."
}

func rolesOf(columns []string) (roles []importer.Role) {
	for _, role := range columns {
		roles = append(roles, importer.Role(role))
	}
	return roles
}

// brokenFile is why a file can't be read, whatever is chosen.
type brokenFile struct{ error }

func (b brokenFile) Unwrap() error { return b.error }

// archive reads the file of a job. A CSV file of no known program is an importer.UnknownColumns error.
func (s *Service) archive(ctx context.Context, j job) (*importer.Archive, error) {
	options := importer.Options{Archived: j.Choices.Archived}
	options.Columns = rolesOf(j.Choices.Columns)
	return importer.ReadFrom(
		ctx, &file{ctx: ctx, service: s, id: j.ID, size: j.Size}, j.Size, options,
	)
}

// dryRun reads the file and stores what an import would do.
func (s *Service) dryRun(
	ctx context.Context, rights vault.ImportRights, j job, at *progress,
) error {
	archive, err := s.archive(ctx, j)
	var unknown *importer.UnknownColumns
	if errors.As(err, &unknown) {
		j.Header = headerOf(unknown)
		return s.set(ctx, j, vault.ImportColumns, vault.ImportReading)
	}
	if err != nil {
		return brokenFile{err}
	}
	j.Header = nil
	lists := s.newLists(j.ID, true)
	if err := lists.erase(ctx); err != nil {
		return err
	}
	summary := newSummary(archive)
	at.total.Store(int64(archive.Entries))
	in := s.request(rights, j, archive, func(o vault.ImportOutcome) error {
		at.done.Store(int64(o.Number))
		summary.add(o)
		return lists.add(ctx, o)
	})
	in.DryRun = true
	done, err := s.c.Vault.Import(ctx, in)
	if err != nil {
		return err
	}
	if j.Pages, err = lists.close(ctx); err != nil {
		return err
	}
	j.Summary = summary.with(done)
	return s.set(ctx, j, vault.ImportReady, vault.ImportReading)
}

func headerOf(unknown *importer.UnknownColumns) *vault.ImportHeader {
	header := &vault.ImportHeader{Columns: unknown.Header, Rows: unknown.Rows}
	for _, role := range unknown.Guess {
		header.Guess = append(header.Guess, string(role))
	}
	return header
}

// request returns the import of a job.
func (s *Service) request(
	rights vault.ImportRights, j job, archive *importer.Archive,
	each func(vault.ImportOutcome) error,
) local.Import {
	return local.Import{
		By: rights.UserID, Owners: []string{rights.UserID}, Target: titleOrID(j.Choices.All()),
		To: func(from vault.ImportSource) string {
			return titleOrID(j.Choices.Sources[from.ID])
		},
		Items: archive.Items(), Format: archive.Format,
		Duplicates: j.Choices.Duplicates,
		Decide:     func(number int) vault.Duplicates { return j.Choices.Single[number] },
		MayEdit:    rights.MayEdit, NoNewVaults: !rights.Admin, Each: each,
	}
}

func titleOrID(place vault.ImportPlace) string { return cmp.Or(place.Target, place.NewVault) }

// Start imports in the background, as decided.
func (s *Service) Start(
	ctx context.Context, rights vault.ImportRights, id string,
	all vault.Duplicates, single map[int]vault.Duplicates,
) error {
	j, err := s.load(ctx, rights.UserID, id)
	if err != nil {
		return err
	}
	if err := j.decide(all, single); err != nil {
		return err
	}
	if err := checkTargets(rights, j.Choices); err != nil {
		return err
	}
	j.Problem = ""
	if err := s.set(ctx, j, vault.ImportRunning, vault.ImportReady); err != nil {
		return err
	}
	asOf := s.c.Clock()
	err = s.enqueue(func(ctx context.Context) {
		err := s.alive(ctx, j, vault.ImportRunning, asOf, func(ctx context.Context, at *progress) error {
			return s.run(ctx, rights, j, at)
		})
		s.end(ctx, j, vault.ImportRunning, vault.ImportReady, err)
	})
	if err != nil {
		return errors.Join(err, s.set(ctx, j, vault.ImportReady, vault.ImportRunning))
	}
	return nil
}

// tries is how often an import starts again because a vault was changed meanwhile.
const tries = 3

func (s *Service) run(
	ctx context.Context, rights vault.ImportRights, j job, at *progress,
) (err error) {
	for range tries {
		err = s.runOnce(ctx, rights, j, at)
		if fault.KindOf(err) != fault.Conflict {
			break
		}
	}
	if err != nil {
		return err
	}
	return s.c.Store.EraseImportPart(ctx, j.ID, filePart)
}

func (s *Service) runOnce(
	ctx context.Context, rights vault.ImportRights, j job, at *progress,
) error {
	archive, err := s.archive(ctx, j)
	if err != nil {
		return err
	}
	lists := s.newLists(j.ID, false)
	if err := lists.erase(ctx); err != nil {
		return err
	}
	summary := newSummary(archive)
	at.total.Store(int64(archive.Entries))
	in := s.request(rights, j, archive, func(o vault.ImportOutcome) error {
		at.done.Store(int64(o.Number))
		summary.add(o)
		return lists.add(ctx, o)
	})
	in.Finish = func(done local.Imported) (local.FinishedImport, error) {
		finished := j
		var err error
		if finished.Pages, err = lists.close(ctx); err != nil {
			return local.FinishedImport{}, err
		}
		finished.Summary, finished.Choices.Single = summary.with(done), nil
		row, err := s.sealed(finished)
		return local.FinishedImport{ID: j.ID, Sealed: row.Sealed}, err
	}
	_, err = s.c.Vault.Import(ctx, in)
	return err
}

// progress counts the entries that work has got through.
type progress struct{ done, total atomic.Int64 }

// alive shows signs of life of an import while fn works, and cancels it when the import was canceled.
// Work that waited so long since asOf that somebody began it anew is left to them: two that read one
// file at once would write the same lists.
func (s *Service) alive(
	ctx context.Context, j job, state vault.ImportState, asOf time.Time,
	fn func(ctx context.Context, at *progress) error,
) error {
	err := s.c.Store.ReviveImport(ctx, j.ID, state, asOf.Add(time.Second), s.c.Clock())
	if err != nil {
		return err
	}
	working, stop := context.WithCancelCause(ctx)
	var at progress
	var ended sync.WaitGroup
	ended.Go(func() {
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-working.Done():
				return
			case <-ticker.C:
			}
			done, total := int(at.done.Load()), int(at.total.Load())
			err := s.c.Store.TouchImport(working, j.ID, state, done, total, s.c.Clock())
			if isGone(err) && working.Err() == nil {
				stop(errCanceled)
			}
		}
	})
	err = fn(working, &at)
	if errors.Is(context.Cause(working), errCanceled) {
		err = errCanceled
	}
	stop(nil)
	ended.Wait()
	return err
}

// errCanceled ends the work on an import that was canceled.
var errCanceled = fault.New(fault.NotFound, fault.CodeNotFound, "The import was canceled.")
