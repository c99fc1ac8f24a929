package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// maxActive is how many active shares are counted at most.
const maxActive = 1_000_000

// maxRevocations is how many ended orders are listed at most.
const maxRevocations = 20

// revocationTime is for how long an ended order is kept.
const revocationTime = 30 * 24 * time.Hour

const revocationColumns = `id, vault_id, ordered_by, ordered_at, total, judged, judged_to,
	revoked, native, worker, leased_until, ended_at, outcome`

// revocationPlaces returns where revocationColumns are scanned to.
func revocationPlaces(r *share.Revocation) []any {
	return []any{
		&r.ID, &r.VaultID, &r.OrderedBy, &r.OrderedAt, &r.Total, &r.Judged, &r.JudgedTo,
		&r.Revoked, &r.Native, &r.Worker, &r.LeasedUntil, &r.EndedAt, &r.Outcome,
	}
}

// orderRevocation ends the orders that a change replaces, gives back the others, so that their
// workers read the policies anew, and stores the order of the change itself.
func orderRevocation(t *tx, c share.PolicyChange) error {
	ofAll := c.VaultID == "" && c.Revoke != nil
	_, err := t.exec(
		`UPDATE share_revocations SET ended_at = ?, outcome = 'replaced'
		WHERE ended_at = 0 AND (vault_id = ? OR ? = 1)`,
		c.Now.Unix(), c.VaultID, boolToInt(ofAll),
	)
	if err != nil {
		return err
	}
	_, err = t.exec(
		`UPDATE share_revocations SET worker = '', leased_until = 0 WHERE ended_at = 0`,
	)
	if err != nil || c.Revoke == nil {
		return err
	}
	r := c.Revoke
	rules, err := json.Marshal(r.Rules)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO share_revocations
		(id, vault_id, rules, ordered_by, ordered_at, worker, leased_until)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.VaultID, string(rules), r.OrderedBy, r.OrderedAt, r.Worker, r.LeasedUntil)
	return err
}

// TakeRevocation leases the oldest order that no other worker has leased.
func (db *DB) TakeRevocation(
	ctx context.Context,
	worker string,
	now, until time.Time,
) (share.Revocation, bool, error) {
	const free = `ended_at = 0 AND (worker = ? OR leased_until <= ?)`
	var id string
	err := db.read(ctx).row(`SELECT id FROM share_revocations WHERE `+free+` ORDER BY id LIMIT 1`,
		worker, now.Unix()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return share.Revocation{}, false, nil
	}
	if err != nil {
		return share.Revocation{}, false, db.wrap("look for an order to revoke links", err)
	}
	var r share.Revocation
	err = db.write(ctx, "lease an order to revoke links", func(t *tx) error {
		var rules string
		err := t.row(`UPDATE share_revocations SET worker = ?, leased_until = ?
			WHERE id = ? AND `+free+` RETURNING rules, `+revocationColumns,
			worker, until.Unix(), id, worker, now.Unix(),
		).Scan(append([]any{&rules}, revocationPlaces(&r)...)...)
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(rules), &r.Rules)
	})
	if errors.Is(err, sql.ErrNoRows) { // another worker was faster
		return share.Revocation{}, false, nil
	}
	return r, err == nil, err
}

// RevokeJudged revokes the shares of a step that have not ended, and stores how far the
// order is.
func (db *DB) RevokeJudged(
	ctx context.Context,
	step share.RevocationStep,
) (after share.Revocation, ok bool, err error) {
	err = db.write(ctx, "revoke shares", func(t *tx) error {
		after = step.Order // anew where the transaction runs again
		held, err := advance(t, step)
		if ok = held; err != nil || !held {
			return err
		}
		revoked, err := revokeAll(t, step.Revoke, step.Now)
		if err != nil {
			return err
		}
		return closeStep(t, step, revoked, &after)
	})
	return after, ok && err == nil, err
}

// advance moves an order behind the links of a step, and reports whether it was where the
// worker left it. It locks the order first.
func advance(t *tx, step share.RevocationStep) (bool, error) {
	changed, err := t.exec(`UPDATE share_revocations
		SET total = ?, judged = judged + ?, judged_to = ?, native = native + ?, leased_until = ?
		WHERE id = ? AND worker = ? AND judged_to = ? AND ended_at = 0`,
		step.Total, step.Judged, step.JudgedTo, step.Native, step.LeasedUntil,
		step.Order.ID, step.Order.Worker, step.Order.JudgedTo)
	return changed == 1, err
}

// closeStep adds what a step revoked, and ends the order after the last one.
func closeStep(
	t *tx, step share.RevocationStep, revoked int, after *share.Revocation,
) error {
	var endedAt int64
	outcome := share.RevocationRunning
	if step.Last {
		endedAt, outcome = step.Now.Unix(), share.RevocationDone
	}
	err := t.row(`UPDATE share_revocations SET revoked = revoked + ?, ended_at = ?, outcome = ?
		WHERE id = ? RETURNING `+revocationColumns,
		revoked, endedAt, string(outcome), step.Order.ID,
	).Scan(revocationPlaces(after)...)
	if err != nil || !step.Last {
		return err
	}
	return insertNewEntry(t, func() (audit.Entry, error) { return step.Summary(*after) })
}

