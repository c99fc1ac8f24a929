package db

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/db/dbtest"
	"itemshare/seal"
	"itemshare/share"
	"itemshare/vault/local"
)

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fillTables fills every table, with NULLs, empty bytes, all bytes, and more than one batch.
func fillTables(t *testing.T, db *DB) {
	t.Helper()
	addSharer(t, db, "ada")
	addSharer(t, db, "ben")
	addServiceAccount(t, db, "deploy", "v")
	seedShares(t, db)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for n := range 2*batchRows + 1 {
		noError(t, db.Record(t.Context(), auditEntry(audit.SignedIn, fmt.Sprint("Ä", n))))
	}
	d := draft(
		500,
		to(bob),
		views(0),
		func(d *share.Draft) { d.Record.Files, d.RequestKey = true, every },
	)
	for chunk := range 5 {
		noError(
			t,
			db.StageChunk(
				t.Context(),
				d.Record.ID,
				0,
				chunk,
				make([]byte, batchBytes/2+chunk),
				morning,
			),
		)
	}
	noError(t, db.Create(t.Context(), d))
	wantCode(t, db, d.Record.ID, bob, "1", morning, share.Opened)
	wantClaim(t, db, d.Record.ID, 1, morning, proofOf(bob, "1"), share.Opened)
	noError(t, db.StageChunk(t.Context(), shareID(501), 0, 0, []byte{}, morning))
	popular := createShare(t, db, 502, views(0))
	setDay(t, db, popular, morning, viewsByOne)
	wantClaim(t, db, popular, 1, morning, nil, share.Opened)
	noError(
		t,
		db.StageFile(
			t.Context(),
			"s1",
			local.SealedFile{VaultID: "v", ItemID: "i", ID: "f"},
			itemTime,
		),
	)
	noError(t, db.StageFileChunk(t.Context(), "s1", "f", 0, every, itemTime))
	noError(
		t,
		goLive(
			t,
			db,
			"s1",
			local.SealedItem{VaultID: "v", ID: "i", Version: 1, Overview: []byte("o"), Body: every},
			local.Changes{
				Files:  1,
				Vaults: []local.SealedVault{{ID: "v", Name: []byte("n"), Source: []byte("s")}},
			},
		),
	)
	noError(
		t,
		db.StageItems(
			t.Context(),
			"s2",
			[]local.SealedItem{{VaultID: "v", ID: "j", Version: 1, Overview: every, Body: every}},
			itemTime,
		),
	)
	queueMail(t, db, "another", "topic", morning)
	noError(
		t,
		db.write(
			t.Context(),
			"test",
			func(tx *tx) error { return fillOtherTables(tx, d.Record.ID) },
		),
	)
	_, err := db.SealRecords(t.Context(), 20, func(before audit.Link, r audit.Record) audit.Link {
		return audit.Link{Number: before.Number + 1, Hash: hash(fmt.Sprint(r.ID)), MAC: hash("mac")}
	})
	noError(t, err)
	for _, table := range allTables() {
		if countRows(t, db, table.name) == 0 {
			t.Errorf("%s has no row to copy", table.name)
		}
	}
}

