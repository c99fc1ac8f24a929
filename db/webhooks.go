package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/webhook"
)

// deliveryAge is how long deliveries are kept, whatever became of them.
const deliveryAge = 7 * 24 * time.Hour

const allWebhooks = `SELECT id, sealed, types, state, told, created_at, created_by,
		(SELECT count(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'waiting'),
		(SELECT count(*) FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'failed')
	FROM webhooks w ORDER BY id`

// ListWebhooks returns all webhooks, the oldest first. There are few.
func (db *DB) ListWebhooks(ctx context.Context) ([]webhook.Stored, error) {
	list, err := collect(db.read(ctx), scanWebhook, allWebhooks)
	return list, db.wrap("list webhooks", err)
}

func scanWebhook(rows *sql.Rows) (w webhook.Stored, err error) {
	var created int64
	err = rows.Scan(&w.ID, &w.Sealed, &w.Types, &w.State, &w.Told, &created, &w.CreatedBy,
		&w.Waiting, &w.Failed)
	w.CreatedAt = timeOf(created)
	return w, err
}

const webhookBacklog = `SELECT
	(SELECT count(*) FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
		WHERE d.state = 'waiting' AND w.state = 'active'),
	(SELECT min(d.happened) FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
		WHERE d.state = 'waiting' AND w.state = 'active'),
	(SELECT count(*) FROM webhook_deliveries WHERE state = 'failed'),
	coalesce((SELECT number FROM audit_events WHERE number > 0 ORDER BY number DESC LIMIT 1), 0) -
		(SELECT min(told) FROM webhooks WHERE state = 'active')`

// WebhookBacklog returns what waits to be sent, and what was given up.
func (db *DB) WebhookBacklog(ctx context.Context) (b webhook.Backlog, err error) {
	var oldest, behind sql.NullInt64
	err = db.read(ctx).row(webhookBacklog).Scan(&b.Waiting, &oldest, &b.Failed, &behind)
	b.Oldest, b.Behind = timeOf(oldest.Int64), behind.Int64
	return b, db.wrap("read what waits of webhooks", err)
}

