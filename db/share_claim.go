package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// Claim counts a view and gives the sealed bytes, in one transaction that is
// durable before it returns: the share's row first, then the code, then the
// counter, then the bytes.
func (db *DB) Claim(ctx context.Context, c share.Claim) (claimed share.Claimed, err error) {
	err = db.write(ctx, func(t *tx) (err error) {
		claimed, err = claim(t, c)
		return err
	})
	if err != nil {
		return share.Claimed{}, fault.Wrap("claim a view", err)
	}
	return claimed, nil
}

// claim never fails for a refusal: what it counted must be kept.
func claim(t *tx, c share.Claim) (share.Claimed, error) {
	entry := func(o share.Outcome) func() (audit.Entry, error) {
		return func() (audit.Entry, error) { return c.Entry(o) }
	}
	h, claimed, err := decide(t, c)
	if err != nil {
		return share.Claimed{}, err
	}
	switch {
	case claimed.Outcome == share.OutcomeMissing:
		return claimed, nil
	case claimed.Outcome == share.Opened, claimed.Outcome == share.CodeWrong && h.guessed:
		err = keepEntry(t, entry(claimed.Outcome))
	case claimed.Outcome == share.Repeated:
	default: // what no limit counts must not fill the audit log
		return claimed, refused(t, h.id, c.Now, entry(claimed.Outcome))
	}
	if err == nil && claimed.Outcome != share.CodeWrong {
		err = t.row(`SELECT nonce, ciphertext FROM share_content WHERE share_id = ?`, h.id).Scan(&claimed.Nonce, &claimed.Ciphertext)
	}
	return claimed, err
}

// decide locks the share, checks and counts the code, then counts the view.
func decide(t *tx, c share.Claim) (held, share.Claimed, error) {
	h, outcome, err := hold(t, c.ShareID, c.Now)
	if err != nil || outcome != share.Opened {
		return h, share.Claimed{Outcome: outcome}, err
	}
	earlier, err := h.earlierView(t, c)
	if err != nil {
		return h, share.Claimed{}, err
	}
	if earlier == viewLasting {
		return h, share.Claimed{Outcome: share.Repeated}, nil
	}
	if h.audience == share.Recipients {
		outcome, wait, err := h.prove(t, c, earlier)
		if err != nil || outcome != share.Opened {
			return h, share.Claimed{Outcome: outcome, RetryAfter: wait}, err
		}
	}
	outcome, err = h.count(t, c)
	return h, share.Claimed{Outcome: outcome}, err
}

// earlier says what there is of the claim's view already.
type earlier int

const (
	viewNew     earlier = iota
	viewOver            // the same one's, and it must be counted again
	viewLasting         // the same one's, and it may be repeated
	viewForeign         // another address's
)

// earlierView looks for the claim's view. With recipients it may be repeated by
// the address and the code that it was opened with.
func (h held) earlierView(t *tx, c share.Claim) (earlier, error) {
	var until int64
	var address []byte
	err := t.row(`SELECT until, address_mac FROM share_views WHERE share_id = ? AND view = ?`, h.id, c.View[:]).Scan(&until, &address)
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
		return viewLasting, nil
	}
	var view []byte
	err = t.row(`SELECT view FROM share_codes WHERE share_id = ? AND address_mac = ? AND code_mac = ?`,
		h.id, c.Proof.AddressMAC, c.Proof.CodeMAC).Scan(&view)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !bytes.Equal(view, c.View[:]) {
		return viewOver, nil
	}
	return viewLasting, err
}

// count counts a view by a conditional update, keeps its row, and ends the share
// when no view is left.
func (h held) count(t *tx, c share.Claim) (share.Outcome, error) {
	counted, err := h.countFor(t, c.Proof)
	if err != nil || counted == 0 {
		return share.ViewsUsedUp, err
	}
	until := h.until(c.Now)
	if err := insertView(t, c, until); err != nil {
		return share.Opened, err
	}
	last := h.maxViews > 0 && h.views+1 == h.maxViews
	if c.Proof != nil {
		if last, err = h.noViewLeft(t); err != nil {
			return share.Opened, err
		}
	}
	if last {
		err = h.end(t, share.Viewed, c.Now, until)
	}
	return share.Opened, err
}

// countFor counts for the share where anyone may open it, else for one address.
func (h held) countFor(t *tx, proof *share.Proof) (counted int64, err error) {
	if proof == nil {
		return t.exec(`UPDATE shares SET views = views + 1 WHERE id = ? AND (max_views = 0 OR views < max_views)`, h.id)
	}
	counted, err = t.exec(`INSERT INTO share_viewers (share_id, address_mac, views) VALUES (?, ?, 1)
		ON CONFLICT (share_id, address_mac) DO UPDATE SET views = share_viewers.views + 1
		WHERE ? = 0 OR share_viewers.views < ?`, h.id, proof.AddressMAC, h.maxViews, h.maxViews)
	if err != nil || counted == 0 {
		return 0, err
	}
	if _, err := t.exec(`UPDATE share_recipients SET views = views + 1 WHERE share_id = ? AND removed_at = 0
		AND (kind = 'email' AND mac = ? OR kind = 'domain' AND mac = ?)`, h.id, proof.AddressMAC, proof.DomainMAC); err != nil {
		return 0, err
	}
	return t.exec(`UPDATE shares SET views = views + 1 WHERE id = ?`, h.id)
}

// insertView keeps an opening. One whose time was over is counted anew in its old row.
func insertView(t *tx, c share.Claim, until int64) error {
	var proof share.Proof
	if c.Proof != nil {
		proof = *c.Proof
	}
	_, err := t.exec(`INSERT INTO share_views (share_id, view, opened_at, until, address, address_mac, domain_mac, agent)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (share_id, view) DO UPDATE SET opened_at = excluded.opened_at, until = excluded.until`,
		c.ShareID, c.View[:], c.Now.Unix(), until, proof.Address, proof.AddressMAC, proof.DomainMAC, c.Agent)
	return err
}

// Chunk gives one sealed chunk while the view lasts.
func (db *DB) Chunk(ctx context.Context, shareID string, view [16]byte, file, chunk int, now time.Time) ([]byte, error) {
	var until int64
	var state share.State
	var sealed []byte
	err := db.read().row(ctx, `SELECT v.until, s.state, c.sealed FROM shares s
		JOIN share_views v ON v.share_id = s.id
		LEFT JOIN share_chunks c ON c.share_id = s.id AND c.file = ? AND c.chunk = ?
		WHERE s.id = ? AND v.view = ?`, file, chunk, shareID, view[:]).Scan(&until, &state, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.Of(fault.NotFound)
	case err != nil:
		return nil, db.failed("read a chunk", err)
	case state == share.Revoked:
		return nil, fault.New(fault.Gone, fault.CodeRevoked, "This link was withdrawn by the person who shared it.")
	case until <= now.Unix():
		return nil, fault.Of(fault.Gone)
	case sealed == nil:
		return nil, fault.Of(fault.NotFound)
	}
	return sealed, nil
}