func fillOtherTables(tx *tx, shareID string) error {
	for _, change := range []struct {
		query string
		args  []any
	}{
		{`INSERT INTO keysets (purpose, wrapped) VALUES ('items', ?)`, []any{hash("key")}},
		{`INSERT INTO grants (user_id, vault_id, may_view, may_share) VALUES ('ada', 'v', 1, 0)`, nil},
		{`INSERT INTO user_groups (id, name, name_key, created_at) VALUES ('g', 'Überall', 'überall', 1)`, nil},
		{`INSERT INTO group_members (group_id, user_id) VALUES ('g', 'ada')`, nil},
		{`INSERT INTO group_grants (group_id, vault_id, may_view, may_reveal, may_share, may_edit, may_manage)
			VALUES ('g', 'v', 1, 0, 1, 0, 1)`, nil},
		{
			`INSERT INTO sessions (token_hash, user_id, created_at, last_used, expires_at) VALUES (?, 'ada', 1, 2, 3)`,
			[]any{hash("token")},
		},
		{`INSERT INTO signin_attempts (attempt_key, last_at, gone_at) VALUES (?, 1, 2)`, []any{hash("ada")}},
		{
			`INSERT INTO user_codes (user_id, code_mac, created_at, expires_at) VALUES ('ada', ?, 1, 2)`,
			[]any{hash("code")},
		},
		{`INSERT INTO known_browsers (token_hash, user_id, expires_at) VALUES (?, 'ada', 3)`, []any{hash("browser")}},
		{
			`INSERT INTO second_factors (user_id, sealed, created_at, last_step) VALUES ('ada', ?, 1, 2)`,
			[]any{hash("seed")},
		},
		{`INSERT INTO external_identities (issuer, subject, user_id, bound_at)
			VALUES ('https://id.example', 'ä', 'ada', 1)`, nil},
		{`INSERT INTO passkeys (id, user_id, sealed_name, credential, created_at)
			VALUES (?, 'ada', ?, ?, 1)`, []any{hash("id"), hash("Schlüssel"), hash("credential")}},
		{`INSERT INTO recovery_codes (user_id, code_mac) VALUES ('ada', ?)`, []any{hash("recovery")}},
		{`INSERT INTO signin_settings (one, require_second_factor) VALUES (1, 1)`, nil},
		{`INSERT INTO installation (one, organization, setting_up, mail_tested) VALUES (1, 'Ä', 1, 1)`, nil},
		{`INSERT INTO imports (id, user_id, state, created_at, touched_at, done, total, sealed)
			VALUES ('import', 'ada', 'ready', 1, 2, 3, 4, ?)`, []any{hash("import")}},
		{
			`INSERT INTO import_chunks (import_id, part, number, sealed) VALUES ('import', 'file', 0, ?)`,
			[]any{hash("chunk")},
		},
		{`INSERT INTO warnings (name, detail, at) VALUES ('untrusted_proxy', '10.0.0.1', 4)`, nil},
		{`INSERT INTO webhooks (id, sealed, types, state, told, created_at, created_by)
			VALUES ('hook', ?, 'share.opened', 'paused', 1, 2, 'ada')`, []any{hash("hook")}},
		{
			`INSERT INTO webhook_deliveries (id, webhook_id, share_id, place, type, body, happened, state,
				until, due_at, tries, tried_at, status, answer)
			VALUES ('delivery', 'hook', ?, 3, 'share.opened', ?, 4, 'failed', 5, 6, 7, 8, 500, ?)`,
			[]any{shareID, hash("body"), hash("answer")},
		},
		{`INSERT INTO share_news (share_id, viewed, refused, told_at, due_at) VALUES (?, 1, 2, 3, 4)`, []any{shareID}},
		{`INSERT INTO mail_failures (topic, message_id, share_id, failed_at, retry_at, address, reason)
			VALUES (?, 'm', ?, 1, 0, ?, ?)`, []any{hash("topic"), shareID, hash("address"), []byte{}}},
		{`INSERT INTO share_policies (vault_id, rules, changed_at) VALUES ('', '{"Überall":true}', 1)`, nil},
		{`INSERT INTO share_revocations (id, vault_id, rules, ordered_by, ordered_at, worker, leased_until)
			VALUES ('order', 'v', '{"Überall":true}', 'ada', 1, 'worker', 2)`, nil},
		{`INSERT INTO share_settings (one, links_by, changed_at) VALUES (1, 'itemshare', 1)`, nil},
		{`INSERT INTO item_versions (vault_id, item_id, version, overview, body)
			VALUES ('v', 'i', 1, ?, ?)`, []any{hash("overview"), hash("body")}},
		{
			`INSERT INTO audit_checkpoints (one, number, hash, at, whole_at, mac) VALUES (1, 2, ?, 3, 4, ?)`,
			[]any{hash("event"), hash("mac")},
		},
		{`UPDATE audit_events SET detail = NULL WHERE subject = ?`, []any{shareID}},
		{`UPDATE shares SET title = NULL WHERE id = ?`, []any{shareID}},
	} {
		if _, err := tx.exec(change.query, change.args...); err != nil {
			return fmt.Errorf("%s: %w", change.query, err)
		}
	}
	return nil
}

// filledDatabase returns the URL of a closed SQLite database that has rows in every table.
func filledDatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settled.db")
	db := openAt(t, path)
	fillTables(t, db)
	noError(t, db.Close())
	return "sqlite:" + path
}

// emptyPostgresURL returns the URL of an empty PostgreSQL schema.
func emptyPostgresURL(t *testing.T) string { return dbtest.Schema(t) }

