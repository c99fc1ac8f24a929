// Package intake imports files that people send: it keeps a file sealed while they look at a dry run and
// decide, runs the import in the background, and reports every entry of it. It never writes a file
// unencrypted. Reading formats is package importer's, and storing items package local's.
package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"

	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/local"
)

// Row is an import as its row has it. Times are in Unix seconds.
type Row struct {
	ID        string
	UserID    string
	State     vault.ImportState
	CreatedAt int64
	TouchedAt int64
	Done      int64
	Total     int64
	Sealed    []byte
}

// Store keeps imports and the pieces of their files and lists. A row or piece that does not exist is
// fault.NotFound.
type Store interface {
	// AddImport is fault.Invalid if the user has limit imports.
	AddImport(ctx context.Context, row Row, limit int) error
	Import(ctx context.Context, userID, id string) (Row, error)
	// Imports returns a user's imports, newest first.
	Imports(ctx context.Context, userID string) ([]Row, error)
	// SetImport replaces all of a row but its time of creation, if its state is one of from. Otherwise
	// it is fault.Conflict.
	SetImport(ctx context.Context, row Row, from ...vault.ImportState) error
	// ReviveImport touches an import in this state that was last touched before a time, otherwise it
	// is fault.NotFound.
	ReviveImport(
		ctx context.Context, id string, state vault.ImportState, before, now time.Time,
	) error
	// TouchImport sets the progress of an import in this state, otherwise it is fault.NotFound.
	TouchImport(
		ctx context.Context, id string, state vault.ImportState, done, total int, now time.Time,
	) error
	AddImportChunk(ctx context.Context, id, part string, number int, sealed []byte) error
	ImportChunk(ctx context.Context, id, part string, number int) ([]byte, error)
	// EraseImportPart erases the pieces of a part, a few in each transaction.
	EraseImportPart(ctx context.Context, id, part string) error
	// EraseImport erases an import with its pieces.
	EraseImport(ctx context.Context, id string) error
	// ImportsBefore returns the ids of at most limit imports last touched before a time.
	ImportsBefore(ctx context.Context, before time.Time, limit int) ([]string, error)
}

// Config is what New needs.
type Config struct {
	Store  Store
	Vault  *local.Vault
	Box    seal.Box // of seal.Items
	Clock  func() time.Time
	Random io.Reader
	Log    *slog.Logger
}

// Service runs imports. It is safe for use by many goroutines.
type Service struct {
	c    Config
	work chan func(context.Context)
}

// Limits of imports.
const (
	MaxFileBytes = 512 << 20 // of a file
	maxJobs      = 5         // of one person
	maxWaiting   = 64        // for a worker
	workers      = 2

	kept       = 24 * time.Hour // from the last sign of life until it is erased
	staleAfter = time.Minute    // without one, work was interrupted
	beat       = time.Second    // between two
)

// New returns the service. Run does its work.
func New(c Config) *Service {
	return &Service{c: c, work: make(chan func(context.Context), maxWaiting)}
}

// Run reads and imports files until ctx ends. What it interrupts leaves nothing in the vaults.
func (s *Service) Run(ctx context.Context) {
	done := make(chan struct{})
	for range workers {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				select {
				case <-ctx.Done():
					return
				case work := <-s.work:
					work(ctx)
				}
			}
		}()
	}
	for range workers {
		<-done
	}
}

// enqueue hands work to a worker.
func (s *Service) enqueue(work func(context.Context)) error {
	select {
	case s.work <- work:
		return nil
	default:
		return fault.New(fault.Unavailable, fault.CodeUnavailable,
			"Many imports are waiting right now. Try again in a few minutes.")
	}
}

// content is what a row's sealed part holds.
type content struct {
	FileName string
	Size     int64
	Choices  vault.ImportChoices
	Header   *vault.ImportHeader  `json:",omitempty"`
	Summary  *vault.ImportSummary `json:",omitempty"`
	Problem  string               `json:",omitempty"`
	Broken   bool                 `json:",omitempty"` // the file, whatever is chosen
	Pages    map[string]int       `json:",omitempty"` // pieces of the lists
}

// job is an import with what its row seals.
type job struct {
	Row
	content
}

func (s *Service) load(ctx context.Context, userID, id string) (job, error) {
	row, err := s.c.Store.Import(ctx, userID, id)
	if err != nil {
		return job{}, err
	}
	return s.open(row)
}

