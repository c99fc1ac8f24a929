package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/intake"
	"itemshare/vault/local"
)

// AddImport stores a new import. It is fault.Invalid if the user has limit imports.
func (db *DB) AddImport(ctx context.Context, row intake.Row, limit int) error {
	return db.write(ctx, "add an import", func(t *tx) error {
		var count int
		err := t.row(`SELECT count(*) FROM imports WHERE user_id = ? AND touched_at > 0`, row.UserID).
			Scan(&count)
		if err != nil {
			return err
		}
		if count >= limit {
			return fault.Field("file", fault.CodeInvalid,
				"You have several imports already. Remove one of them first.")
		}
		_, err = t.exec(
			`INSERT INTO imports (id, user_id, state, created_at, touched_at, done, total, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			row.ID, row.UserID, string(row.State), row.CreatedAt, row.TouchedAt, row.Done, row.Total,
			row.Sealed,
		)
		return err
	})
}

const importColumns = `SELECT id, user_id, state, created_at, touched_at, done, total, sealed FROM imports`

func scanImport(scan func(...any) error) (row intake.Row, err error) {
	err = scan(
		&row.ID, &row.UserID, (*string)(&row.State), &row.CreatedAt, &row.TouchedAt, &row.Done,
		&row.Total, &row.Sealed,
	)
	return row, err
}

// Import returns a user's import, or fault.NotFound.
func (db *DB) Import(ctx context.Context, userID, id string) (intake.Row, error) {
	row, err := scanImport(db.read(ctx).
		row(importColumns+` WHERE id = ? AND user_id = ? AND touched_at > 0`, id, userID).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fault.Of(fault.NotFound)
	}
	return row, db.wrap("read an import", err)
}

// Imports returns a user's imports, newest first.
func (db *DB) Imports(ctx context.Context, userID string) ([]intake.Row, error) {
	rows, err := collect(db.read(ctx), func(rows *sql.Rows) (intake.Row, error) {
		return scanImport(rows.Scan)
	}, importColumns+` WHERE user_id = ? AND touched_at > 0 ORDER BY id DESC`, userID)
	return rows, db.wrap("read imports", err)
}

// SetImport replaces an import that is in one of the states, or it is fault.Conflict.
func (db *DB) SetImport(ctx context.Context, row intake.Row, from ...vault.ImportState) error {
	return db.write(ctx, "change an import", func(t *tx) error {
		args := []any{
			string(row.State), row.TouchedAt, row.Done, row.Total, row.Sealed, row.ID, row.UserID,
		}
		for _, state := range from {
			args = append(args, string(state))
		}
		changed, err := t.exec(
			`UPDATE imports SET state = ?, touched_at = ?, done = ?, total = ?, sealed = ?
			WHERE id = ? AND user_id = ? AND touched_at > 0 AND state IN (`+
				placeholders(len(from))+`)`, args...)
		if err == nil && changed == 0 {
			err = fault.New(fault.Conflict, fault.CodeConflict,
				"This import went on in the meantime. Reload the page to see how it stands.")
		}
		return err
	})
}

// ReviveImport touches an import in this state that was last touched before a time.
func (db *DB) ReviveImport(
	ctx context.Context, id string, state vault.ImportState, before, now time.Time,
) error {
	return db.write(ctx, "revive an import", func(t *tx) error {
		return mustChange(t.exec(
			`UPDATE imports SET touched_at = ?
			WHERE id = ? AND state = ? AND touched_at > 0 AND touched_at < ?`,
			now.Unix(), id, string(state), before.Unix(),
		))
	})
}

// TouchImport sets the progress of an import in this state.
func (db *DB) TouchImport(
	ctx context.Context, id string, state vault.ImportState, done, total int, now time.Time,
) error {
	return db.write(ctx, "touch an import", func(t *tx) error {
		return mustChange(t.exec(
			`UPDATE imports SET touched_at = ?, done = ?, total = ?
			WHERE id = ? AND state = ? AND touched_at > 0`,
			now.Unix(), done, total, id, string(state),
		))
	})
}

// finishImport makes a running import a done one, or it is fault.NotFound.
func finishImport(t *tx, done local.FinishedImport) error {
	if done.ID == "" {
		return nil
	}
	return mustChange(t.exec(
		`UPDATE imports SET state = ?, sealed = ? WHERE id = ? AND state = ? AND touched_at > 0`,
		string(vault.ImportDone), done.Sealed, done.ID, string(vault.ImportRunning),
	))
}

// AddImportChunk stores a piece of an import that is not being erased.
func (db *DB) AddImportChunk(
	ctx context.Context, id, part string, number int, sealed []byte,
) error {
	return db.write(ctx, "store a piece of an import", func(t *tx) error {
		return mustChange(t.exec(
			`INSERT INTO import_chunks (import_id, part, number, sealed)
			SELECT id, ?, ?, ? FROM imports WHERE id = ? AND touched_at > 0`,
			part, number, sealed, id,
		))
	})
}

// ImportChunk returns a piece of an import, or fault.NotFound.
func (db *DB) ImportChunk(
	ctx context.Context, id, part string, number int,
) (sealed []byte, err error) {
	err = db.read(ctx).
		row(`SELECT sealed FROM import_chunks WHERE import_id = ? AND part = ? AND number = ?`,
			id, part, number).
		Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Of(fault.NotFound)
	}
	return sealed, db.wrap("read a piece of an import", err)
}

// EraseImportPart erases the pieces of a part, a few in each transaction.
func (db *DB) EraseImportPart(ctx context.Context, id, part string) error {
	return db.eraseImportChunks(ctx, `import_id = ? AND part = ?`, id, part)
}

func (db *DB) eraseImportChunks(ctx context.Context, which string, args ...any) error {
	for {
		erased, err := write(ctx, db, "erase pieces of an import", func(t *tx) (int64, error) {
			return t.exec(`DELETE FROM import_chunks WHERE (import_id, part, number) IN
				(SELECT import_id, part, number FROM import_chunks WHERE `+which+` LIMIT ?)`,
				append(args, chunkBatch)...)
		})
		if err != nil || erased < chunkBatch {
			return err
		}
	}
}

// EraseImport erases an import with its pieces. From the first transaction on nobody sees it, and
// nothing goes live with it; the sweeper goes on with one that was interrupted.
func (db *DB) EraseImport(ctx context.Context, id string) error {
	err := db.write(ctx, "erase an import", func(t *tx) error {
		_, err := t.exec(`UPDATE imports SET touched_at = 0 WHERE id = ?`, id)
		return err
	})
	if err == nil {
		err = db.eraseImportChunks(ctx, `import_id = ?`, id)
	}
	if err != nil {
		return err
	}
	return db.write(ctx, "erase an import", func(t *tx) error {
		_, err := t.exec(`DELETE FROM imports WHERE id = ?`, id)
		return err
	})
}

// ImportsBefore returns the ids of imports last touched before a time.
func (db *DB) ImportsBefore(ctx context.Context, before time.Time, limit int) ([]string, error) {
	ids, err := collect(db.read(ctx), scanText,
		`SELECT id FROM imports WHERE touched_at < ? ORDER BY touched_at LIMIT ?`, before.Unix(), limit)
	return ids, db.wrap("read imports", err)
}
