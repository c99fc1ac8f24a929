package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"itemshare/audit"
	"itemshare/share"
)

// Claim counts a view and returns the sealed bytes, in one transaction that is
// durable before it returns. It locks the share's row first, then checks the code,
// counts the view and reads the bytes.
func (db *DB) Claim(ctx context.Context, c share.Claim) (share.ClaimResult, error) {
	return write(
		ctx,
		db,
		"claim a view",
		func(t *tx) (share.ClaimResult, error) { return claim(t, c) },
	)
}

// claim never fails for a refusal: the counters it changed must be committed.
func claim(t *tx, c share.Claim) (share.ClaimResult, error) {
	entry := func(o share.Outcome) func() (audit.Entry, error) {
		return func() (audit.Entry, error) { return c.Entry(o) }
	}
	l, claimed, err := decide(t, c)
	if err != nil {
		return share.ClaimResult{}, err
	}
	switch {
	case claimed.Outcome == share.OutcomeMissing:
		return claimed, nil
	case claimed.Outcome == share.Opened && l.last:
		err = insertNewEntry(t, entry(share.OpenedLast))
	case claimed.Outcome == share.Opened && !l.byMinute,
		claimed.Outcome == share.CodeWrong && l.guessed:
		err = insertNewEntry(t, entry(claimed.Outcome))
	case claimed.Outcome == share.Repeated:
	case claimed.Outcome == share.Opened: // recorded once its minute has ended
	default: // refusals that no limit counts must not fill the audit log
		return claimed, insertRefusal(t, l.id, c.Now, entry(claimed.Outcome))
	}
	if err == nil && claimed.Outcome != share.CodeWrong {
		claimed.Nonce, claimed.Ciphertext, err = l.content(t)
	}
	return claimed, err
}

// decide locks the share, checks and counts the code, then counts the view.
func decide(t *tx, c share.Claim) (lockedShare, share.ClaimResult, error) {
	l, outcome, err := lockShare(t, c.ShareID, c.Now)
	if err != nil || outcome != share.Opened {
		return l, share.ClaimResult{Outcome: outcome}, err
	}
	status, err := l.viewStatus(t, c)
	if err != nil {
		return l, share.ClaimResult{}, err
	}
	l.known = status != viewNew
	if status == viewRepeatable {
		return l, share.ClaimResult{Outcome: share.Repeated}, nil
	}
	if l.audience == share.Recipients {
		outcome, wait, err := l.checkCode(t, c, status)
		if err != nil || outcome != share.Opened {
			return l, share.ClaimResult{Outcome: outcome, RetryAfter: wait}, err
		}
	}
	outcome, err = l.countView(t, c)
	return l, share.ClaimResult{Outcome: outcome}, err
}

// viewStatus is what the database holds of a claim's view.
type viewStatus int

const (
	viewNew        viewStatus = iota
	viewOver                  // counted for this claim's address, and must be counted again
	viewRepeatable            // counted for this claim's address, and may be repeated
	viewForeign               // counted for another address
)

// viewStatus looks for the claim's view. With recipients the view may be repeated
// with the address and the code that it was opened with.
func (l *lockedShare) viewStatus(t *tx, c share.Claim) (viewStatus, error) {
	until, address, err := l.storedView(t, c.View[:])
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return viewNew, nil
	case err != nil:
		return viewNew, err
	case c.Proof != nil && !bytes.Equal(address, c.Proof.AddressMAC):
		return viewForeign, nil
	case until <= c.Now.Unix():
		return viewOver, nil
	case c.Proof == nil:
		return viewRepeatable, nil
	}
	var view []byte
	err = t.row(`SELECT view FROM share_codes WHERE share_id = ? AND address_mac = ? AND code_mac = ?`,
		l.id, c.Proof.AddressMAC, c.Proof.CodeMAC).
		Scan(&view)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !bytes.Equal(view, c.View[:]) {
		return viewOver, nil
	}
	return viewRepeatable, err
}

// countView counts a view by a conditional update, stores it, and ends the share when no
// view is left.
func (l *lockedShare) countView(t *tx, c share.Claim) (share.Outcome, error) {
	until := l.viewEnd(c.Now)
	counted, err := l.addView(t, c, until)
	if err != nil || counted == 0 {
		return share.ViewsUsedUp, err
	}
	store := insertView
	if l.byMinute {
		store = l.countInMinute
	}
	if err := store(t, c, until); err != nil {
		return share.Opened, err
	}
	if c.Proof == nil { // addView has ended the share with the last one
		l.last = l.maxViews > 0 && l.views+1 == l.maxViews
		return share.Opened, nil
	}
	l.last, err = l.usedUp(t)
	if err == nil && l.last {
		err = l.end(t, share.Viewed, c.Now, until)
	}
	return share.Opened, err
}

// addView adds a view to the share where anyone may open it, and ends it with the last one, else to
// one address and its recipient. It returns 0 when no view is left.
func (l *lockedShare) addView(t *tx, c share.Claim, until int64) (counted int64, err error) {
	proof := c.Proof
	if proof == nil {
		l.countToday(c.Now)
		const counts = `UPDATE shares SET views = views + 1, day = ?, day_views = ?`
		const whileLeft = ` WHERE id = ? AND (max_views = 0 OR views < max_views)`
		if l.maxViews > 0 && l.views+1 == l.maxViews {
			return t.exec(counts+`, state = 'viewed', ended_at = ?, erase_at = ?, due_at = ?`+whileLeft,
				l.day, l.dayViews, c.Now.Unix(), until, until, l.id)
		}
		return t.exec(counts+whileLeft, l.day, l.dayViews, l.id)
	}
	counted, err = t.exec(`INSERT INTO share_viewers (share_id, address_mac, views) VALUES (?, ?, 1)
		ON CONFLICT (share_id, address_mac) DO UPDATE SET views = share_viewers.views + 1
		WHERE ? = 0 OR share_viewers.views < ?`, l.id, proof.AddressMAC, l.maxViews, l.maxViews)
	if err != nil || counted == 0 {
		return 0, err
	}
	if _, err := t.exec(`UPDATE share_recipients SET views = views + 1 WHERE share_id = ? AND removed_at = 0
		AND (kind = 'email' AND mac = ? OR kind = 'domain' AND mac = ?)`,
		l.id, proof.AddressMAC, proof.DomainMAC); err != nil {
		return 0, err
	}
	return t.exec(`UPDATE shares SET views = views + 1 WHERE id = ?`, l.id)
}

// insertView stores a view. One that was over and is counted again keeps its row.
func insertView(t *tx, c share.Claim, until int64) error {
	var proof share.Proof
	if c.Proof != nil {
		proof = *c.Proof
	}
	_, err := t.exec(
		`INSERT INTO share_views (share_id, view, opened_at, until, address, address_mac, domain_mac, agent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (share_id, view) DO UPDATE SET opened_at = excluded.opened_at, until = excluded.until`,
		c.ShareID,
		c.View[:],
		c.Now.Unix(),
		until,
		proof.Address,
		proof.AddressMAC,
		proof.DomainMAC,
		c.Agent,
	)
	return err
}
