package db

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"

	"itemshare/share"
)

// The limits of docs/share-link-v1.md, section Codes.
const (
	triesOfCode    = 5   // wrong tries end a code
	triesOfShare   = 100 // wrong tries end the share's codes for good
	triesOfAddress = 20  // in codeDay

	codesOfAddressSoon = 3 // in codeQuarter
	codesOfAddress     = 10
	codesOfShareSoon   = 30 // in codeHour
	codesOfShare       = 100

	mailsOfAddressHour = 10 // mailed codes of one address, over all shares
	mailsOfAddressDay  = 30

	codeQuarter = 15 * time.Minute
	codeHour    = time.Hour
	codeDay     = 24 * time.Hour
)

// window is how many events there were since some time, and when the first was.
type window struct {
	count int
	first sql.NullInt64
}

// wait returns how long until the window of this length holds less than limit.
func (w window) wait(limit int, length time.Duration, now time.Time) time.Duration {
	if w.count < limit {
		return 0
	}
	return max(time.Second, time.Unix(w.first.Int64, 0).Add(length).Sub(now))
}

// IssueCode stores a code and queues its mail, unless a limit is reached. It does the
// same for listed and unlisted addresses.
func (db *DB) IssueCode(ctx context.Context, c share.CodeIssue) (share.IssueResult, error) {
	return write(
		ctx,
		db,
		"issue a code",
		func(t *tx) (share.IssueResult, error) { return issueCode(t, c) },
	)
}

func issueCode(t *tx, c share.CodeIssue) (share.IssueResult, error) {
	l, outcome, err := lockShare(t, c.ShareID, c.Now)
	if err != nil || outcome != share.Opened {
		return share.IssueResult{Outcome: outcome}, err
	}
	wait, err := l.codeWait(t, c)
	if err != nil || wait > 0 {
		return share.IssueResult{Outcome: share.TooManyTries, RetryAfter: wait}, err
	}
	mailed, err := mailedEnough(t, c)
	if err != nil {
		return share.IssueResult{}, err
	}
	if err := countCode(t, c, mailed); err != nil {
		return share.IssueResult{}, err
	}
	if mailed { // a code that was mailed before stays valid
		return share.IssueResult{Outcome: share.Opened}, insertEntry(t, c.Withheld)
	}
	if err := replaceCode(t, c); err != nil {
		return share.IssueResult{}, err
	}
	topic := sha256.Sum256(append([]byte(c.ShareID+"\n"), c.AddressMAC...))
	if err := insertMail(t, c.MailID, topic[:], c.Mail, c.ExpiresAt.Unix(), c.Now.Unix()); err != nil {
		return share.IssueResult{}, err
	}
	return share.IssueResult{Outcome: share.Opened}, insertEntry(t, c.Entry)
}

// codeWait returns how long until another code may be requested.
func (l lockedShare) codeWait(t *tx, c share.CodeIssue) (time.Duration, error) {
	if l.wrongTries >= triesOfShare {
		return time.Unix(l.expiresAt, 0).Sub(c.Now), nil
	}
	var quarter, day, shareHour, shareDay window
	soon, hour := c.Now.Add(-codeQuarter).Unix(), c.Now.Add(-codeHour).Unix()
	err := t.row(`SELECT
			count(*) FILTER (WHERE address_mac = ? AND at > ?), min(at) FILTER (WHERE address_mac = ? AND at > ?),
			count(*) FILTER (WHERE address_mac = ?), min(at) FILTER (WHERE address_mac = ?),
			count(*) FILTER (WHERE at > ?), min(at) FILTER (WHERE at > ?),
			count(*), min(at)
		FROM share_code_log WHERE share_id = ? AND wrong = 0 AND at > ?`,
		c.AddressMAC, soon, c.AddressMAC, soon, c.AddressMAC, c.AddressMAC, hour, hour,
		l.id, c.Now.Add(-codeDay).Unix()).
		Scan(&quarter.count, &quarter.first, &day.count, &day.first,
			&shareHour.count, &shareHour.first, &shareDay.count, &shareDay.first)
	return max(
		quarter.wait(codesOfAddressSoon, codeQuarter, c.Now),
		day.wait(codesOfAddress, codeDay, c.Now),
		shareHour.wait(codesOfShareSoon, codeHour, c.Now),
		shareDay.wait(codesOfShare, codeDay, c.Now)), err
}

// mailedEnough reports whether the address has been mailed as many codes, over all shares, as one
// address may get. It counts addresses that are not recipients alike. The lock makes requests for
// one address wait for each other, whatever their shares.
func mailedEnough(t *tx, c share.CodeIssue) (bool, error) {
	if err := t.lock(int64(binary.BigEndian.Uint64(c.AddressMAC))); err != nil {
		return false, err
	}
	var hour, day int
	err := t.row(`SELECT count(*) FILTER (WHERE at > ?), count(*) FILTER (WHERE at > ?)
		FROM share_code_log WHERE address_mac = ? AND wrong = 0 AND withheld = 0`,
		c.Now.Add(-codeHour).Unix(), c.Now.Add(-codeDay).Unix(), c.AddressMAC).Scan(&hour, &day)
	return hour >= mailsOfAddressHour || day >= mailsOfAddressDay, err
}

