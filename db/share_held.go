package db

import (
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// held is a share whose row this transaction has locked, and which is neither
// revoked nor expired. That its views may be used up is for the caller to see.
type held struct {
	id         string
	state      share.State
	audience   share.Audience
	expiresAt  int64
	eraseAt    int64
	maxViews   int
	views      int
	wrongTries int
	files      bool
	guessed    bool // this transaction counted a wrong try
}

// hold locks a share's row by updating it. Where it cannot be opened any more,
// the outcome says why, else it is share.Opened.
func hold(t *tx, id string, now time.Time) (held, share.Outcome, error) {
	h := held{id: id}
	err := t.row(`UPDATE shares SET refused_at = refused_at WHERE id = ? AND state IN ('active', 'viewed') AND expires_at > ?
		RETURNING state, audience, expires_at, erase_at, max_views, views, wrong_tries, files`, id, now.Unix()).
		Scan(&h.state, &h.audience, &h.expiresAt, &h.eraseAt, &h.maxViews, &h.views, &h.wrongTries, &h.files)
	if !errors.Is(err, sql.ErrNoRows) {
		return h, share.Opened, err
	}
	var state share.State
	err = t.row(`SELECT state FROM shares WHERE id = ?`, id).Scan(&state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return h, share.OutcomeMissing, nil
	case state == share.Revoked:
		return h, share.OutcomeRevoked, err
	default:
		return h, share.OutcomeExpired, err
	}
}

// revocable tells whether there is anything to end: a share with no view left is
// still open to its last view while that lasts.
func (h held) revocable(now time.Time) bool {
	return h.state == share.Active || h.state == share.Viewed && h.eraseAt > now.Unix()
}

// until is how long a view that begins now may be repeated.
func (h held) until(now time.Time) int64 {
	length := share.ViewTime
	if h.files {
		length = share.ViewTimeFiles
	}
	return min(h.expiresAt, now.Add(length).Unix())
}

// end ends the share for good. Its sealed bytes are due for erasure at eraseAt.
func (h held) end(t *tx, state share.State, now time.Time, eraseAt int64) error {
	_, err := t.exec(`UPDATE shares SET state = ?, ended_at = ?, erase_at = ?, due_at = ? WHERE id = ?`,
		string(state), now.Unix(), eraseAt, eraseAt, h.id)
	if err != nil || h.audience == share.Anyone {
		return err
	}
	if _, err := t.exec(`UPDATE share_recipients SET state = ? WHERE share_id = ?`, string(state), h.id); err != nil {
		return err
	}
	if state == share.Revoked {
		_, err = t.exec(`DELETE FROM share_codes WHERE share_id = ?`, h.id)
	}
	return err
}

// noViewLeft tells whether every person named has used up the views. A named
// domain has always another address.
func (h held) noViewLeft(t *tx) (bool, error) {
	if h.maxViews == 0 {
		return false, nil
	}
	var left int
	err := t.row(`SELECT count(*) FROM share_recipients r
		LEFT JOIN share_viewers v ON v.share_id = r.share_id AND v.address_mac = r.mac
		WHERE r.share_id = ? AND r.removed_at = 0 AND (r.kind = 'domain' OR coalesce(v.views, 0) < ?)`,
		h.id, h.maxViews).Scan(&left)
	return left == 0, err
}

// refuseEvery is how often a refusal of one share is kept in the audit log.
const refuseEvery = time.Minute

// refused keeps the audit entry of a refusal unless one was kept within the minute.
func refused(t *tx, id string, now time.Time, entry func() (audit.Entry, error)) error {
	first, err := t.exec(`UPDATE shares SET refused_at = ? WHERE id = ? AND refused_at <= ?`,
		now.Unix(), id, now.Add(-refuseEvery).Unix())
	if err != nil || first == 0 {
		return err
	}
	return keepEntry(t, entry)
}

func keepEntry(t *tx, entry func() (audit.Entry, error)) error {
	e, err := entry()
	if err != nil {
		return err
	}
	return insertEntry(t, e)
}
