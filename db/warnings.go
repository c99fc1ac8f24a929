package db

import (
	"context"
	"database/sql"
	"time"
)

// Warning is something that the server noticed about how it is set up.
type Warning struct {
	Name   string
	Detail string
	At     time.Time // when it was noticed last
}

// SetWarning stores a warning in place of the one with its name.
func (db *DB) SetWarning(ctx context.Context, name, detail string, at time.Time) error {
	return db.write(ctx, "store a warning", func(t *tx) error {
		_, err := t.exec(`INSERT INTO warnings (name, detail, at) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, at = excluded.at`,
			name, detail, at.UnixMilli())
		return err
	})
}

// ClearWarning deletes the warning with that name, if there is one.
func (db *DB) ClearWarning(ctx context.Context, name string) error {
	return db.write(ctx, "clear a warning", func(t *tx) error {
		_, err := t.exec(`DELETE FROM warnings WHERE name = ?`, name)
		return err
	})
}

// Warnings returns all warnings by name.
func (db *DB) Warnings(ctx context.Context) ([]Warning, error) {
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (w Warning, err error) {
		var at int64
		err = rows.Scan(&w.Name, &w.Detail, &at)
		w.At = time.UnixMilli(at).UTC()
		return w, err
	}, `SELECT name, detail, at FROM warnings ORDER BY name`)
	return list, db.wrap("list warnings", err)
}
