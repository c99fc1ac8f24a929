package audit_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"itemshare/audit"
)

func TestVerifyIntact(t *testing.T) {
	f := newLog(t)
	if report, err := f.verify(""); report != (audit.Report{}) || err != nil {
		t.Fatalf("empty: %+v, %v", report, err)
	}
	f.add(t, 0, 600) // more than one batch of the sealer and of the proof
	if report, err := f.verify(""); report.Unsealed != 600 || report.Count != 0 || err != nil {
		t.Fatalf("unsealed: %+v, %v", report, err)
	}
	f.seal(t)
	early, err := f.verify("")
	if early.Count != 600 || early.Unsealed != 0 || len(early.Head) != 64 || err != nil {
		t.Fatalf("sealed: %+v, %v", early, err)
	}
	f.add(t, 600, 3)
	f.seal(t)
	f.add(t, 603, 2)
	late, err := f.verify(strings.ToUpper(early.Head))
	if late.Count != 603 || late.Unsealed != 2 || late.Head == early.Head || err != nil {
		t.Errorf("grown: %+v, %v", late, err)
	}
}

// TestVerifyBroken tampers with a chain of 20 events in every way that an attacker of the database
// has.
func TestVerifyBroken(t *testing.T) {
	tests := []struct {
		why    string
		sql    []string
		first  int64
		reason string
	}{
		{
			"actor",
			[]string{`UPDATE audit_events SET actor = 'eve' WHERE number = 7`},
			7,
			"changed",
		},
		{
			"kind",
			[]string{`UPDATE audit_events SET kind = 'signout' WHERE number = 7`},
			7,
			"changed",
		},
		{
			"time",
			[]string{`UPDATE audit_events SET at = at - 1 WHERE number = 7`},
			7,
			"changed",
		},
		{
			"subject",
			[]string{`UPDATE audit_events SET subject = '' WHERE number = 7`},
			7,
			"changed",
		},
		{
			"letters moved from one column to the next",
			[]string{
				`UPDATE audit_events SET actor = actor || substr(subject, 1, 1), subject = substr(subject, 2)
				WHERE number = 7`,
			},
			7,
			"changed",
		},
		{
			"a bit of the detail",
			[]string{`UPDATE audit_events SET detail = zeroblob(20) WHERE number = 7`},
			7,
			"detail",
		},
		{
			"an emptied detail that is not an erased one",
			[]string{`UPDATE audit_events SET detail = x'' WHERE number = 7`},
			7,
			"detail",
		},
		{
			"the detail and its hash",
			[]string{
				`UPDATE audit_events SET (detail, detail_hash) =
				(SELECT detail, detail_hash FROM audit_events WHERE number = 9) WHERE number = 7`,
			},
			7,
			"changed",
		},
		{
			"the hash of an erased detail",
			[]string{
				`UPDATE audit_events SET detail = NULL, detail_hash = zeroblob(32) WHERE number = 7`,
			},
			7,
			"changed",
		},
		{
			"the hash",
			[]string{`UPDATE audit_events SET hash = zeroblob(32) WHERE number = 20`},
			20,
			"changed",
		},
		{
			"the MAC",
			[]string{`UPDATE audit_events SET mac = zeroblob(32) WHERE number = 20`},
			20,
			"key",
		},
		{"no MAC", []string{`UPDATE audit_events SET mac = x'' WHERE number = 1`}, 1, "key"},
		{"removed", []string{`DELETE FROM audit_events WHERE number = 7`}, 7, "missing"},
		{"the first removed", []string{`DELETE FROM audit_events WHERE number = 1`}, 1, "missing"},
		{
			"removed, and the gap closed",
			[]string{
				`DELETE FROM audit_events WHERE number = 7`,
				renumber("number > 7", "- 1"),
				settle,
			},
			7,
			"changed",
		},
		{"inserted", []string{
			renumber("number > 6", "+ 1"), settle,
			`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash, number, hash, mac)
				SELECT at, kind, actor, subject, detail, detail_hash, 7, hash, mac
				FROM audit_events WHERE number = 3`,
		}, 7, "changed"},
		{
			"two swapped",
			[]string{
				`UPDATE audit_events SET number = -7 WHERE number = 8`,
				`UPDATE audit_events SET number = 8 WHERE number = 7`,
				settle,
			},
			7,
			"changed",
		},
		{
			"taken out of the chain",
			[]string{
				`UPDATE audit_events SET number = NULL, hash = NULL, mac = NULL WHERE number = 7`,
			},
			7,
			"missing",
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			f := newLog(t)
			f.add(t, 0, 20)
			f.seal(t)
			f.tamper(t, tt.sql...)
			report, err := f.verify("")
			var broken *audit.Broken
			if !errors.As(err, &broken) || broken.Number != tt.first ||
				!strings.Contains(broken.Reason, tt.reason) {
				t.Fatalf("err = %v, want event %d: %s", err, tt.first, tt.reason)
			}
			if report.Count != tt.first-1 {
				t.Errorf("verified up to %d", report.Count)
			}
		})
	}
}

