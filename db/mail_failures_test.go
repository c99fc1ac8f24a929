package db

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// messageOf returns the id of the newest message for an address of a share, "" if none is queued.
func messageOf(t *testing.T, db *DB, id, address string) (message string) {
	t.Helper()
	topic := sha256.Sum256(append([]byte(id+"\n"), hash(address)...))
	err := db.read(t.Context()).
		row(`SELECT coalesce(max(id), '') FROM mail_queue WHERE topic = ?`, topic[:]).Scan(&message)
	noError(t, err)
	return message
}

// failMail fails the newest message of an address; it is given up if retry is the zero time.
func failMail(t *testing.T, db *DB, id, address string, retry time.Time) {
	t.Helper()
	f := share.StoredFailure{
		MessageID: messageOf(t, db, id, address), ShareID: id, At: morning.Unix(),
		Address: []byte("sealed " + address), Reason: []byte("sealed 550"),
	}
	if !retry.IsZero() {
		f.RetryAt = retry.Unix()
		noError(t, db.FailMail(t.Context(), f, nil))
		return
	}
	entry := auditEntry(audit.CodeUndelivered, id)
	noError(t, db.FailMail(t.Context(), f, &entry))
}

func failuresOf(t *testing.T, db *DB, ids ...string) []share.StoredFailure {
	t.Helper()
	found, err := db.FailuresOf(t.Context(), ids)
	noError(t, err)
	return found
}

const undelivered = `audit_events WHERE kind = 'share.code_undelivered'`

func TestMailFailure(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob, "eve@x.example"))
	wantCode(t, db, id, bob, "1", morning, share.Opened)

	failMail(t, db, id, bob, after(time.Minute))
	if got := failuresOf(t, db, id, "other"); len(got) != 1 ||
		got[0].RetryAt != after(time.Minute).Unix() || string(got[0].Address) != "sealed "+bob {
		t.Errorf("while it is retried: %+v", got)
	}
	if n := countRows(t, db, `mail_queue WHERE tries = 1`); n != 1 || countRows(t, db, undelivered) != 0 {
		t.Error("the message is not postponed, or was audited already")
	}

	failMail(t, db, id, bob, time.Time{})
	if got := failuresOf(t, db, id); len(got) != 1 || got[0].RetryAt != 0 {
		t.Errorf("after it was given up: %+v", got)
	}
	if n := countRows(t, db, undelivered); n != 1 || messageOf(t, db, id, bob) != "" {
		t.Errorf("%d audit events, message %q", n, messageOf(t, db, id, bob))
	}

	wantCode(t, db, id, "eve@x.example", "2", morning, share.Opened)
	noError(t, db.DoneMail(t.Context(), messageOf(t, db, id, "eve@x.example")))
	if got := failuresOf(t, db, id); len(got) != 1 {
		t.Errorf("a delivery to another address erased bob's failure: %+v", got)
	}
	wantCode(t, db, id, bob, "3", after(time.Minute), share.Opened)
	noError(t, db.DoneMail(t.Context(), messageOf(t, db, id, bob)))
	if got := failuresOf(t, db, id); len(got) != 0 {
		t.Errorf("left after a later code was delivered: %+v", got)
	}
}

// TestFailureOfAReplacedMessage asserts that only the newer message of an address counts.
func TestFailureOfAReplacedMessage(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to(bob))
	wantCode(t, db, id, bob, "1", morning, share.Opened)
	old := messageOf(t, db, id, bob)
	wantCode(t, db, id, bob, "2", after(time.Second), share.Opened)
	entry := auditEntry(audit.CodeUndelivered, id)
	noError(t, db.FailMail(t.Context(), share.StoredFailure{MessageID: old, ShareID: id}, &entry))
	if len(failuresOf(t, db, id)) != 0 || countRows(t, db, undelivered) != 0 ||
		messageOf(t, db, id, bob) == "" {
		t.Error("the failure of a replaced message was stored")
	}
}

// TestFailuresAreBounded asserts that a share records at most fifty failures, whatever addresses
// of a domain are requested.
func TestFailuresAreBounded(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 1, to("@x.example"), expiringAfter(48*time.Hour))
	for n := range 60 {
		address := fmt.Sprintf("p%d@x.example", n)
		wantCode(t, db, id, address, "1", after(time.Duration(n)*time.Hour/20), share.Opened)
		failMail(t, db, id, address, time.Time{})
	}
	if n := len(failuresOf(t, db, id)); n != failuresOfShare {
		t.Errorf("%d failures of one share", n)
	}
	if latest, err := db.LatestFailures(t.Context(), after(time.Hour), 7); len(latest) != 7 || err != nil {
		t.Errorf("%d latest, %v", len(latest), err)
	}
}

