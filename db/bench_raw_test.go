package db

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"itemshare/db/dbtest"
	"itemshare/share"
)

// rawStore writes a share's rows with prepared statements, one transaction for all that wait.
type rawStore struct{ *dbtest.Grouped }

func newRawStore(b *testing.B) rawStore {
	b.Helper()
	path := filepath.Join(b.TempDir(), "raw.db")
	db, err := Open(context.Background(), Config{URL: "sqlite:" + path})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.writers.Exec(
		`INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ('ada', 'a', 'Ada', ` +
			`'member', '', 0)`,
	); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	pool := sql.OpenDB(newSQLiteConnector(sqliteDSN(path, false)))
	pool.SetMaxOpenConns(1)
	return rawStore{dbtest.NewGrouped(
		b,
		pool,
		`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id,
			vault_id, item_id,
			item_version, title, files, largest_file, bytes, state, erase_at, due_at) VALUES (?, ?, ?, ?, ?,
				?, ?, ?, ?, ?, ?, ?, 0, 0, 7, 'active', ?, ?)`,
		`INSERT INTO share_content (share_id, nonce, ciphertext) VALUES (?, ?, ?)`,
		`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash) VALUES (?, ?, ?, ?, ?, ?)`,
	)}
}

func (r rawStore) create(d share.Draft) error {
	s, t := d.Record, d.Record.Terms
	return r.Do(
		[]any{
			s.ID, s.LinkID[:], s.TokenHash[:], t.CreatedAt, t.ExpiresAt, t.MaxViews, string(
				t.Audience,
			), s.OwnerID, s.VaultID, s.ItemID,
			s.ItemVersion, s.Title, d.EraseAt, t.ExpiresAt,
		},
		[]any{s.ID, d.Nonce, d.Ciphertext},
		[]any{
			d.Entry.At.UnixMilli(),
			string(d.Entry.Kind),
			d.Entry.Actor,
			d.Entry.Subject,
			d.Entry.Detail,
			hash("detail"),
		},
	)
}
