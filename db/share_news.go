package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

const (
	newsRange = 1000           // audit events that are looked through at once
	newsAge   = 24 * time.Hour // older events are no news: email was off
)

// happening is an audit event about a share whose sharer wants emails.
type happening struct {
	share string
	kind  audit.Kind
	at    int64
}

// newsHeads are the numbers of the last event that was read and of the last one that there is.
const newsHeads = `SELECT told, coalesce((SELECT number FROM audit_events WHERE number > 0
	ORDER BY number DESC LIMIT 1), 0) FROM audit_followers WHERE name = 'sharers'`

// newsOf reads a range of the chain first, and then the few shares that its events are about.
const newsOf = `SELECT e.subject, e.kind, e.at FROM audit_events e CROSS JOIN shares s
	WHERE e.number > ? AND e.number <= ? AND s.id = e.subject AND s.tell = 1`

// GatherNews notes what the next audit events say. Of several processes that read the same ones, one
// notes them: the follower's row decides.
func (db *DB) GatherNews(ctx context.Context, now time.Time) (more bool, err error) {
	var from, head int64
	err = db.read(ctx).row(newsHeads).Scan(&from, &head)
	if err != nil || head <= from {
		return false, db.wrap("look for audit events", err)
	}
	to := min(head, from+newsRange)
	happened, err := collect(db.read(ctx), scanHappening, newsOf, from, to)
	if err != nil {
		return false, db.wrap("read what happened to shares", err)
	}
	return to < head, db.write(ctx, "note what happened to shares", func(t *tx) error {
		moved, err := t.exec(`UPDATE audit_followers SET told = ? WHERE name = 'sharers' AND told = ?`,
			to, from)
		if err != nil || moved == 0 {
			return err
		}
		for _, h := range happened {
			if err := noteNews(t, h, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func scanHappening(rows *sql.Rows) (h happening, err error) {
	err = rows.Scan(&h.share, &h.kind, &h.at)
	return h, err
}

// noteNews counts an event, and has its share looked at.
func noteNews(t *tx, h happening, now time.Time) error {
	viewed, refused := 0, 0
	switch h.kind {
	case audit.ShareCreated:
	case audit.ShareOpened:
		viewed = 1
	case audit.CodeRefused, audit.OpenRefused:
		refused = 1
	default:
		return nil
	}
	if h.at < now.Add(-newsAge).UnixMilli() {
		return nil
	}
	_, err := t.exec(`INSERT INTO share_news (share_id, viewed, refused, due_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (share_id) DO UPDATE SET viewed = share_news.viewed + excluded.viewed,
			refused = share_news.refused + excluded.refused, due_at = excluded.due_at`,
		h.share, viewed, refused, now.Unix())
	return fault.Wrap("note news", err)
}

// SetTell stores whether the owner of a share wants emails about it. Where they do, it is looked at
// soon: it may have to be reminded of.
func (db *DB) SetTell(ctx context.Context, id, ownerID string, tell bool, now time.Time) error {
	return db.write(ctx, "set the emails about a share", func(t *tx) error {
		err := mustChange(t.exec(`UPDATE shares SET tell = ? WHERE id = ? AND owner_id = ?`,
			boolToInt(tell), id, ownerID))
		if err != nil || !tell {
			return err
		}
		_, err = t.exec(`INSERT INTO share_news (share_id, viewed, refused, due_at) VALUES (?, 0, 0, ?)
			ON CONFLICT (share_id) DO UPDATE SET due_at = excluded.due_at`, id, now.Unix())
		return err
	})
}

const dueNews = `SELECT n.share_id, n.viewed, n.refused, n.told_at, s.created_at, s.expires_at,
		s.audience, s.state, s.views,
		CASE WHEN s.tell = 1 AND u.kind = 'person' AND u.disabled = 0 THEN u.email ELSE '' END
	FROM share_news n JOIN shares s ON s.id = n.share_id JOIN users u ON u.id = s.owner_id
	WHERE n.share_id = ?`

func scanNews(rows *sql.Rows) (n share.News, err error) {
	err = rows.Scan(&n.ShareID, &n.Viewed, &n.Refused, &n.ToldAt, &n.Terms.CreatedAt,
		&n.Terms.ExpiresAt, &n.Terms.Audience, &n.State, &n.Views, &n.To)
	return n, err
}

const newsDue = `SELECT share_id FROM share_news WHERE due_at <= ? ORDER BY due_at LIMIT ?`

// TellNews has news judged that is due. The email is queued in the transaction that forgets the news
// it tells, so that it is told once, whatever crashes.
func (db *DB) TellNews(
	ctx context.Context, now time.Time, limit int, judge func(share.News) (share.Told, error),
) (int, error) {
	ids, err := collect(db.read(ctx), scanText, newsDue, now.Unix(), limit)
	if err != nil || len(ids) == 0 {
		return 0, db.wrap("look for news", err)
	}
	return write(ctx, db, "tell news", func(t *tx) (int, error) {
		ids, err := collect(t, scanText, newsDue+t.dialect.skipLocked, now.Unix(), limit)
		if err != nil {
			return 0, err
		}
		for _, id := range ids {
			if err := tellNews(t, id, now, judge); err != nil {
				return 0, err
			}
		}
		return len(ids), nil
	})
}

func tellNews(
	t *tx, id string, now time.Time, judge func(share.News) (share.Told, error),
) error {
	found, err := collect(t, scanNews, dueNews, id)
	if err != nil || len(found) == 0 {
		return err
	}
	told, err := judge(found[0])
	if err != nil {
		return err
	}
	switch {
	case told.Next == 0:
		_, err = t.exec(`DELETE FROM share_news WHERE share_id = ?`, id)
		return err
	case told.Email == nil:
		_, err = t.exec(`UPDATE share_news SET due_at = ? WHERE share_id = ?`, told.Next, id)
		return err
	}
	_, err = t.exec(`UPDATE share_news SET viewed = 0, refused = 0, told_at = ?, due_at = ?
		WHERE share_id = ?`, now.Unix(), told.Next, id)
	if err != nil {
		return err
	}
	m := told.Email
	return insertMail(t, m.ID, m.Topic, m.Sealed, m.Until.Unix(), now.Unix())
}
