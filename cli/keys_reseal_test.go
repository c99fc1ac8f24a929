package cli

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"itemshare/db"
	"itemshare/db/dbtest"
	"itemshare/mail"
	"itemshare/share"
	"itemshare/vault"
)

// keysOf returns what names the keys of all that is sealed, but the audit log's.
func (h *openedInstallation) keysOf() (prefixes [][]byte) {
	h.t.Helper()
	_, err := h.in.db.Reseal(h.t.Context(), func(s db.Sealed) ([]byte, error) {
		isIt := func(prefix []byte) bool { return bytes.HasPrefix(s.Bytes, prefix) }
		if !slices.ContainsFunc(prefixes, isIt) {
			prefixes = append(prefixes, s.Bytes[:5])
		}
		return nil, nil
	})
	must(h.t, err)
	return prefixes
}

// fillSealed stores something in every kind of row that is sealed.
func (h *openedInstallation) fillSealed(url string) (links []string) {
	h.t.Helper()
	links = h.createShares(22)
	ctx := h.t.Context()
	page, err := h.shares.List(ctx, share.Viewer{All: true}, share.Query{})
	must(h.t, err)
	item := h.item()
	item.Title += " again"
	_, err = h.in.vault.UpdateItem(ctx, "", item, nil)
	must(h.t, err)
	m := mail.Message{To: "eve@company.example", Subject: "s", Text: "t"}
	until := page.Shares[0].ExpiresAt
	sealed, err := mail.NewSealer(h.in.keyring.Box("mail")).Prepare("m", m, until)
	must(h.t, err)
	_, err = dbtest.Raw(h.t, url).Exec(dbtest.Say(url, `INSERT INTO mail_queue
		(id, topic, sealed, until, due_at, queued_at) VALUES ('m', x'01', ?, ?, 9000000000, 1)`), sealed, until.Unix())
	must(h.t, err)
	must(h.t, h.shares.MailFailed(ctx, share.MailFailure{
		MessageID: "m", ShareID: page.Shares[0].ID, To: "eve@company.example", Reason: "Full.",
		RetryAt: until,
	}))
	return links
}

func (h *openedInstallation) item() vault.Item {
	h.t.Helper()
	team, err := h.in.vault.Find(h.t.Context(), "Team")
	must(h.t, err)
	found, err := h.in.vault.Browse(h.t.Context(), vault.Query{Vaults: []string{team.ID}, Text: "straße", Limit: 1})
	must(h.t, err)
	item, err := h.in.vault.Item(h.t.Context(), team.ID, found.Items[0].ID)
	must(h.t, err)
	return item
}

// check asserts that everything opens.
func (h *openedInstallation) check(why string, links []string) {
	h.t.Helper()
	page, err := h.shares.List(h.t.Context(), share.Viewer{All: true}, share.Query{})
	if err != nil || len(page.Shares) != len(links) {
		h.t.Errorf("%s: %d shares, %v", why, len(page.Shares), err)
	}
	if item := h.item(); item.Title != "Straße again" {
		h.t.Errorf("%s: the item is %q", why, item.Title)
	}
	if code := h.open(links[10], "another view"); code != "viewed" {
		h.t.Errorf("%s: a link that was viewed: %s", why, code)
	}
}

// TestReseal: everything that is sealed is sealed with new keys, beside a server that goes on; and a
// run that was interrupted is finished by the next.
func TestReseal(t *testing.T) {
	data, url := newData(t), dbtest.URL(t)
	t.Setenv("ITEMSHARE_MASTER_KEY", someKey)
	server := openInstallation(t, data, url)
	defer server.close()
	links := server.fillSealed(url)
	server.check("before", links)
	before := server.keysOf()

	p := newProgram(t, settings{Data: data, Database: url, MasterKey: someKey})
	key, err := p.set.readKey()
	must(t, err)
	must(t, p.renewKeys(key, server.in.db))
	ctx, stop := context.WithCancel(t.Context())
	n := 0
	_, err = server.in.db.Reseal(ctx, func(s db.Sealed) ([]byte, error) {
		if n++; n == 30 {
			stop()
		}
		plain, err := server.in.keyring.Open(s.Purpose, s.Bytes, s.Place...)
		if err != nil {
			t.Errorf("%v doesn't open", s.Place)
		}
		return server.in.keyring.Seal(s.Purpose, plain, s.Place...)
	})
	if err == nil {
		t.Fatal("it wasn't interrupted")
	}
	server.check("interrupted", links)

	t.Setenv("ITEMSHARE_DATABASE", url)
	got := command(t, data, "", "keys", "rotate", "--reseal")
	if got.code != 0 || !strings.Contains(got.stdout, "Run this again") || strings.Contains(got.stdout, "open,") {
		t.Fatalf("finishing: %+v", got)
	}
	wantNoKeys(t, url, before)
	server.check("finished", links)
	between := server.keysOf()
	got = command(t, data, "", "keys", "rotate", "--reseal")
	if got.code != 0 || !strings.Contains(got.stdout, "with new keys") || strings.Contains(got.stdout, "open,") {
		t.Fatalf("once more: %+v", got)
	}
	wantNoKeys(t, url, append(before, between...))
	server.check("twice", links)
	wantCode(t, 0, command(t, data, "", "audit", "verify"))
	other := openInstallation(t, data, url)
	defer other.close()
	other.check("restarted", links)
}

// wantNoKeys asserts that no column of any table but the audit log names one of some keys.
func wantNoKeys(t *testing.T, url string, prefixes [][]byte) {
	t.Helper()
	pool := dbtest.Raw(t, url)
	if !strings.HasPrefix(url, "sqlite:") {
		return // the same columns, which SQLite's run looks for
	}
	tables, err := pool.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit_events'`)
	must(t, err)
	var names []string
	for tables.Next() {
		var name string
		must(t, tables.Scan(&name))
		names = append(names, name)
	}
	must(t, tables.Close())
	for _, name := range names {
		wantNoKeysIn(t, pool, name, prefixes)
	}
}

func wantNoKeysIn(t *testing.T, pool *sql.DB, table string, prefixes [][]byte) {
	t.Helper()
	rows, err := pool.Query(`SELECT * FROM ` + table)
	must(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		must(t, rows.Scan(places...))
		for i, value := range values {
			raw, _ := value.([]byte)
			for _, prefix := range prefixes {
				if bytes.HasPrefix(raw, prefix) {
					t.Fatalf("%s of %s is sealed with an old key", columns[i], table)
				}
			}
		}
	}
}

// TestResealErrors: nothing is done without a choice, or with both.
func TestResealErrors(t *testing.T) {
	data, _ := newInstallation(t)
	for words, args := range map[string][]string{
		"choose":   nil,
		"two runs": {"--reseal", "--new-key", "x"},
	} {
		got := command(t, data, "", append([]string{"keys", "rotate"}, args...)...)
		if got.code != 1 || !strings.Contains(got.stderr, words) {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
