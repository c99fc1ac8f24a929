package db

import (
	"context"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// CountActiveOf returns how many active links somebody has.
func (db *DB) CountActiveOf(ctx context.Context, f share.Filter) (n int, err error) {
	err = db.read(ctx).row(`SELECT count(*) FROM shares
		WHERE owner_id = ? AND state = 'active' AND expires_at > ?`, f.OwnerID, f.Now.Unix()).Scan(&n)
	return n, db.wrap("count active links", err)
}

// HandOver makes the active links of one person those of another, who may sign in.
func (db *DB) HandOver(
	ctx context.Context, from, to string, f share.Filter, entry func(n int) (audit.Entry, error),
) (int, error) {
	return write(ctx, db, "hand over links", func(t *tx) (int, error) {
		if err := t.lock(policyLock); err != nil {
			return 0, err
		}
		err := mustChange(t.exec(`UPDATE users SET id = id
			WHERE id = ? AND id <> ? AND disabled = 0 AND pending = 0 AND `+isPerson, to, from))
		if fault.KindOf(err) == fault.NotFound {
			return 0, fault.Field("to", fault.CodeInvalid, "Choose someone else who can sign in.")
		}
		if err != nil {
			return 0, err
		}
		_, err = t.exec(`UPDATE share_recipients SET owner_id = ? WHERE share_id IN (SELECT id
			FROM shares WHERE owner_id = ? AND state = 'active' AND expires_at > ?)`,
			to, from, f.Now.Unix())
		if err != nil {
			return 0, err
		}
		handed, err := t.exec(`UPDATE shares SET owner_id = ?, tell = 0
			WHERE owner_id = ? AND state = 'active' AND expires_at > ?`, to, from, f.Now.Unix())
		if err == nil && handed > 0 {
			err = insertNewEntry(t, func() (audit.Entry, error) { return entry(int(handed)) })
		}
		return int(handed), err
	})
}
