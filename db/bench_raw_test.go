package db

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"itemshare/share"
)

// raw writes a share's rows as plainly as can be, one transaction for what waits.
type raw struct {
	pool  *sql.DB
	queue chan rawRow
	stmts [3]*sql.Stmt
}

type rawRow struct {
	share.Draft
	done chan error
}

func newRaw(b *testing.B) *raw {
	b.Helper()
	path := filepath.Join(b.TempDir(), "raw.db")
	db, err := Open(context.Background(), Config{URL: "sqlite:" + path})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.writers.Exec(`INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ('ada', 'a', 'Ada', 'member', '', 0)`); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	r := &raw{pool: sql.OpenDB(newSQLiteConnector(sqliteDSN(path, false))), queue: make(chan rawRow, 256)}
	r.pool.SetMaxOpenConns(1)
	for i, query := range []string{
		`INSERT INTO shares (id, link_id, token_hash, created_at, expires_at, max_views, audience, owner_id, vault_id, item_id,
			item_version, title, files, largest_file, bytes, state, erase_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 7, 'active', ?, ?)`,
		`INSERT INTO share_content (share_id, nonce, ciphertext) VALUES (?, ?, ?)`,
		`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash) VALUES (?, ?, ?, ?, ?, ?)`,
	} {
		if r.stmts[i], err = r.pool.Prepare(query); err != nil {
			b.Fatal(err)
		}
	}
	stopped := make(chan bool)
	go func() {
		r.run()
		close(stopped)
	}()
	b.Cleanup(func() {
		close(r.queue)
		<-stopped
		r.pool.Close()
	})
	return r
}

func (r *raw) create(d share.Draft) error {
	row := rawRow{d, make(chan error, 1)}
	r.queue <- row
	return <-row.done
}

func (r *raw) run() {
	for row := range r.queue {
		rows := []rawRow{row}
		for len(r.queue) > 0 {
			rows = append(rows, <-r.queue)
		}
		err := r.commit(rows)
		for _, row := range rows {
			row.done <- err
		}
	}
}

func (r *raw) commit(rows []rawRow) error {
	tx, err := r.pool.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, row := range rows {
		s, t := row.Record, row.Record.Terms
		for i, args := range [][]any{
			{
				s.ID, s.LinkID[:], s.TokenHash[:], t.CreatedAt, t.ExpiresAt, t.MaxViews, string(t.Audience), s.OwnerID, s.VaultID, s.ItemID,
				s.ItemVersion, s.Title, row.EraseAt, t.ExpiresAt,
			},
			{s.ID, row.Nonce, row.Ciphertext},
			{row.Entry.At.UnixMilli(), string(row.Entry.Kind), row.Entry.Actor, row.Entry.Subject, row.Entry.Detail, hash("detail")},
		} {
			if _, err := tx.Stmt(r.stmts[i]).Exec(args...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