// AddWebhook stores a webhook that is told of the audit events that are not sealed yet.
func (db *DB) AddWebhook(ctx context.Context, w webhook.Stored, entry audit.Entry) error {
	return db.write(ctx, "add a webhook", func(t *tx) error {
		head, err := chainHead(t)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO webhooks (id, sealed, types, state, told, created_at, created_by)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			w.ID, w.Sealed, w.Types, string(w.State), head.Number, w.CreatedAt.Unix(), w.CreatedBy)
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// ChangeWebhook replaces what is sealed and the state. What waits of one that is active then is due
// at once.
func (db *DB) ChangeWebhook(
	ctx context.Context, w webhook.Stored, now time.Time, entry audit.Entry,
) error {
	return db.write(ctx, "change a webhook", func(t *tx) error {
		err := mustChange(t.exec(`UPDATE webhooks SET sealed = ?, state = ? WHERE id = ?`,
			w.Sealed, string(w.State), w.ID))
		if err == nil && w.State == webhook.Active {
			_, err = t.exec(`UPDATE webhook_deliveries SET due_at = ?
				WHERE webhook_id = ? AND state = 'waiting' AND tries > 0`, now.Unix(), w.ID)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

// RemoveWebhook deletes a webhook and its deliveries.
func (db *DB) RemoveWebhook(ctx context.Context, id string, entry audit.Entry) error {
	return db.write(ctx, "remove a webhook", func(t *tx) error {
		// Locked first, so that no worker queues another delivery.
		err := mustChange(t.exec(`UPDATE webhooks SET state = 'gone' WHERE id = ?`, id))
		if err == nil {
			_, err = t.exec(`DELETE FROM webhook_deliveries WHERE webhook_id = ?`, id)
		}
		if err == nil {
			_, err = t.exec(`DELETE FROM webhooks WHERE id = ?`, id)
		}
		if err != nil {
			return err
		}
		return insertEntry(t, entry)
	})
}

const deliveryColumns = `id, webhook_id, share_id, place, type, body, happened, state, until, due_at,
	tries, tried_at, status, answer`

func scanDelivery(rows *sql.Rows) (q webhook.Queued, err error) {
	var happened, until, due, tried int64
	err = rows.Scan(&q.ID, &q.WebhookID, &q.ShareID, &q.Place, &q.Type, &q.Body, &happened, &q.State,
		&until, &due, &q.Tries, &tried, &q.Status, &q.Answer)
	q.Happened, q.Until, q.DueAt, q.TriedAt = timeOf(happened), timeOf(until), timeOf(due), timeOf(tried)
	return q, err
}

// Deliveries returns at most limit deliveries before a place, the newest first; 0 is the end.
func (db *DB) Deliveries(
	ctx context.Context, webhookID string, before int64, limit int,
) ([]webhook.Queued, error) {
	if before <= 0 {
		before = lastPlace
	}
	list, err := collect(db.read(ctx), scanDelivery,
		`SELECT `+deliveryColumns+` FROM webhook_deliveries
		WHERE webhook_id = ? AND place < ? ORDER BY place DESC LIMIT ?`, webhookID, before, limit)
	return list, db.wrap("list deliveries", err)
}

// lastPlace is after every place.
const lastPlace = 1 << 62

// ResendDelivery makes a delivery wait again that was sent or given up.
func (db *DB) ResendDelivery(
	ctx context.Context, webhookID, id string, now, until time.Time,
) error {
	return db.write(ctx, "send a delivery again", func(t *tx) error {
		return mustChange(t.exec(`UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = ?,
			until = ? WHERE id = ? AND webhook_id = ? AND state <> 'waiting'`,
			now.Unix(), until.Unix(), id, webhookID))
	})
}

// shareBatch is of how many shares one statement reads what is told of them.
const shareBatch = 200

// SharesToTell returns what is told of shares. Unknown ones have none.
func (db *DB) SharesToTell(ctx context.Context, ids []string) ([]webhook.Share, error) {
	var list []webhook.Share
	for len(ids) > 0 {
		batch := ids[:min(len(ids), shareBatch)]
		ids = ids[len(batch):]
		found, err := collect(db.read(ctx), scanShareToTell,
			`SELECT s.id, s.vault_id, s.item_id, s.owner_id, COALESCE(u.name, ''), s.audience, s.created_at,
				s.expires_at, s.max_views
			FROM shares s LEFT JOIN users u ON u.id = s.owner_id
			WHERE s.id IN (`+placeholders(shareBatch)+`)`, padded(batch, shareBatch)...)
		if err != nil {
			return nil, db.wrap("read shares to tell of", err)
		}
		list = append(list, found...)
	}
	return list, nil
}

func scanShareToTell(rows *sql.Rows) (s webhook.Share, err error) {
	var created, expires int64
	var audience share.Audience
	err = rows.Scan(&s.ID, &s.VaultID, &s.ItemID, &s.OwnerID, &s.OwnerName, &audience, &created,
		&expires, &s.MaxViews)
	s.Audience, s.CreatedAt, s.ExpiresAt = string(audience), timeOf(created), timeOf(expires)
	return s, err
}

// QueueDeliveries stores deliveries, and that the audit events up to the number to are queued. If
// another process has done so from the same number on, it stores nothing: the webhook's row decides.
func (db *DB) QueueDeliveries(
	ctx context.Context, webhookID string, from, to int64, list []webhook.Queued,
) error {
	return db.write(ctx, "queue deliveries", func(t *tx) error {
		moved, err := t.exec(`UPDATE webhooks SET told = ? WHERE id = ? AND told = ?`, to, webhookID, from)
		if err != nil || moved == 0 {
			return err
		}
		for _, q := range list {
			_, err := t.exec(`INSERT INTO webhook_deliveries
				(id, webhook_id, share_id, place, type, body, happened, state, until, due_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
				q.ID, q.WebhookID, q.ShareID, q.Place, string(q.Type), q.Body, q.Happened.Unix(),
				string(q.State), q.Until.Unix(), q.DueAt.Unix())
			if err != nil {
				return fault.Wrap("queue a delivery", err)
			}
		}
		return nil
	})
}

// due selects deliveries that are due, of each share the first that waits alone.
const due = `SELECT d.id FROM webhook_deliveries d
	WHERE d.webhook_id = ? AND d.state = 'waiting' AND d.due_at <= ?
		AND EXISTS (SELECT 1 FROM webhooks w WHERE w.id = d.webhook_id AND w.state = 'active')
		AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.webhook_id = d.webhook_id
			AND e.share_id = d.share_id AND e.state = 'waiting' AND e.place < d.place)
	ORDER BY d.due_at LIMIT ?`

// TakeDeliveries leases deliveries: a lease is a later due time. Where nothing is due it writes
// nothing. The due time is compared again once a row is locked: another process may have leased it.
func (db *DB) TakeDeliveries(
	ctx context.Context, webhookID string, now time.Time, lease time.Duration, limit int,
) ([]webhook.Queued, error) {
	ids, err := collect(db.read(ctx), scanText, due, webhookID, now.Unix(), limit)
	if err != nil || len(ids) == 0 {
		return nil, db.wrap("look for deliveries", err)
	}
	return write(ctx, db, "take deliveries", func(t *tx) ([]webhook.Queued, error) {
		args := append([]any{now.Add(lease).Unix()}, arguments(ids)...)
		return collect(t, scanDelivery, `UPDATE webhook_deliveries SET due_at = ?
			WHERE id IN (`+placeholders(len(ids))+`) AND state = 'waiting' AND due_at <= ?
			RETURNING `+deliveryColumns, append(args, now.Unix())...)
	})
}

// NoteTry stores the outcome of a try, unless the delivery no longer waits.
func (db *DB) NoteTry(ctx context.Context, try webhook.Try) error {
	return db.write(ctx, "record a delivery", func(t *tx) error {
		_, err := t.exec(`UPDATE webhook_deliveries SET state = ?, due_at = ?, tries = tries + 1,
			tried_at = ?, status = ?, answer = ? WHERE id = ? AND state = 'waiting'`,
			string(try.State), try.DueAt.Unix(), try.At.Unix(), try.Status, try.Answer, try.ID)
		if err != nil || try.Gone == nil {
			return err
		}
		off, err := t.exec(`UPDATE webhooks SET state = 'gone' WHERE state = 'active' AND id =
			(SELECT webhook_id FROM webhook_deliveries WHERE id = ?)`, try.ID)
		if err != nil || off == 0 {
			return err
		}
		return insertEntry(t, *try.Gone)
	})
}

// EraseDeliveries erases at most limit deliveries of events over a week ago.
func (db *DB) EraseDeliveries(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase deliveries", func(t *tx) (int, error) {
		erased, err := t.exec(`DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries
			WHERE happened <= ? ORDER BY happened LIMIT ?)`, now.Add(-deliveryAge).Unix(), limit)
		return int(erased), err
	})
}