// revokeAll ends those of the shares that have not ended, as Revoke does, with the audit entry
// of each, and returns how many.
func revokeAll(t *tx, all []share.Ending, now time.Time) (int, error) {
	if len(all) == 0 {
		return 0, nil
	}
	ids := make([]string, len(all))
	entries := make(map[string]audit.Entry, len(all))
	for i, e := range all {
		ids[i], entries[e.ShareID] = e.ShareID, e.Entry
	}
	at := now.Unix()
	revoked, err := collect(t, scanText,
		`UPDATE shares SET state = 'revoked', ended_at = ?, erase_at = ?, due_at = ?
		WHERE id`+someOf(len(ids))+` AND expires_at > ?
			AND (state = 'active' OR state = 'viewed' AND erase_at > ?) RETURNING id`,
		append(append([]any{at, at, at}, padded(ids, powerOf2(len(ids)))...), at, at)...)
	if err != nil || len(revoked) == 0 {
		return 0, err
	}
	slices.Sort(revoked) // the engine's order is none
	in, args := someOf(len(revoked)), padded(revoked, powerOf2(len(revoked)))
	for _, query := range []string{
		`UPDATE share_recipients SET state = 'revoked' WHERE share_id`,
		`DELETE FROM share_codes WHERE share_id`,
	} {
		if _, err := t.exec(query+in, args...); err != nil {
			return 0, err
		}
	}
	made := make([]audit.Entry, len(revoked))
	for i, id := range revoked {
		made[i] = entries[id]
	}
	return len(revoked), insertEntries(t, made)
}

// someOf is the condition that a column has one of n values. Lists of many lengths share one
// text: padded by powerOf2 fills it.
func someOf(n int) string { return ` IN (` + placeholders(powerOf2(n)) + `)` }

// powerOf2 returns the least power of two from n on.
func powerOf2(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

// insertEntries stores audit entries, many in each statement.
func insertEntries(t *tx, entries []audit.Entry) error {
	const most = 64
	for batch := range slices.Chunk(entries, most) {
		if len(batch) < most {
			for _, e := range batch {
				if err := insertEntry(t, e); err != nil {
					return err
				}
			}
			continue
		}
		args := make([]any, 0, 6*most)
		for _, e := range batch {
			hash := e.DetailHash()
			args = append(
				args, e.At.UnixMilli(), string(e.Kind), e.Actor, e.Subject, e.Detail, hash[:],
			)
		}
		_, err := t.exec(`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash)
			VALUES `+strings.Repeat(`(?, ?, ?, ?, ?, ?), `, most-1)+`(?, ?, ?, ?, ?, ?)`, args...)
		if err != nil {
			return fault.Wrap("add audit entries", err)
		}
	}
	return nil
}

// ReturnRevocations ends the leases of a worker.
func (db *DB) ReturnRevocations(ctx context.Context, worker string) error {
	return db.write(ctx, "give back orders to revoke links", func(t *tx) error {
		_, err := t.exec(`UPDATE share_revocations SET worker = '', leased_until = 0
			WHERE ended_at = 0 AND worker = ?`, worker)
		return err
	})
}

// CountActive returns how many shares of a vault are active, of every vault for "", and at most
// maxActive. The sweeper may be late with some of them.
func (db *DB) CountActive(ctx context.Context, vaultID string) (n int, err error) {
	where, args := `state = 'active'`, []any{maxActive}
	if vaultID != "" {
		where, args = `vault_id = ? AND state = 'active'`, []any{vaultID, maxActive}
	}
	err = db.read(ctx).row(
		`SELECT count(*) FROM (SELECT 1 FROM shares WHERE `+where+` LIMIT ?) found`, args...,
	).Scan(&n)
	return n, db.wrap("count active shares", err)
}

// ListRevocations returns the orders that go on, and those that ended since.
func (db *DB) ListRevocations(
	ctx context.Context,
	endedSince time.Time,
) ([]share.Revocation, error) {
	list, err := collect(db.read(ctx), func(rows *sql.Rows) (r share.Revocation, err error) {
		err = rows.Scan(append(revocationPlaces(&r), &r.OrderedByName)...)
		return r, err
	}, `SELECT r.*, coalesce(u.name, '') FROM (
			SELECT `+revocationColumns+` FROM share_revocations WHERE ended_at = 0
			UNION ALL SELECT * FROM (SELECT `+revocationColumns+` FROM share_revocations
				WHERE ended_at >= ? AND ended_at > 0 ORDER BY ended_at DESC LIMIT ?) span) r
		LEFT JOIN users u ON u.id = r.ordered_by`, endedSince.Unix(), maxRevocations)
	slices.SortFunc(list, func(a, b share.Revocation) int { return strings.Compare(b.ID, a.ID) })
	return list, db.wrap("list orders to revoke links", err)
}

// EraseRevocations erases orders that ended long before now.
func (db *DB) EraseRevocations(ctx context.Context, now time.Time, limit int) (int, error) {
	return write(ctx, db, "erase orders to revoke links", func(t *tx) (int, error) {
		n, err := t.exec(`DELETE FROM share_revocations WHERE ended_at > 0 AND id IN
			(SELECT id FROM share_revocations WHERE ended_at < ? AND ended_at > 0 ORDER BY ended_at LIMIT ?)`,
			now.Add(-revocationTime).Unix(), limit)
		return int(n), err
	})
}