func (s *Service) open(row Row) (job, error) {
	j := job{Row: row}
	opened, err := s.c.Box.Open(row.Sealed, "imports", row.ID)
	if err == nil {
		err = json.Unmarshal(opened, &j.content)
	}
	return j, fault.Wrap("open an import", err)
}

// sealed returns the row of a job as of now.
func (s *Service) sealed(j job) (Row, error) {
	text, err := json.Marshal(j.content)
	if err != nil {
		return Row{}, fmt.Errorf("write an import: %w", err)
	}
	j.Row.TouchedAt = s.c.Clock().Unix()
	j.Row.Sealed, err = s.c.Box.Seal(text, "imports", j.ID)
	return j.Row, fault.Wrap("seal an import", err)
}

// set stores a job in a new state, if it is in one of the others.
func (s *Service) set(
	ctx context.Context, j job, state vault.ImportState, from ...vault.ImportState,
) error {
	j.State, j.Done, j.Total = state, 0, 0
	row, err := s.sealed(j)
	if err != nil {
		return err
	}
	return s.c.Store.SetImport(ctx, row, from...)
}

// isStale reports whether work on an import was interrupted.
func (s *Service) isStale(row Row) bool {
	return row.State.Working() && s.c.Clock().Sub(time.Unix(row.TouchedAt, 0)) > staleAfter
}

func (s *Service) shown(j job) vault.ImportJob {
	return vault.ImportJob{
		ID: j.ID, UserID: j.UserID, State: j.State, CreatedAt: time.Unix(j.CreatedAt, 0).UTC(),
		EndsAt:   time.Unix(j.TouchedAt, 0).Add(kept).UTC(),
		FileName: j.FileName, Size: j.Size, Done: int(j.Done), Total: int(j.Total),
		Choices: j.Choices, Header: j.Header, Summary: j.Summary, Problem: j.Problem, Broken: j.Broken,
	}
}

// Job returns a user's import. Work that was interrupted, such as by a crash, is started again, or
// waits for the person to start it again.
func (s *Service) Job(
	ctx context.Context, rights vault.ImportRights, id string,
) (vault.ImportJob, error) {
	j, err := s.load(ctx, rights.UserID, id)
	if err == nil && s.isStale(j.Row) {
		j, err = s.revive(ctx, rights, j)
	}
	if err != nil {
		return vault.ImportJob{}, err
	}
	return s.shown(j), nil
}

// revive continues after work that was interrupted, once.
func (s *Service) revive(
	ctx context.Context, rights vault.ImportRights, j job,
) (job, error) {
	now := s.c.Clock()
	err := s.c.Store.ReviveImport(ctx, j.ID, j.State, now.Add(-staleAfter), now)
	switch {
	case isGone(err): // another request did the same
	case err != nil:
		return j, err
	case j.State == vault.ImportReading:
		err = s.read(ctx, rights, j, vault.ImportReading)
	default:
		j.Problem = "The import was interrupted. Nothing was imported: start it again."
		err = s.set(ctx, j, vault.ImportReady, vault.ImportRunning)
	}
	if err != nil && !isGone(err) && fault.KindOf(err) != fault.Conflict {
		return j, err
	}
	return s.load(ctx, rights.UserID, j.ID)
}

// Jobs returns a user's imports, newest first.
func (s *Service) Jobs(ctx context.Context, userID string) ([]vault.ImportJob, error) {
	rows, err := s.c.Store.Imports(ctx, userID)
	if err != nil {
		return nil, err
	}
	var all []vault.ImportJob
	for _, row := range rows {
		j, err := s.open(row)
		if err != nil {
			return nil, err
		}
		if j.State != vault.ImportReceiving {
			all = append(all, s.shown(j))
		}
	}
	return all, nil
}

// Cancel ends an import and erases its file. One that is running leaves nothing in the vaults; one that
// is done stays done, and its report is erased.
func (s *Service) Cancel(ctx context.Context, userID, id string) error {
	j, err := s.load(ctx, userID, id)
	if err != nil {
		return err
	}
	return s.erase(ctx, j.ID)
}

// erase takes the row's state away first, so that nothing goes live with it.
func (s *Service) erase(ctx context.Context, id string) error {
	return s.c.Store.EraseImport(context.WithoutCancel(ctx), id)
}

// Sweep erases imports that nobody has touched for a day.
func (s *Service) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	ids, err := s.c.Store.ImportsBefore(ctx, now.Add(-kept), limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := s.c.Store.EraseImport(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// isGone reports whether an import was canceled while it was worked on.
func isGone(err error) bool {
	return fault.KindOf(err) == fault.NotFound
}
