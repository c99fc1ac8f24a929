package db

import (
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// lockedShare is a share whose row this transaction has locked, and which is
// neither revoked nor expired. Its views may be used up: the caller checks that.
type lockedShare struct {
	id         string
	state      share.State
	audience   share.Audience
	expiresAt  int64
	eraseAt    int64
	maxViews   int
	views      int
	wrongTries int
	files      bool
	day        int64 // of the last view, in days since 1970 (UTC)
	dayViews   int   // views of that day, where anyone can open
	guessed    bool  // this transaction counted a wrong try
	known      bool  // the claim's view has a row already
	byMinute   bool  // this transaction counts the view by the minute
	last       bool  // this transaction counted the last view

	nonce, ciphertext []byte // of a share for anyone, read with the view; nil once erased
}

// content returns the sealed bytes.
func (l lockedShare) content(t *tx) (nonce, ciphertext []byte, err error) {
	if l.ciphertext != nil {
		return l.nonce, l.ciphertext, nil
	}
	err = t.row(`SELECT nonce, ciphertext FROM share_content WHERE share_id = ?`, l.id).Scan(&nonce, &ciphertext)
	return nonce, ciphertext, err
}

// lockShare locks a share's row. The outcome is share.Opened, or the reason why the share can no
// longer be opened.
func lockShare(t *tx, id string, now time.Time) (lockedShare, share.Outcome, error) {
	l := lockedShare{id: id}
	err := t.row(`SELECT state, audience, expires_at, erase_at, max_views, views, wrong_tries, files,
			day, day_views FROM shares
		WHERE id = ? AND state IN ('active', 'viewed') AND expires_at > ?`+t.dialect.lockRow, id, now.Unix()).
		Scan(&l.state, &l.audience, &l.expiresAt, &l.eraseAt, &l.maxViews, &l.views, &l.wrongTries, &l.files,
			&l.day, &l.dayViews)
	if !errors.Is(err, sql.ErrNoRows) {
		return l, share.Opened, err
	}
	var state share.State
	err = t.row(`SELECT state FROM shares WHERE id = ?`, id).Scan(&state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, share.OutcomeMissing, nil
	case state == share.Revoked:
		return l, share.OutcomeRevoked, err
	default:
		return l, share.OutcomeExpired, err
	}
}

// isRevocable reports whether there is anything to end: a share without views left
// stays open to its last view while that lasts.
func (l lockedShare) isRevocable(now time.Time) bool {
	return l.state == share.Active || l.state == share.Viewed && l.eraseAt > now.Unix()
}

// viewEnd returns until when a view that begins now may be repeated.
func (l lockedShare) viewEnd(now time.Time) int64 {
	length := share.ViewTime
	if l.files {
		length = share.ViewTimeFiles
	}
	return min(l.expiresAt, now.Add(length).Unix())
}

// end ends the share for good. Its sealed bytes are due for erasure at eraseAt.
func (l lockedShare) end(t *tx, state share.State, now time.Time, eraseAt int64) error {
	_, err := t.exec(
		`UPDATE shares SET state = ?, ended_at = ?, erase_at = ?, due_at = ? WHERE id = ?`,
		string(state), now.Unix(), eraseAt, eraseAt, l.id,
	)
	if err != nil || l.audience == share.Anyone {
		return err
	}
	if _, err := t.exec(`UPDATE share_recipients SET state = ? WHERE share_id = ?`, string(state), l.id); err != nil {
		return err
	}
	if state == share.Revoked {
		_, err = t.exec(`DELETE FROM share_codes WHERE share_id = ?`, l.id)
	}
	return err
}

// usedUp reports whether every recipient has used up their views. A domain never
// has: it may have another address.
func (l lockedShare) usedUp(t *tx) (bool, error) {
	if l.maxViews == 0 {
		return false, nil
	}
	var left int
	err := t.row(`SELECT count(*) FROM share_recipients r
		LEFT JOIN share_viewers v ON v.share_id = r.share_id AND v.address_mac = r.mac
		WHERE r.share_id = ? AND r.removed_at = 0 AND (r.kind = 'domain' OR coalesce(v.views, 0) < ?)`,
		l.id, l.maxViews).Scan(&left)
	return left == 0, err
}

// refusalInterval is how often the audit log records a refusal of one share.
const refusalInterval = time.Minute

// insertRefusal stores the audit entry of a refusal unless refusalInterval has not
// passed since the last one.
func insertRefusal(t *tx, id string, now time.Time, entry func() (audit.Entry, error)) error {
	changed, err := t.exec(`UPDATE shares SET refused_at = ? WHERE id = ? AND refused_at <= ?`,
		now.Unix(), id, now.Add(-refusalInterval).Unix())
	if err != nil || changed == 0 {
		return err
	}
	return insertNewEntry(t, entry)
}

func insertNewEntry(t *tx, entry func() (audit.Entry, error)) error {
	e, err := entry()
	if err != nil {
		return err
	}
	return insertEntry(t, e)
}
