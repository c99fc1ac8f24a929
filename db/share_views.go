package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// The rows that the views of a share for anyone add are bounded: the first viewsByOne of
// a day (UTC) have a row and an audit event each, those after them are counted by the
// minute. Of these, the newest recentViews can be repeated.
const (
	viewsByOne  = 1000
	recentViews = 1000
)

const (
	secondsPerMinute = 60
	secondsPerDay    = 24 * 60 * 60
)

// countToday counts a view of today and sets byMinute. A day that has begun stays the
// day for one more, so that processes whose clocks differ do not start it again in turn.
func (l *lockedShare) countToday(now time.Time) {
	today := now.Unix() / secondsPerDay
	if l.day != today && l.day != today+1 {
		l.day, l.dayViews = today, 0
	}
	l.dayViews++
	l.byMinute = l.dayViews > viewsByOne
}

// countInMinute counts a view in its minute, and remembers it in place of an older one.
func (l *lockedShare) countInMinute(t *tx, c share.Claim, until int64) error {
	_, err := t.exec(`INSERT INTO share_view_minutes (share_id, minute, views) VALUES (?, ?, 1)
		ON CONFLICT (share_id, minute) DO UPDATE SET views = share_view_minutes.views + 1`,
		l.id, c.Now.Unix()/secondsPerMinute*secondsPerMinute)
	if err != nil {
		return err
	}
	if l.known {
		again, err := t.exec(
			`UPDATE share_recent_views SET until = ? WHERE share_id = ? AND view = ?`,
			until, l.id, c.View[:],
		)
		if err != nil || again > 0 {
			return err
		}
	}
	_, err = t.exec(
		`INSERT INTO share_recent_views (share_id, slot, view, until) VALUES (?, ?, ?, ?)
		ON CONFLICT (share_id, slot) DO UPDATE SET view = excluded.view, until = excluded.until`,
		l.id, l.dayViews%recentViews, c.View[:], until,
	)
	return err
}

// storedView returns until when a view of a share can be repeated and the hash of the
// address that it belongs to, or sql.ErrNoRows. Where anyone can open, it reads the content too.
func (l *lockedShare) storedView(t *tx, view []byte) (until int64, address []byte, err error) {
	if l.audience != share.Anyone {
		err = t.row(`SELECT until, address_mac FROM share_views WHERE share_id = ? AND view = ?`, l.id, view).
			Scan(&until, &address)
		return until, address, err
	}
	var single, recent sql.NullInt64
	err = t.row(`SELECT (SELECT until FROM share_views WHERE share_id = ? AND view = ?),
			(SELECT until FROM share_recent_views WHERE share_id = ? AND view = ?), c.nonce, c.ciphertext
		FROM shares s LEFT JOIN share_content c ON c.share_id = s.id WHERE s.id = ?`,
		l.id, view, l.id, view, l.id).Scan(&single, &recent, &l.nonce, &l.ciphertext)
	if err == nil && !single.Valid && !recent.Valid {
		err = sql.ErrNoRows
	}
	return max(single.Int64, recent.Int64), nil, err
}

// Chunk returns one sealed chunk while the view lasts. After that it is fault.Gone;
// a view or chunk that does not exist is fault.NotFound.
//
// Where views are counted by the minute and not limited, a view may have been forgotten
// while it lasts: any view will do, since one more could be had by asking.
func (db *DB) Chunk(
	ctx context.Context,
	shareID string,
	view [16]byte,
	file, chunk int,
	now time.Time,
) ([]byte, error) {
	var viewUntil, recentUntil sql.NullInt64
	var anyView bool
	var expiresAt int64
	var state share.State
	var sealed []byte
	err := db.lookUp(ctx).row(`SELECT v.until, r.until, s.expires_at,
			s.audience = 'anyone' AND s.max_views = 0 AND s.day_views > ?, s.state, c.sealed
		FROM shares s
		LEFT JOIN share_views v ON v.share_id = s.id AND v.view = ?
		LEFT JOIN share_recent_views r ON r.share_id = s.id AND r.view = ?
		LEFT JOIN share_chunks c ON c.share_id = s.id AND c.file = ? AND c.chunk = ?
		WHERE s.id = ?`, viewsByOne+recentViews, view[:], view[:], file, chunk, shareID).
		Scan(&viewUntil, &recentUntil, &expiresAt, &anyView, &state, &sealed)
	until := max(viewUntil.Int64, recentUntil.Int64)
	if anyView {
		until = expiresAt
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.Of(fault.NotFound)
	case err != nil:
		return nil, db.wrap("read a chunk", err)
	case until == 0:
		return nil, fault.Of(fault.NotFound)
	case state == share.Revoked:
		return nil, fault.New(
			fault.Gone,
			fault.CodeRevoked,
			"The person who shared this item stopped sharing it.",
		)
	case until <= now.Unix():
		return nil, fault.Of(fault.Gone)
	case sealed == nil:
		return nil, fault.Of(fault.NotFound)
	}
	return sealed, nil
}

// ViewsOf returns at most limit views of a share, newest first. Those that were counted
// by the minute are one.
func (db *DB) ViewsOf(ctx context.Context, id string, limit int) ([]share.StoredView, error) {
	views, err := collect(db.read(ctx), func(rows *sql.Rows) (v share.StoredView, err error) {
		err = rows.Scan(&v.At, &v.Until, &v.Address, &v.Agent)
		return v, err
	}, `SELECT opened_at, until, address, agent FROM share_views
		WHERE share_id = ? ORDER BY opened_at DESC LIMIT ?`, id, limit)
	if err != nil {
		return nil, db.wrap("read views", err)
	}
	minutes, err := collect(db.read(ctx), func(rows *sql.Rows) (v share.StoredView, err error) {
		err = rows.Scan(&v.At, &v.InMinute)
		return v, err
	}, `SELECT minute, views FROM share_view_minutes
		WHERE share_id = ? ORDER BY minute DESC LIMIT ?`, id, limit)
	if err != nil {
		return nil, db.wrap("read minutes of views", err)
	}
	views = append(views, minutes...)
	slices.SortStableFunc(views, func(a, b share.StoredView) int { return cmp.Compare(b.At, a.At) })
	return views[:min(len(views), limit)], nil
}

// RecordMinutes adds the audit entries of at most limit minutes that ended by now, for
// the views that none records yet, and returns how many.
func (db *DB) RecordMinutes(
	ctx context.Context,
	now time.Time,
	limit int,
	entry func(share.MinuteViews) (audit.Entry, error),
) (int, error) {
	return write(ctx, db, "record views by the minute", func(t *tx) (int, error) {
		minutes, err := collect(t, func(rows *sql.Rows) (m share.MinuteViews, err error) {
			var minute int64
			err = rows.Scan(&m.ShareID, &minute, &m.Views)
			m.Minute = timeOf(minute)
			return m, err
		}, `SELECT share_id, minute, views - recorded FROM share_view_minutes
			WHERE recorded < views AND minute <= ? ORDER BY minute LIMIT ?`+t.dialect.skipLocked,
			now.Unix()-secondsPerMinute, limit)
		if err != nil {
			return 0, err
		}
		for _, m := range minutes {
			_, err := t.exec(`UPDATE share_view_minutes SET recorded = recorded + ?
				WHERE share_id = ? AND minute = ?`, m.Views, m.ShareID, m.Minute.Unix())
			if err == nil {
				err = insertNewEntry(t, func() (audit.Entry, error) { return entry(m) })
			}
			if err != nil {
				return 0, err
			}
		}
		return len(minutes), nil
	})
}