func copyTo(t *testing.T, from, to string) error {
	t.Helper()
	return Copy(t.Context(), Config{URL: from}, Config{URL: to}, func(string, int64) {})
}

// fingerprint returns the hash of a database's file.
func fingerprint(t *testing.T, url string) [32]byte {
	t.Helper()
	raw, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
	noError(t, err)
	return sha256.Sum256(raw)
}

// TestCopyThereAndBack copies from SQLite to PostgreSQL and back, and compares the rows in
// SQLite.
func TestCopyThereAndBack(t *testing.T) {
	first, second, third := filledDatabase(
		t,
	), emptyPostgresURL(
		t,
	), "sqlite:"+filepath.Join(
		t.TempDir(),
		"third.db",
	)
	before := fingerprint(t, first)
	told := map[string]int64{}
	noError(
		t,
		Copy(
			t.Context(),
			Config{URL: first},
			Config{URL: second},
			func(table string, rows int64) { told[table] = rows },
		),
	)
	if fingerprint(t, first) != before {
		t.Error("the source was changed")
	}
	noError(t, copyTo(t, second, third))

	db := openURL(t, third)
	names := tables(t, db)
	conn, err := db.readers.Conn(t.Context())
	noError(t, err)
	defer conn.Close()
	_, err = conn.ExecContext(
		t.Context(),
		`ATTACH DATABASE ? AS first`,
		strings.Replace(first, "sqlite:", "file:", 1)+"?mode=ro",
	)
	noError(t, err)
	for _, name := range names {
		var rows, missing, added int64
		noError(
			t,
			conn.QueryRowContext(t.Context(), strings.ReplaceAll(`SELECT (SELECT count(*) FROM main.NAME),
			(SELECT count(*) FROM (SELECT * FROM first.NAME EXCEPT SELECT * FROM main.NAME)),
			(SELECT count(*) FROM (SELECT * FROM main.NAME EXCEPT SELECT * FROM first.NAME))`, "NAME", name)).
				Scan(&rows, &missing, &added),
		)
		if rows == 0 || rows != told[name] || missing+added != 0 {
			t.Errorf(
				"%s: %d rows, told %d, %d missing, %d added",
				name,
				rows,
				told[name],
				missing,
				added,
			)
		}
	}
}

// TestCopyLivesOn writes to the copy, whose IDs continue after the copied ones.
func TestCopyLivesOn(t *testing.T) {
	url := emptyPostgresURL(t)
	noError(t, copyTo(t, filledDatabase(t), url))
	db := openURL(t, url)
	var last int64
	noError(t, db.read(t.Context()).row(newestEvent).Scan(&last))
	noError(t, db.Record(t.Context(), auditEntry(audit.SignedIn, "ada")))
	if n := countRows(t, db, fmt.Sprintf(`audit_events WHERE id = %d`, last+1)); n != 1 {
		t.Errorf("the next event does not follow event %d", last)
	}
	wantClaim(t, db, shareID(500), 1, morning, proofOf(bob, "1"), share.Repeated)
	wantCode(t, db, shareID(500), bob, "2", after(2*time.Minute), share.Opened)
	wantClaim(t, db, shareID(500), 2, after(3*time.Minute), proofOf(bob, "2"), share.Opened)
}

// TestCopyCutOff ends a copy after each table, the last one included: nothing of it remains, and
// it can be run again. A complete copy run again finds everything equal.
func TestCopyCutOff(t *testing.T) {
	for _, way := range []struct{ from, to string }{
		{filledDatabase(t), emptyPostgresURL(t)},
		{copyOf(t, emptyPostgresURL(t)), "sqlite:" + filepath.Join(t.TempDir(), "b.db")},
	} {
		for at := range allTables() {
			ctx, cut := context.WithCancel(t.Context())
			n := 0
			err := Copy(ctx, Config{URL: way.from}, Config{URL: way.to}, func(string, int64) {
				if n++; n == at+1 {
					cut()
				}
			})
			if err == nil {
				t.Fatalf("cut off after %d tables, and nobody noticed", at+1)
			}
			wantEmpty(t, way.to)
		}
		for range 2 {
			noError(t, copyTo(t, way.from, way.to))
		}
	}
}

// copyOf copies a database and returns the URL of the copy.
func copyOf(t *testing.T, url string) string {
	t.Helper()
	noError(t, copyTo(t, filledDatabase(t), url))
	return url
}

