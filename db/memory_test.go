package db

import (
	"context"
	"errors"
	"strings"
	"testing"

	"itemshare/share"
)

// remembering reads the team's policy and then creates a share, in a context of Remembering. Between the
// two it calls between. It returns the versions of the policy that it read, one for each run.
func remembering(t *testing.T, db *DB, n int, between func()) (read []string) {
	t.Helper()
	noError(t, db.Remembering(t.Context(), func(ctx context.Context) error {
		stored, err := db.PolicyOf(ctx, "team")
		noError(t, err)
		read = append(read, stored.Version)
		if len(read) == 1 {
			between()
		}
		d := draft(n)
		d.PolicyVersion = stored.Version
		return db.Create(ctx, d)
	}))
	return read
}

// TestChangeUnderWay changes a policy between the reads of a request and its write, in the same process and
// in another one. The request runs again, and reads the new policy.
func TestChangeUnderWay(t *testing.T) {
	handles := openTwice(t)
	if handles[0].memory == nil {
		t.Skip("nothing is remembered on this engine")
	}
	addSharer(t, handles[0], "ada")
	setPolicy(t, handles[0], "", allowed)
	n := 0
	run := func(between func()) int {
		n++
		read := remembering(t, handles[0], n, between)
		if len(read) == 2 && read[0] == read[1] {
			t.Errorf("share %d: the same policy is read twice", n)
		}
		return len(read)
	}
	run(func() {})
	for name, db := range map[string]*DB{"this": handles[0], "another": handles[1]} {
		run(func() {})
		if got := run(func() {}); got != 1 {
			t.Errorf("%d runs although nothing has changed", got)
		}
		changed := share.Default()
		changed.MaxViews = 1 + n
		if got := run(func() { setPolicy(t, db, "team", changed) }); got != 2 {
			t.Errorf("%d runs after a change in %s process", got, name)
		}
	}
}

// TestRefusalFromMemoryIsRead runs a request again that is refused before it writes anything: what it was
// refused by may have changed.
func TestRefusalFromMemoryIsRead(t *testing.T) {
	handles := openTwice(t)
	if handles[0].memory == nil {
		t.Skip("nothing is remembered on this engine")
	}
	addSharer(t, handles[0], "ada")
	setPolicy(t, handles[0], "team", forbidden)
	request := func() (runs int, err error) {
		err = handles[0].Remembering(t.Context(), func(ctx context.Context) error {
			runs++
			stored, err := handles[0].PolicyOf(ctx, "team")
			noError(t, err)
			if len(stored.Vault.AllowedTypes) == 0 {
				return errors.New("refused")
			}
			return nil
		})
		return runs, err
	}
	if runs, err := request(); runs != 1 || err == nil {
		t.Errorf("nothing was remembered: %d runs, %v", runs, err)
	}
	if runs, err := request(); runs != 2 || err == nil {
		t.Errorf("a refusal was remembered: %d runs, %v", runs, err)
	}
	setPolicy(t, handles[1], "team", allowed)
	if runs, err := request(); runs != 2 || err != nil {
		t.Errorf("another process has allowed it: %d runs, %v", runs, err)
	}
}

// TestMemoryIsBounded remembers more than fits.
func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for i := range 1000 {
		m.put(i, nil, mostOfItem, 1)
		if m.bytes > mostRemembered {
			t.Fatalf("%d bytes after %d items", m.bytes, i)
		}
	}
	if _, ok := m.get(999, 1); !ok {
		t.Error("the last item is forgotten")
	}
	if _, ok := m.get(999, 2); ok {
		t.Error("an item outlives its epoch")
	}
}

// TestStatementsThatEndAnEpoch asserts that a statement ends it unless it is known not to.
func TestStatementsThatEndAnEpoch(t *testing.T) {
	for _, query := range []string{
		`SELECT 1`, `SAVEPOINT piece`, `INSERT INTO shares (id) VALUES (?)`, "INSERT INTO audit_events\n\t(at)",
		`UPDATE shares SET views = 1`, `DELETE FROM sessions WHERE user_id = ?`,
	} {
		if endsEpoch(query) {
			t.Errorf("%q ends it", query)
		}
	}
	for _, query := range []string{
		`INSERT INTO grants (user_id) VALUES (?)`, `UPDATE users SET name = ?`, `DELETE FROM items`,
		`DELETE FROM share_policies WHERE vault_id = ?`, `UPDATE service_accounts SET revoked_at = ?`,
		`WITH x AS (SELECT 1) UPDATE shares SET views = 1`, `INSERT OR REPLACE INTO shares VALUES (1)`,
		`REPLACE INTO items VALUES (1)`, `DROP TABLE shares`, `UPDATE shares`, ``,
	} {
		if !endsEpoch(query) {
			t.Errorf("%q does not end it", query)
		}
	}
}

// TestTablesApart asserts that a change of a table that ends no epoch changes no table that would, by a
// trigger or by a foreign key.
func TestTablesApart(t *testing.T) {
	db := openURL(t, "sqlite:"+t.TempDir()+"/itemshare.db")
	tables, err := collect(db.read(t.Context()), scanText, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	noError(t, err)
	known := strings.Join(tables, " ") + " "
	for table := range apart {
		if !strings.Contains(known, table+" ") {
			t.Errorf("there is no table %s", table)
		}
		triggers, err := collect(db.read(t.Context()), scanText,
			`SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?`, table)
		noError(t, err)
		if len(triggers) > 0 {
			t.Errorf("%s has triggers: %v", table, triggers)
		}
	}
	for _, table := range tables {
		parents, err := collect(db.read(t.Context()), scanText,
			`SELECT "table" FROM pragma_foreign_key_list(?) WHERE on_delete <> 'NO ACTION'
			OR on_update <> 'NO ACTION'`, table)
		noError(t, err)
		for _, parent := range parents {
			if apart[parent] && !apart[table] {
				t.Errorf("a change of %s changes %s", parent, table)
			}
		}
	}
}
