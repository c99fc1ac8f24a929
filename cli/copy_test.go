package cli

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/fault"
	"itemshare/mail"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault"
)

// openedInstallation is an installation that is open in this process, with its share service.
type openedInstallation struct {
	t      *testing.T
	in     *installation
	mails  *mail.Sealer
	shares *share.Service
}

func openInstallation(t *testing.T, data, url string) *openedInstallation {
	t.Helper()
	in, err := newProgram(t, settings{
		Data: data, Database: url, MasterKey: os.Getenv("ITEMSHARE_MASTER_KEY"),
	}).open()
	must(t, err)
	mails := mail.NewSealer(in.keyring.Box(seal.Mail))
	return &openedInstallation{t, in, mails, share.New(share.Config{
		Store: in.db, Vault: in.vault, Keyring: in.keyring, Audit: in.log,
		Clock: time.Now, Random: rand.Reader, BaseURL: "http://localhost",
		Mailer: mails,
	})}
}

func (h *openedInstallation) close() { must(h.t, h.in.db.Close()) }

// addItem adds the sample data and an item with a file, and returns a sharer and a request that
// share the item.
func (h *openedInstallation) addItem() (share.Sharer, share.Request) {
	h.t.Helper()
	must(h.t, h.in.addDemo(h.t.Context(), password))
	user, err := h.in.accounts.UserByEmail(h.t.Context(), "admin@example.com")
	must(h.t, err)
	team, err := h.in.vault.Find(h.t.Context(), "Team")
	must(h.t, err)
	text := strings.Repeat("0123456789", 700)
	item, err := h.in.vault.AddItem(h.t.Context(), vault.Item{
		VaultID: team.ID, Title: "Straße", Category: vault.Login,
		Files: []vault.File{{ID: "f", Name: "a.txt", Type: "text/plain", Size: int64(len(text))}},
	}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
	must(h.t, err)
	return share.Sharer{ID: user.ID, Name: user.Name, Reveals: true},
		share.Request{
			VaultID:     item.VaultID,
			ItemID:      item.ID,
			Access:      "anyone",
			ExpireAfter: "OneDay",
		}
}

// createShares creates shares and returns the links by number. Even ones allow one view, every tenth
// has the file, every eleventh is for one person; every fifth is opened and every seventh revoked.
func (h *openedInstallation) createShares(count int) []string {
	h.t.Helper()
	by, request := h.addItem()
	links := make([]string, count)
	var workers sync.WaitGroup
	for worker := range 64 {
		workers.Go(func() {
			for n := worker; n < count; n += 64 {
				r := request
				r.Files, r.OneTime = n%10 == 0, n%2 == 0
				if n%11 == 0 {
					r.Access, r.Recipients = "recipients", []string{
						fmt.Sprintf("anna%d@company.example", n),
					}
				}
				created, err := h.shares.Create(h.t.Context(), by, r)
				if err != nil {
					h.t.Error(err)
					return
				}
				links[n] = created.Link
				if n%5 == 0 && n%11 != 0 && h.open(created.Link, "first view") != "" {
					h.t.Error("a new link does not open")
				}
				if n%7 == 0 {
					if err := h.shares.Revoke(h.t.Context(), by, share.Viewer{All: true}, created.ID); err != nil {
						h.t.Error(err)
					}
				}
			}
		})
	}
	workers.Wait()
	must(
		h.t,
		audit.NewSealer(h.in.db, h.in.chainMAC, slog.New(slog.DiscardHandler)).Seal(h.t.Context()),
	)
	return links
}

// openRequest is what a browser sends to open a link.
func (h *openedInstallation) openRequest(link, view string) share.OpenRequest {
	secret, err := base64.RawURLEncoding.DecodeString(link[strings.Index(link, "#")+1:])
	must(h.t, err)
	part := func(name string, length int) string {
		key, err := hkdf.Key(sha256.New, secret, nil, share.Protocol+" "+name, length)
		must(h.t, err)
		return base64.RawURLEncoding.EncodeToString(key)
	}
	return share.OpenRequest{
		ID:    part("share-id", 16),
		Token: part("access-token", 32),
		View:  part(view, 16),
	}
}

// open opens a link as a browser does, with its file if there is one. It returns the error code, or
// "" if the link opened.
func (h *openedInstallation) open(link, view string) string {
	r := h.openRequest(link, view)
	opened, err := h.shares.Open(context.Background(), r)
	if err == nil && len(opened.Ciphertext) > 7000 {
		_, err = h.shares.Chunk(
			context.Background(),
			share.ChunkRequest{ID: r.ID, Token: r.Token, View: r.View},
		)
	}
	if problems := fault.ProblemsOf(err); len(problems) > 0 {
		return string(problems[0].Code)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestCopy copies an installation of 10,000 shares from SQLite to PostgreSQL and back: the rows are
// the same, the chain is intact, and the links behave as before.
func TestCopy(t *testing.T) {
	const count = 10_000
	data := newData(t)
	first, second := "sqlite:"+filepath.Join(data, "itemshare.db"), dbtest.Schema(t)
	third := "sqlite:" + filepath.Join(data, "third.db")
	h := openInstallation(t, data, first)
	start := time.Now()
	links := h.createShares(count)
	h.close()
	t.Logf("filled in %v", time.Since(start))
	before := fileHash(t, first)
	head := command(t, data, "", "--database", first, "audit", "verify")
	for _, step := range [][2]string{{first, second}, {second, third}} {
		start := time.Now()
		got := command(t, data, "", "copy", "--from", step[0], "--to", step[1])
		t.Logf("%v\n%s", time.Since(start), got.stdout)
		if got.code != 0 || !strings.Contains(got.stdout, fmt.Sprintf("shares%22d\n", count)) ||
			!strings.Contains(got.stdout, "Done: ") {
			t.Fatalf("%+v", got)
		}
		if at := command(t, data, "", "--database", step[1], "audit", "verify"); at.code != 0 ||
			at.stdout != head.stdout {
			t.Errorf("the chain was %sand is %+v", head.stdout, at)
		}
	}
	if fileHash(t, first) != before {
		t.Error("the source was changed")
	}
	wantSameRows(t, first, third)
	for _, url := range []string{second, third} {
		wantLinks(t, openInstallation(t, data, url), links)
	}
	if got := command(t, data, "", "copy", "--from", first, "--to", second); got.code != 1 ||
		!strings.Contains(got.stderr, "other rows in") ||
		strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("over a copy that was used: %+v", got)
	}
}

// TestCopyErrors: exit code 1 and one sentence without a password.
func TestCopyErrors(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ why, from, to, says string }{
		{"no database", "sqlite:" + folder + "/a.db", "sqlite:" + folder + "/b.db", "there is no database"},
		{"the same database", "sqlite:" + folder + "/a.db", "sqlite:" + folder + "/a.db", "the same database"},
		{"an unknown engine", "mysql://u:hunter2@h/d", "sqlite:" + folder + "/b.db", "postgres://"},
		{"not a URL", "postgres://u:hunter2@h:port/d", "sqlite:" + folder + "/b.db", "cannot be read"},
		{"no server", "postgres://u:hunter2@127.0.0.1:1/d", "sqlite:" + folder + "/b.db", "read the source"},
	} {
		got := command(t, newData(t), "", "copy", "--from", c.from, "--to", c.to)
		if got.code != 1 || !strings.Contains(got.stderr, c.says) ||
			strings.Count(got.stderr, "\n") != 1 ||
			strings.Contains(got.stderr, "hunter2") ||
			got.stdout != "" {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	if left := listing(t, folder); left != "" {
		t.Errorf("left %s", left)
	}
}

// wantLinks opens a sample of links: without views left, revoked, for one person and active.
func wantLinks(t *testing.T, h *openedInstallation, links []string) {
	t.Helper()
	defer h.close()
	for n := 0; n < len(links); n += 9 {
		want := ""
		switch {
		case n%7 == 0:
			want = "revoked"
		case n%10 == 0 && n%11 != 0: // one view, which was used
			want = "viewed"
		case n%11 == 0:
			want = "verification_required"
		}
		if got := h.open(links[n], "second view"); got != want {
			t.Errorf("link %d says %q, want %q", n, got, want)
		}
	}
}

// wantSameRows has SQLite compare two databases table by table.
func wantSameRows(t *testing.T, one, other string) {
	t.Helper()
	database, err := sql.Open("sqlite3", strings.Replace(one, "sqlite:", "file:", 1)+"?mode=ro")
	must(t, err)
	defer database.Close()
	database.SetMaxOpenConns(1)
	_, err = database.Exec(
		`ATTACH DATABASE ? AS other`,
		strings.Replace(other, "sqlite:", "file:", 1)+"?mode=ro",
	)
	must(t, err)
	rows, err := database.Query(
		`SELECT name FROM main.sqlite_schema
			WHERE type = 'table' AND name NOT LIKE 'goose_%' AND name NOT LIKE 'sqlite_%'`,
	)
	must(t, err)
	var names []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	must(t, rows.Err())
	for _, name := range names {
		var missing, added int
		must(
			t,
			database.QueryRow(strings.ReplaceAll(`SELECT
			(SELECT count(*) FROM (SELECT * FROM main.NAME EXCEPT SELECT * FROM other.NAME)),
			(SELECT count(*) FROM (SELECT * FROM other.NAME EXCEPT SELECT * FROM main.NAME))`, "NAME", name)).
				Scan(&missing, &added),
		)
		if missing+added != 0 {
			t.Errorf("%s: %d rows are missing, %d are new", name, missing, added)
		}
	}
	if len(names) < 20 {
		t.Errorf("%d tables were compared", len(names))
	}
}

func fileHash(t *testing.T, url string) [32]byte {
	t.Helper()
	raw, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
	must(t, err)
	return sha256.Sum256(raw)
}