func wantEmpty(t *testing.T, url string) {
	t.Helper()
	db, err := Open(t.Context(), Config{URL: url})
	noError(t, err)
	for _, table := range allTables() {
		if n := countRows(t, db, table.name); n != 0 && !table.seeded {
			t.Errorf("%s holds %d rows", table.name, n)
		}
	}
	noError(t, db.Close())
}

func TestCopyRefuses(t *testing.T) {
	source := filledDatabase(t)
	change := func(url, query string) {
		db, err := Open(t.Context(), Config{URL: url})
		noError(t, err)
		noError(
			t,
			db.write(
				t.Context(),
				"test",
				func(tx *tx) error { _, err := tx.exec(query); return err },
			),
		)
		noError(t, db.Close())
	}
	after := func(url, query string) string { change(url, query); return url }
	dir := t.TempDir()
	empty, text, backup := filepath.Join(
		dir,
		"empty",
	), filepath.Join(
		dir,
		"text",
	), filepath.Join(
		dir,
		"backup",
	)
	noError(t, os.WriteFile(empty, nil, 0o600))
	noError(t, os.WriteFile(text, []byte(strings.Repeat("a letter ", 1000)), 0o600))
	noError(t, openURL(t, filledDatabase(t)).Backup(t.Context(), backup))
	for _, c := range []struct{ why, from, to, says string }{
		{
			"another installation there",
			source,
			after(emptyPostgresURL(t), `INSERT INTO share_policies (vault_id, rules, changed_at) VALUES ('', '{}', 1)`),
			"another installation",
		},
		{
			"a copy whose server has run",
			source,
			after(copyOf(t, emptyPostgresURL(t)), `UPDATE users SET name = 'Ada'`),
			"other rows in",
		},
		{
			"a copy that lost a row",
			source,
			after(copyOf(t, emptyPostgresURL(t)), `DELETE FROM share_views`),
			"other rows in share_views",
		},
		{"no source", "sqlite:" + empty + ".db", emptyPostgresURL(t), "there is no database"},
		{"a source without tables", "sqlite:" + empty, emptyPostgresURL(t), "holds no installation"},
		{"a source that is a text", "sqlite:" + text, emptyPostgresURL(t), "holds no installation"},
		{"a backup, which has no content of shares", "sqlite:" + backup, emptyPostgresURL(t), "restored first"},
		{
			"an older source",
			after(
				filledDatabase(t),
				`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`,
			),
			emptyPostgresURL(t),
			"another release",
		},
		{"no such engine", "mysql://a", emptyPostgresURL(t), "sqlite:PATH"},
	} {
		err := copyTo(t, c.from, c.to)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// TestCopyOfABusyDatabase asserts that a copy fails if the source is written to meanwhile.
func TestCopyOfABusyDatabase(t *testing.T) {
	for _, url := range []string{filledDatabase(t), copyOf(t, emptyPostgresURL(t))} {
		to, db := emptyPostgresURL(t), openURL(t, url)
		err := Copy(t.Context(), Config{URL: url}, Config{URL: to}, func(name string, _ int64) {
			if name == "keysets" {
				noError(t, db.Record(t.Context(), auditEntry(audit.SignedIn, "ada")))
			}
		})
		if err == nil || !strings.Contains(err.Error(), "stop its server") {
			t.Errorf("written to meanwhile: %v", err)
		}
		wantEmpty(t, to)
		noError(t, copyTo(t, url, to))
	}
}

// TestCopyTakesItsTime pauses between two tables for longer than PostgreSQL allows a transaction
// to be idle.
func TestCopyTakesItsTime(t *testing.T) {
	hasty := func(url string) Config {
		return Config{URL: url + "&idle_in_transaction_session_timeout=1000"}
	}
	from, to := copyOf(t, emptyPostgresURL(t)), emptyPostgresURL(t)
	for _, what := range []string{"copied", "compared"} {
		err := Copy(t.Context(), hasty(from), hasty(to), func(name string, _ int64) {
			if name == "users" {
				time.Sleep(1500 * time.Millisecond)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestCopyUnderAServer starts a server on the target during a copy: it waits, and then has the
// copied keysets.
func TestCopyUnderAServer(t *testing.T) {
	url := emptyPostgresURL(t)
	var server *DB
	started := make(chan error, 1)
	noError(
		t,
		Copy(
			t.Context(),
			Config{URL: filledDatabase(t)},
			Config{URL: url},
			func(name string, _ int64) {
				if name == "keysets" {
					server = openURL(t, url)
					if found, err := server.Keysets(t.Context()); err != nil || len(found) > 0 {
						t.Errorf("half a copy shows %d keysets, %v", len(found), err)
					}
					go func() {
						started <- server.AddKeysets(
							context.Background(),
							map[seal.Purpose][]byte{seal.Items: hash("its own")},
						)
					}()
				}
			},
		),
	)
	noError(t, <-started)
	found, err := server.Keysets(t.Context())
	if err != nil || !slices.Equal(found[seal.Items], hash("key")) {
		t.Errorf("the server has keysets of its own, %v", err)
	}
}

// TestCopyThatWentWrong asserts that a value changed on its way into the target fails the copy.
func TestCopyThatWentWrong(t *testing.T) {
	to := "sqlite:" + filepath.Join(t.TempDir(), "b.db")
	db := openURL(t, to)
	_, err := db.writers.Exec(
		`CREATE TRIGGER wrong AFTER INSERT ON users BEGIN UPDATE users SET name = 'Eve' WHERE id = 'ben'; END`,
	)
	noError(t, err)
	if err := copyTo(t, filledDatabase(t), to); err == nil ||
		!strings.Contains(err.Error(), "the copy of users differs") {
		t.Errorf("a changed value: %v", err)
	}
	wantEmpty(t, to)
}

// TestCopyKnowsEveryTable asserts that the list of tables matches the schema.
func TestCopyKnowsEveryTable(t *testing.T) {
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "a.db"), emptyPostgresURL(t)} {
		wantEveryTable(t, openURL(t, url))
	}
}

func wantEveryTable(t *testing.T, db *DB) {
	t.Helper()
	keys, references, counters := `SELECT name, (SELECT group_concat(name, ', ') FROM (SELECT name FROM
		pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk))
			FROM sqlite_schema m WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`,
		`SELECT m.name, f."table" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f`,
		`SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE c.name = 'id' AND `+
			`c.type = 'INTEGER' AND m.name NOT LIKE 'goose_%'`
	if db.dialect.file == "" {
		keys, references, counters = `SELECT t.table_name, string_agg(k.column_name, ', ' ORDER BY k.ordinal_position)
				FROM information_schema.tables t LEFT JOIN information_schema.table_constraints c
				ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'
				LEFT JOIN information_schema.key_column_usage k ON k.table_schema = t.table_schema AND
					k.constraint_name = c.constraint_name
				WHERE t.table_schema = current_schema() AND t.table_name NOT LIKE 'goose_%' GROUP BY t.table_name`,
			`SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = `+
				`'f' AND connamespace = current_schema()::regnamespace`,
			`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()
				AND is_identity = 'YES' AND table_name NOT LIKE 'goose_%'`
	}
	var want, counted []string
	order := map[string]int{}
	for i, table := range allTables() {
		want, order[table.name] = append(want, table.name+": "+table.key), i+1
		if table.counted {
			counted = append(counted, table.name+": id")
		}
		if n := countRows(t, db, table.name); (n > 0) != table.seeded {
			t.Errorf("a new database has %d rows in %s", n, table.name)
		}
	}
	wantPairs(t, db, keys, want)
	wantPairs(t, db, counters, counted)
	for _, pair := range pairs(t, db, references) {
		one, other, _ := strings.Cut(pair, ": ")
		if order[one] <= order[other] {
			t.Errorf("%s refers to %s, which is copied later", one, other)
		}
	}
}

func wantPairs(t *testing.T, db *DB, query string, want []string) {
	t.Helper()
	got := pairs(t, db, query)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf(
			"the schema has\n%s\nand the list\n%s",
			strings.Join(got, "\n"),
			strings.Join(want, "\n"),
		)
	}
}

func pairs(t *testing.T, db *DB, query string) (all []string) {
	t.Helper()
	rows, err := db.read(t.Context()).query(query)
	noError(t, err)
	defer rows.Close()
	for rows.Next() {
		var one, other string
		noError(t, rows.Scan(&one, &other))
		all = append(all, one+": "+other)
	}
	noError(t, rows.Err())
	if len(all) == 0 {
		t.Fatalf("nothing found by %s", query)
	}
	return all
}