func TestFailuresAreErased(t *testing.T) {
	db := newDatabase(t)
	var ids []string
	for n := range 2 {
		ids = append(ids, createShare(t, db, n, to(bob)))
		wantCode(t, db, ids[n], bob, "1", morning, share.Opened)
		failMail(t, db, ids[n], bob, time.Time{})
	}
	revoke(t, db, ids[0], morning, true)
	if _, err := db.EraseHistory(t.Context(), after(time.Hour), 9); err != nil {
		t.Fatal(err)
	}
	if got := failuresOf(t, db, ids...); len(got) != 1 || got[0].ShareID != ids[1] {
		t.Errorf("after the history was erased: %+v", got)
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{30*24*time.Hour - time.Second, 0}, {30 * 24 * time.Hour, 1}} {
		if n, err := db.EraseMailFailures(t.Context(), after(step.after), 9); n != step.want || err != nil {
			t.Errorf("after %s: %d, %v", step.after, n, err)
		}
	}
}

func TestMailBacklog(t *testing.T) {
	db := newDatabase(t)
	if b, err := db.MailBacklog(t.Context()); err != nil || b.Waiting != 0 || !b.Oldest.IsZero() {
		t.Errorf("%+v, %v", b, err)
	}
	queueMail(t, db, "a", "a", after(time.Minute))
	queueMail(t, db, "b", "b", morning)
	if b, err := db.MailBacklog(t.Context()); err != nil || b.Waiting != 2 || !b.Oldest.Equal(morning) {
		t.Errorf("%+v, %v", b, err)
	}
}

// mailedCodes counts the codes that were mailed, or would have been if the address were listed.
const mailedCodes = `share_code_log WHERE wrong = 0 AND withheld = 0`

// TestCodesOfAnAddressOverAllShares requests three codes for one address through each of forty
// shares. The results are those of an address that was never mailed.
func TestCodesOfAnAddressOverAllShares(t *testing.T) {
	for name, who := range map[string]string{"listed": bob, "unlisted": "mallory@y.example"} {
		t.Run(name, func(t *testing.T) {
			db := newDatabase(t)
			var ids []string
			for n := range 40 {
				ids = append(ids, createShare(t, db, n, to(bob, "eve@x.example"), expiringAfter(48*time.Hour)))
			}
			ask := func(at time.Duration, address string) {
				t.Helper()
				for n, id := range ids {
					code := fmt.Sprint(n, at)
					if got := wantCode(t, db, id, address, code, after(at), share.Opened); got.RetryAfter != 0 {
						t.Errorf("wait %s", got.RetryAfter)
					}
				}
			}
			for try := range 3 {
				ask(time.Duration(try)*time.Second, who)
			}
			if n := countRows(t, db, `mail_queue`); n != 10 {
				t.Errorf("%d emails", n)
			}
			for _, step := range []struct {
				at   time.Duration
				want int
			}{
				{59 * time.Minute, 10},
				{time.Hour, 19},
				{2*time.Hour + time.Second, 30},
				{9 * time.Hour, 30},
				{25 * time.Hour, 40},
			} {
				ask(step.at, who)
				if n := countRows(t, db, mailedCodes); n < step.want-1 || n > step.want+1 {
					t.Errorf("after %s: %d codes, want about %d", step.at, n, step.want)
				}
			}
		})
	}
}

// TestWithheldCode asserts that the request is counted and audited, that no email is queued, and
// that the code mailed before stays valid.
func TestWithheldCode(t *testing.T) {
	db := newDatabase(t)
	id := createShare(t, db, 100, to(bob))
	wantCode(t, db, id, bob, "mailed", morning, share.Opened)
	for n := range 9 {
		other := createShare(t, db, n, to(bob))
		wantCode(t, db, other, bob, "1", morning, share.Opened)
	}
	before := countRows(t, db, `mail_queue`)
	wantCode(t, db, id, bob, "withheld", morning, share.Opened)
	if n := countRows(t, db, `mail_queue`); n != before {
		t.Errorf("%d emails, %d before", n, before)
	}
	if n := countRows(t, db, `share_code_log WHERE withheld = 1`); n != 1 {
		t.Errorf("%d requests counted as withheld", n)
	}
	wantCode(t, db, createShare(t, db, 200, to("eve@x.example")), "eve@x.example", "1", morning, share.Opened)
	if n := countRows(t, db, `mail_queue`); n != before+1 {
		t.Error("another address gets no code")
	}
	wantClaim(t, db, id, 1, morning, proofOf(bob, "withheld"), share.CodeWrong)
	wantClaim(t, db, id, 2, morning, proofOf(bob, "mailed"), share.Opened)
}

// TestCodesOfAnAddressAtOnce asserts that simultaneous requests, through several shares and
// processes, mail no more codes than sequential ones.
func TestCodesOfAnAddressAtOnce(t *testing.T) {
	handles := openTwice(t)
	addSharer(t, handles[0], "ada")
	var ids []string
	for n := range 40 {
		ids = append(ids, createShare(t, handles[0], n, to(bob)))
	}
	simultaneously(80, func(i int) {
		issued, err := tryCode(handles[i%2], ids[i/2], bob, fmt.Sprint(i), morning)
		if err != nil || issued.Outcome != share.Opened {
			t.Errorf("%+v, %v", issued, err)
		}
	})
	if n := countRows(t, handles[0], mailedCodes); n != mailsOfAddressHour {
		t.Errorf("%d codes were mailed", n)
	}
}
