package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/intake"
	"itemshare/vault/local"
)

// bench is a service over a real database, with a worker.
type bench struct {
	*intake.Service
	t     *testing.T
	url   string
	db    *db.DB
	vault *local.Vault
	log   *audit.Log
	now   time.Time
	me    vault.ImportRights
}

func open(t *testing.T) *bench {
	t.Helper()
	url := dbtest.URL(t)
	store, err := db.Open(t.Context(), db.Config{URL: url, Clock: time.Now})
	noError(t, err)
	t.Cleanup(func() { store.Close() })
	master, err := seal.ParseMasterKey(
		base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)),
	)
	noError(t, err)
	ring, err := seal.Unlock(t.Context(), master, store)
	noError(t, err)
	b := &bench{
		t: t, url: url, db: store, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		me: vault.ImportRights{
			UserID: "u1", Admin: true, MayEdit: func(string) bool { return true },
		},
	}
	clock := func() time.Time { return b.now }
	log := audit.NewLog(ring.Box(seal.Audit), ring.Hasher(seal.Addresses))
	b.log = log
	entry, err := log.Entry(audit.Event{Kind: audit.UserAdded, At: b.now})
	noError(t, err)
	noError(t, store.AddUser(t.Context(), account.User{
		ID: "u1", Email: "ann@example.com", Name: "Ann", Role: account.Admin, CreatedAt: b.now,
	}, "hash", entry))
	b.vault = local.New(local.Config{
		Store: store, Box: ring.Box(seal.Items), Audit: log, Clock: clock, Random: rand.Reader,
	})
	b.Service = intake.New(intake.Config{
		Store: store, Vault: b.vault, Box: ring.Box(seal.Items), Clock: clock, Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	return b
}

// work runs the service until the test ends or stop is called.
func (b *bench) work() (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() { b.Run(ctx); close(ended) }()
	stop = func() { cancel(); <-ended }
	b.t.Cleanup(stop)
	return stop
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const exportOfTwo = "name,url,username,password,note\n" +
	"Wiki,https://w.example,ann,marker-password-1,\nMail,https://m.example,ann,two,a note\n"

// receive sends a file and starts its dry run.
func (b *bench) receive(file string, choices vault.ImportChoices) string {
	b.t.Helper()
	id, err := b.Receive(b.t.Context(), "u1", "marker-name.csv", strings.NewReader(file))
	noError(b.t, err)
	noError(b.t, b.Read(b.t.Context(), b.me, id, choices))
	return id
}

// await returns the import once it doesn't go on by itself.
func (b *bench) await(id string) vault.ImportJob {
	b.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		job, err := b.Job(b.t.Context(), b.me, id)
		noError(b.t, err)
		_, _, err = b.Entries(b.t.Context(), "u1", id, vault.LeftOutList, 1)
		noError(b.t, err)
		if !job.State.Working() {
			return job
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("still %s", job.State)
		}
	}
}

func (b *bench) titles() (titles []string) {
	b.t.Helper()
	vaults, err := b.vault.Vaults(b.t.Context())
	noError(b.t, err)
	for _, info := range vaults {
		page, err := b.vault.Browse(b.t.Context(), vault.Query{Vaults: []string{info.ID}, Limit: 100})
		noError(b.t, err)
		for _, item := range page.Items {
			titles = append(titles, info.Title+"/"+item.Title)
		}
	}
	return titles
}

func (b *bench) report(id string) (lines []string) {
	b.t.Helper()
	noError(b.t, b.Report(b.t.Context(), "u1", id, func(o vault.ImportOutcome) error {
		lines = append(lines, fmt.Sprint(o.Number, " ", o.Title, " ", o.Did))
		return nil
	}))
	return lines
}

func TestImport(t *testing.T) {
	b := open(t)
	b.work()
	id := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	job := b.await(id)
	if job.State != vault.ImportReady || job.FileName != "marker-name.csv" ||
		job.Summary.Added != 2 || job.Summary.Format != "Chrome passwords" ||
		!job.Summary.Vaults[0].New || len(b.titles()) != 0 {
		t.Fatalf("dry run: %+v, %+v, %v", job, job.Summary, b.titles())
	}
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	job = b.await(id)
	if job.State != vault.ImportDone || job.Summary.Added != 2 ||
		fmt.Sprint(b.titles()) != "[Team/Mail Team/Wiki]" ||
		fmt.Sprint(b.report(id)) != "[1 Wiki added 2 Mail added]" {
		t.Fatalf("import: %+v, %v, %v", job, b.titles(), b.report(id))
	}
	if err := b.Start(t.Context(), b.me, id, "", nil); fault.KindOf(err) != fault.Conflict {
		t.Errorf("started again: %v", err)
	}
	vaults, err := b.vault.Vaults(t.Context())
	noError(t, err)
	// The same again: one is the same, one has changed.
	id = b.receive(strings.Replace(exportOfTwo, "two", "three", 1),
		vault.ImportChoices{Target: vaults[0].ID})
	job = b.await(id)
	if job.Summary.Unchanged != 1 || job.Summary.Duplicates != 1 {
		t.Fatalf("dry run again: %+v", job.Summary)
	}
	entries, pages, err := b.Entries(t.Context(), "u1", id, vault.DuplicateList, 1)
	if err != nil || pages != 1 || len(entries) != 1 || entries[0].Number != 2 {
		t.Fatalf("duplicates %+v of %d, %v", entries, pages, err)
	}
	noError(t, b.Start(t.Context(), b.me, id, vault.SkipDuplicates,
		map[int]vault.Duplicates{2: vault.UpdateDuplicates}))
	if job = b.await(id); job.Summary.Updated != 1 || len(b.titles()) != 2 {
		t.Errorf("import again: %+v, %v", job.Summary, b.titles())
	}
}

func TestColumns(t *testing.T) {
	b := open(t)
	b.work()
	choices := vault.ImportChoices{NewVault: "Team"}
	id := b.receive("Service,Login\nWiki,ann\n", choices)
	job := b.await(id)
	if job.State != vault.ImportColumns || job.Header.Columns[0] != "Service" ||
		job.Header.Guess[1] != "username" {
		t.Fatalf("got %+v, %+v", job, job.Header)
	}
	choices.Columns = []string{"title", "username"}
	noError(t, b.Read(t.Context(), b.me, id, choices))
	if job = b.await(id); job.State != vault.ImportReady || job.Summary.Added != 1 {
		t.Errorf("got %+v", job)
	}
	choices.Columns = []string{"", ""}
	noError(t, b.Read(t.Context(), b.me, id, choices))
	if job = b.await(id); job.State != vault.ImportFailed || job.Problem == "" {
		t.Errorf("got %+v", job)
	}
}

func TestCancel(t *testing.T) {
	b := open(t)
	stop := b.work()
	id := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	b.await(id)
	stop() // nobody works on it
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	noError(t, b.Cancel(t.Context(), "u1", id))
	b.work()
	other := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	b.await(other) // the canceled one was tried before
	if _, err := b.Job(t.Context(), b.me, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a canceled import: %v", err)
	}
	if len(b.titles()) != 0 {
		t.Errorf("titles %v", b.titles())
	}
	checkPieces(t, b, id)
}

// checkPieces asserts that nothing is left of an import.
func checkPieces(t *testing.T, b *bench, id string) {
	t.Helper()
	var count int
	raw := dbtest.Raw(t, b.url)
	noError(t, raw.QueryRow(`SELECT (SELECT count(*) FROM imports WHERE id = '`+id+`') +
		(SELECT count(*) FROM import_chunks WHERE import_id = '`+id+`')`).Scan(&count))
	if count != 0 {
		t.Errorf("%d rows are left", count)
	}
}

func TestInterruptedWork(t *testing.T) {
	b := open(t)
	id := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"}) // nobody works on it
	b.now = b.now.Add(2 * time.Minute)
	if job, err := b.Job(t.Context(), b.me, id); err != nil || job.State != vault.ImportReading {
		t.Fatalf("got %+v, %v", job, err)
	}
	stop := b.work()
	if job := b.await(id); job.State != vault.ImportReady || job.Summary.Added != 2 {
		t.Fatalf("the dry run goes on: %+v", job)
	}
	stop()
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	b.now = b.now.Add(2 * time.Minute)
	if job := b.await(id); job.State != vault.ImportReady ||
		!strings.Contains(job.Problem, "interrupted") || len(b.titles()) != 0 {
		t.Fatalf("the import waits again: %+v", job)
	}
}

// TestAFailedImportLeadsBack asserts that an import which fails leaves the dry run to decide by again,
// and that nothing is listed while it runs.
func TestAFailedImportLeadsBack(t *testing.T) {
	b := open(t)
	stop := b.work()
	id := b.receive(exportOfTwo+",,,,\n", vault.ImportChoices{NewVault: "Team"})
	if job := b.await(id); job.State != vault.ImportReady {
		t.Fatalf("dry run: %+v", job)
	}
	stop()
	_, err := dbtest.Raw(t, b.url).Exec(`UPDATE import_chunks SET sealed =
		(SELECT sealed FROM import_chunks WHERE part <> 'file' LIMIT 1) WHERE part = 'file'`)
	noError(t, err)
	noError(t, b.Start(t.Context(), b.me, id, "", nil))
	leftOut := func() int {
		entries, _, err := b.Entries(t.Context(), "u1", id, vault.LeftOutList, 1)
		noError(t, err)
		return len(entries)
	}
	if n := leftOut(); n != 0 {
		t.Errorf("%d entries are listed while it runs", n)
	}
	b.work()
	if job := b.await(id); job.State != vault.ImportReady || job.Problem == "" {
		t.Fatalf("the import: %+v", job)
	}
	if n := leftOut(); n != 1 {
		t.Errorf("%d entries are left out, want 1", n)
	}
}

func TestBrokenFiles(t *testing.T) {
	b := open(t)
	b.work()
	broken := errors.New("broken off")
	from := io.MultiReader(strings.NewReader(exportOfTwo), iotest.ErrReader(broken))
	if _, err := b.Receive(t.Context(), "u1", "a.csv", from); !errors.Is(err, broken) {
		t.Errorf("a file that breaks off: %v", err)
	}
	if _, err := b.Receive(t.Context(), "u1", "a", strings.NewReader("")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an empty file: %v", err)
	}
	jobs, err := b.Jobs(t.Context(), "u1")
	if err != nil || len(jobs) != 0 {
		t.Errorf("imports %+v, %v", jobs, err)
	}
	job := b.await(b.receive("PK\x03\x04 no zip", vault.ImportChoices{NewVault: "Team"}))
	if job.State != vault.ImportFailed || !strings.Contains(job.Problem, "damaged") {
		t.Errorf("got %+v", job)
	}
	for range 4 {
		b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	}
	if _, err := b.Receive(t.Context(), "u1", "a", strings.NewReader("x")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too many: %v", err)
	}
}

func TestRights(t *testing.T) {
	b := open(t)
	b.work()
	id, err := b.Receive(t.Context(), "u1", "a.csv", strings.NewReader(exportOfTwo))
	noError(t, err)
	member := vault.ImportRights{
		UserID: "u1", MayEdit: func(id string) bool { return id == "theirs" },
	}
	for why, choices := range map[string]vault.ImportChoices{
		"a new vault": {NewVault: "Team"}, "each its own": {}, "another's": {Target: "other"},
	} {
		if err := b.Read(t.Context(), member, id, choices); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", why, err)
		}
	}
	other := vault.ImportRights{UserID: "u2", Admin: true, MayEdit: b.me.MayEdit}
	if _, err := b.Job(t.Context(), other, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's import: %v", err)
	}
	if err := b.Cancel(t.Context(), "u2", id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's import: %v", err)
	}
}

func TestSweep(t *testing.T) {
	b := open(t)
	b.work()
	id := b.receive(exportOfTwo, vault.ImportChoices{NewVault: "Team"})
	b.await(id)
	if n, err := b.Sweep(t.Context(), b.now.Add(23*time.Hour), 10); n != 0 || err != nil {
		t.Errorf("swept %d early, %v", n, err)
	}
	if n, err := b.Sweep(t.Context(), b.now.Add(25*time.Hour), 10); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	checkPieces(t, b, id)
}
