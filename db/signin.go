package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/fault"
)

// mostBrowsers is the number of known browsers of one user. Beyond it, those that expire first go.
const mostBrowsers = 20

// addBrowser stores a known browser in place of the one that it replaces, if that was the user's.
func addBrowser(t *tx, userID string, b account.Browser) error {
	_, err := t.exec(
		`DELETE FROM known_browsers WHERE token_hash = ? AND user_id = ?`, b.Replaces[:], userID,
	)
	if err != nil {
		return err
	}
	_, err = t.exec(
		`INSERT INTO known_browsers (token_hash, user_id, expires_at) VALUES (?, ?, ?)`,
		b.TokenHash[:], userID, b.ExpiresAt.UnixMilli(),
	)
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM known_browsers WHERE user_id = ? AND token_hash NOT IN
		(SELECT token_hash FROM known_browsers WHERE user_id = ? ORDER BY expires_at DESC LIMIT ?)`,
		userID, userID, mostBrowsers)
	return err
}

// BrowserUser returns the email address of the enabled user whose browser it is, or fault.NotFound.
func (db *DB) BrowserUser(
	ctx context.Context,
	tokenHash [32]byte,
	now time.Time,
) (email string, err error) {
	err = db.read(ctx).row(`SELECT u.email FROM known_browsers b JOIN users u ON u.id = b.user_id
		WHERE b.token_hash = ? AND b.expires_at > ? AND u.disabled = 0`,
		tokenHash[:], now.UnixMilli()).Scan(&email)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.Of(fault.NotFound)
	}
	return email, db.wrap("find a known browser", err)
}

// Tallies returns the tally of each key, the zero value for a key without one.
func (db *DB) Tallies(ctx context.Context, keys [][]byte) ([]account.Tally, error) {
	tallies := make([]account.Tally, len(keys))
	err := each(db.read(ctx), func(rows *sql.Rows) error {
		var key []byte
		var last, gone int64
		err := rows.Scan(&key, &last, &gone)
		for i := range keys {
			if bytes.Equal(keys[i], key) {
				tallies[i] = tallyOf(last, gone)
			}
		}
		return err
	}, `SELECT attempt_key, last_at, gone_at FROM signin_attempts
		WHERE attempt_key IN (`+placeholders(len(keys))+`)`, arguments(keys)...)
	return tallies, db.wrap("read attempts to sign in", err)
}

func tallyOf(last, gone int64) account.Tally {
	return account.Tally{Last: time.UnixMilli(last), Gone: time.UnixMilli(gone)}
}

// AddAttempt adds one attempt to the tally of each key and stores the audit entries. A table that
// grows beyond account.MostCounters loses the tallies that are forgotten first.
func (db *DB) AddAttempt(
	ctx context.Context,
	keys [][]byte,
	now time.Time,
	entries ...audit.Entry,
) error {
	// One order for all: no deadlock.
	keys = slices.SortedFunc(slices.Values(keys), bytes.Compare)
	return db.write(ctx, "count an attempt to sign in", func(t *tx) error {
		for _, key := range keys {
			if err := addAttempt(t, key, now); err != nil {
				return err
			}
		}
		if err := boundAttempts(t); err != nil {
			return err
		}
		for _, entry := range entries {
			if err := insertEntry(t, entry); err != nil {
				return err
			}
		}
		return nil
	})
}

// addAttempt locks the key's row until the commit and creates a missing one.
func addAttempt(t *tx, key []byte, now time.Time) error {
	var last, gone int64
	err := t.row(`INSERT INTO signin_attempts (attempt_key, last_at, gone_at) VALUES (?, 0, 0)
		ON CONFLICT (attempt_key) DO UPDATE SET gone_at = signin_attempts.gone_at
		RETURNING last_at, gone_at`, key).Scan(&last, &gone)
	if err != nil {
		return err
	}
	tally := tallyOf(last, gone).Add(now)
	_, err = t.exec(
		`UPDATE signin_attempts SET last_at = ?, gone_at = ? WHERE attempt_key = ?`,
		tally.Last.UnixMilli(), tally.Gone.UnixMilli(), key,
	)
	return err
}

func boundAttempts(t *tx) error {
	var count int
	err := t.row(`SELECT count(*) FROM signin_attempts`).Scan(&count)
	if err != nil || count <= account.MostCounters {
		return err
	}
	_, err = t.exec(`DELETE FROM signin_attempts WHERE attempt_key IN
		(SELECT attempt_key FROM signin_attempts ORDER BY gone_at LIMIT ?`+t.dialect.skipLocked+`)`,
		count-account.MostCounters)
	return err
}

// EraseSignIns deletes at most limit each of known browsers that have expired and of tallies that are
// forgotten, and returns how many.
func (db *DB) EraseSignIns(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase what sign-ins left", func(t *tx) (int, error) {
		browsers, err := t.exec(`DELETE FROM known_browsers WHERE token_hash IN
			(SELECT token_hash FROM known_browsers WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
			now.UnixMilli(), limit)
		if err != nil {
			return 0, err
		}
		// The outer condition repeats the inner: an attempt may count while this waits for its row.
		tallies, err := t.exec(`DELETE FROM signin_attempts WHERE gone_at <= ? AND attempt_key IN
			(SELECT attempt_key FROM signin_attempts WHERE gone_at <= ? ORDER BY gone_at LIMIT ?`+
			t.dialect.skipLocked+`)`, now.UnixMilli(), now.UnixMilli(), limit)
		return int(browsers + tallies), err
	})
}