// renumber moves numbers below zero, so that they stay unique. settle moves them back.
func renumber(where, by string) string {
	return `UPDATE audit_events SET number = -(number ` + by + `) WHERE ` + where
}

const settle = `UPDATE audit_events SET number = -number WHERE number < 0`

// TestVerifyResealed: an attacker who has the program but not the key can create a chain with
// correct hashes, but not the MACs.
func TestVerifyResealed(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	f.tamper(
		t,
		`UPDATE audit_events SET number = NULL, hash = NULL, mac = NULL, actor = 'eve' WHERE number >= 7`,
	)
	forger := newLog(t)
	if err := audit.NewSealer(f.db, forger.mac, slog.New(slog.DiscardHandler)).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := f.verify("")
	var broken *audit.Broken
	if !errors.As(err, &broken) || broken.Number != 7 || !strings.Contains(broken.Reason, "key") {
		t.Errorf("err = %v", err)
	}
}

// TestVerifyHead: a head that was stored elsewhere shows that the end was removed.
func TestVerifyHead(t *testing.T) {
	tests := []struct {
		why   string
		sql   []string
		first int64
	}{
		{"the last cut off", []string{`DELETE FROM audit_events WHERE number = 20`}, 20},
		{"all cut off", []string{`DELETE FROM audit_events`}, 1},
		{
			"the last changed and sealed anew",
			[]string{
				`UPDATE audit_events SET number = NULL, hash = NULL, mac = NULL, actor = 'eve' WHERE number = 20`,
			},
			21,
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			f := newLog(t)
			f.add(t, 0, 20)
			f.seal(t)
			before, err := f.verify("")
			if err != nil {
				t.Fatal(err)
			}
			f.tamper(t, tt.sql...)
			f.seal(t)
			if _, err := f.verify(""); err != nil {
				t.Errorf("without a head it cannot show: %v", err)
			}
			_, err = f.verify(before.Head)
			var broken *audit.Broken
			if !errors.As(err, &broken) || broken.Number != tt.first {
				t.Errorf("err = %v, want event %d", err, tt.first)
			}
		})
	}
}

func TestVerifyErasedDetails(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.tamper(t, `UPDATE audit_events SET detail = NULL WHERE id = 3`) // before it was sealed
	f.seal(t)
	before, _ := f.verify("")
	f.tamper(t, `UPDATE audit_events SET detail = NULL WHERE number % 2 = 0`)
	if report, err := f.verify(before.Head); report.Count != 20 || err != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestVerifyCannotCheck(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 2)
	f.seal(t)
	var broken *audit.Broken
	for _, head := range []string{
		"0", "zz", strings.Repeat("0", 63), strings.Repeat("0", 66), strings.Repeat("g", 64),
	} {
		if _, err := f.verify(head); err == nil || errors.As(err, &broken) {
			t.Errorf("head %q: %v", head, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := audit.Verify(ctx, f.db, f.mac, ""); err == nil || errors.As(err, &broken) {
		t.Errorf("a database that does not answer: %v", err)
	}
}

// TestSealersAtOnce: sealers of several processes create one chain without gaps while events are
// added.
func TestSealersAtOnce(t *testing.T) {
	f := newLog(t)
	var group errgroup.Group
	for n := range 4 {
		store := f.open(t)
		group.Go(func() error {
			for i := range 50 {
				entry, err := f.Entry(
					audit.Event{
						Kind:   audit.SignedIn,
						Actor:  string(rune('a' + n)),
						Detail: map[string]string{"i": string(rune('0' + i))},
					},
				)
				if err != nil {
					return err
				}
				if err := store.Record(t.Context(), entry); err != nil {
					return err
				}
				if i%5 == 0 {
					sealer := audit.NewSealer(store, f.mac, slog.New(slog.DiscardHandler))
					if err := sealer.Seal(t.Context()); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	f.seal(t)
	if report, err := f.verify(""); report.Count != 200 || report.Unsealed != 0 || err != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestVerifySplicedEnd: an attacker changes event 7, lets the server seal the events from there
// again, and then restores the old links of the later events. Their MACs are correct, and the last
// hash is the head that was stored elsewhere.
func TestVerifySplicedEnd(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	before, err := f.verify("")
	if err != nil {
		t.Fatal(err)
	}
	f.tamper(
		t,
		`UPDATE audit_events SET number = NULL, hash = NULL, mac = NULL, actor = 'eve' WHERE number = 7`,
		`CREATE TABLE kept AS SELECT id, hash, mac FROM audit_events WHERE number > 7`,
		`UPDATE audit_events SET number = NULL, hash = NULL, mac = NULL WHERE number > 7`,
	)
	f.seal(t)
	f.tamper(
		t,
		`UPDATE audit_events SET (hash, mac) = (SELECT hash, mac FROM kept
			WHERE kept.id = audit_events.id) WHERE number > 7`,
	)
	_, err = f.verify(before.Head)
	var broken *audit.Broken
	if !errors.As(err, &broken) || broken.Number != 8 {
		t.Errorf("err = %v, want event 8", err)
	}
}
