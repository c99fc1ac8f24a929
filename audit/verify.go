package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const verifyBatch = 500

// Report is the result of verifying the chain. Head is the hash of the last event in hex, "" for an
// empty chain: stored elsewhere, it proves later that no event was removed.
type Report struct {
	Count    int64 // verified events
	Head     string
	Unsealed int // events that are not in the chain yet
}

// Broken is the error for a chain that was changed, from the event with Number on.
type Broken struct {
	Number int64
	Reason string // a sentence for people, without its capital and full stop
}

func (b *Broken) Error() string { return fmt.Sprintf("event %d: %s", b.Number, b.Reason) }

// Verify checks the whole chain in constant memory. If the chain is broken, the error is *Broken
// and the report covers the events before; any other error means that the chain could not be
// checked. Unless head is "", the chain must have an event with that hash. Erased details are
// allowed.
func Verify(ctx context.Context, store Store, mac MAC, head string) (Report, error) {
	wantedHash, err := parseHead(head)
	if err != nil {
		return Report{}, err
	}
	var last Link
	for {
		records, err := store.SealedRecords(ctx, last.Number, verifyBatch)
		if err != nil {
			return Report{}, fmt.Errorf("read the audit chain: %w", err)
		}
		for _, r := range records {
			if broken := mac.check(last, r); broken != nil {
				return reportOf(last), broken
			}
			last = r.Link
			if bytes.Equal(last.Hash, wantedHash) {
				wantedHash = nil
			}
		}
		if len(records) < verifyBatch {
			break
		}
	}
	return conclude(ctx, store, last, wantedHash)
}

const endMissing = "the end of the log was removed or replaced"

func conclude(ctx context.Context, store Store, last Link, wantedHash []byte) (Report, error) {
	report := reportOf(last)
	if wantedHash != nil {
		return report, &Broken{
			last.Number + 1,
			"no event has this checksum: " + endMissing,
		}
	}
	var err error
	if report.Unsealed, err = store.CountUnsealed(ctx); err != nil {
		return Report{}, fmt.Errorf("count unsealed audit events: %w", err)
	}
	return report, nil
}

func reportOf(last Link) Report {
	return Report{Count: last.Number, Head: hex.EncodeToString(last.Hash)}
}

// check returns what is wrong with a record that should follow the link before, nil if nothing.
func (mac MAC) check(before Link, r Record) *Broken {
	want := mac.next(before, r)
	switch detail := r.Entry.DetailHash(); {
	case r.Link.Number > want.Number:
		return &Broken{want.Number, "the event is missing"}
	case r.Detail != nil && !bytes.Equal(detail[:], r.DetailHash):
		return &Broken{want.Number, "the event's detail was changed"}
	case !bytes.Equal(r.Link.Hash, want.Hash):
		return &Broken{want.Number, "this event or the one before was changed, moved or inserted"}
	case !hmac.Equal(r.Link.MAC, want.MAC):
		return &Broken{want.Number, "the event was not sealed with this installation's key"}
	}
	return nil
}

func parseHead(head string) ([]byte, error) {
	head = strings.TrimSpace(head)
	if head == "" {
		return nil, nil
	}
	raw, err := hex.DecodeString(head)
	if err != nil || len(raw) != 32 {
		return nil, errors.New(
			"the checksum must be the 64 hexadecimal digits that an earlier check printed",
		)
	}
	return raw, nil
}