// countCode counts a request for the limits, and for the progress of the recipient.
func countCode(t *tx, c share.CodeIssue, withheld bool) error {
	_, err := t.exec(
		`INSERT INTO share_code_log (share_id, address_mac, at, wrong, withheld) VALUES (?, ?, ?, 0, ?)`,
		c.ShareID, c.AddressMAC, c.Now.Unix(), boolToInt(withheld))
	if err != nil {
		return err
	}
	_, err = t.exec(
		`UPDATE share_recipients SET codes = codes + 1 WHERE share_id = ? AND removed_at = 0
		AND (kind = 'email' AND mac = ? OR kind = 'domain' AND mac = ?)`,
		c.ShareID, c.AddressMAC, c.DomainMAC)
	return err
}

// replaceCode stores the newest code of an address and deletes the one before.
func replaceCode(t *tx, c share.CodeIssue) error {
	_, err := t.exec(
		`DELETE FROM share_codes WHERE share_id = ? AND address_mac = ? AND (view IS NULL OR code_mac = ?)`,
		c.ShareID,
		c.AddressMAC,
		c.CodeMAC,
	)
	if err != nil {
		return err
	}
	_, err = t.exec(
		`INSERT INTO share_codes (share_id, address_mac, code_mac, domain_mac, expires_at)
		VALUES (?, ?, ?, ?, ?)`,
		c.ShareID,
		c.AddressMAC,
		c.CodeMAC,
		c.DomainMAC,
		c.ExpiresAt.Unix(),
	)
	if err != nil {
		return err
	}
	return err
}

// checkCode checks the code that came with a claim and uses it up for the claim's
// view. A wrong one is counted where there was a live one to guess.
func (l *lockedShare) checkCode(
	t *tx,
	c share.Claim,
	status viewStatus,
) (share.Outcome, time.Duration, error) {
	if c.Proof == nil {
		return share.CodeWrong, 0, nil
	}
	wait, err := l.tryWait(t, c)
	if err != nil || wait > 0 {
		return share.TooManyTries, wait, err
	}
	live, right, err := l.compareCode(t, c)
	switch {
	case err != nil:
		return share.CodeWrong, 0, err
	case !live || status == viewForeign:
		return share.CodeWrong, 0, nil
	case !right:
		return share.CodeWrong, 0, l.countWrongTry(t, c)
	}
	_, err = t.exec(`UPDATE share_codes SET view = ?, expires_at = ?
		WHERE share_id = ? AND address_mac = ? AND code_mac = ?`,
		c.View[:], l.viewEnd(c.Now), l.id, c.Proof.AddressMAC, c.Proof.CodeMAC)
	return share.Opened, 0, err
}

// tryWait returns how long until another code may be tried.
func (l lockedShare) tryWait(t *tx, c share.Claim) (time.Duration, error) {
	if l.wrongTries >= triesOfShare {
		return time.Unix(l.expiresAt, 0).Sub(c.Now), nil
	}
	var day window
	err := t.row(`SELECT count(*), min(at) FROM share_code_log
		WHERE share_id = ? AND at > ? AND wrong = 1 AND address_mac = ?`,
		l.id, c.Now.Add(-codeDay).Unix(), c.Proof.AddressMAC).Scan(&day.count, &day.first)
	return day.wait(triesOfAddress, codeDay, c.Now), err
}

// compareCode reports whether the address has a live code, one that can still be
// tried, and whether the claim has the right code of an address that is still a
// recipient. It always runs both queries, so that its time reveals nothing.
func (l lockedShare) compareCode(t *tx, c share.Claim) (live, right bool, err error) {
	var code []byte
	var expiresAt int64
	var tries, listed int
	err = t.row(`SELECT code_mac, expires_at, tries FROM share_codes
		WHERE share_id = ? AND address_mac = ? AND view IS NULL`,
		l.id, c.Proof.AddressMAC).
		Scan(&code, &expiresAt, &tries)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, false, err
	}
	err = t.row(`SELECT count(*) FROM share_recipients WHERE share_id = ? AND removed_at = 0
		AND (kind = 'email' AND mac = ? OR kind = 'domain' AND mac = ?)`,
		l.id, c.Proof.AddressMAC, c.Proof.DomainMAC).Scan(&listed)
	live = code != nil && expiresAt > c.Now.Unix() && tries < triesOfCode
	return live, live && subtle.ConstantTimeCompare(code, c.Proof.CodeMAC) == 1 && listed > 0, err
}

// countWrongTry counts a wrong try against the code, the address and the share.
func (l *lockedShare) countWrongTry(t *tx, c share.Claim) error {
	l.guessed = true
	_, err := t.exec(
		`UPDATE share_codes SET tries = tries + 1 WHERE share_id = ? AND address_mac = ? AND view IS NULL`,
		l.id,
		c.Proof.AddressMAC,
	)
	if err != nil {
		return err
	}
	_, err = t.exec(
		`INSERT INTO share_code_log (share_id, address_mac, at, wrong) VALUES (?, ?, ?, 1)`,
		l.id, c.Proof.AddressMAC, c.Now.Unix())
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE shares SET wrong_tries = wrong_tries + 1 WHERE id = ?`, l.id)
	return err
}
