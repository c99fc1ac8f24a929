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

// Report is what a proof found. Head is the hash of the last event, in hex, ""
// of an empty chain: kept elsewhere, it shows later whether the end was cut off.
type Report struct {
	Count    int64 // events proven
	Head     string
	Unsealed int // events that have no place in the chain yet
}

// Broken says that the chain is not intact, and from which event on.
type Broken struct {
	Number int64
	Reason string // plain words
}

func (b *Broken) Error() string { return fmt.Sprintf("event %d: %s", b.Number, b.Reason) }

// Verify walks the whole chain in constant memory. A chain that is not intact
// is *Broken with the report up to there; any other error says that it could
// not be checked. Head, where not "", must be the hash of one of its events. An
// erased detail is fine.
func Verify(ctx context.Context, store Store, mac MAC, head string) (Report, error) {
	sought, err := parseHead(head)
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
			if bytes.Equal(last.Hash, sought) {
				sought = nil
			}
		}
		if len(records) < verifyBatch {
			break
		}
	}
	return conclude(ctx, store, last, sought)
}

func conclude(ctx context.Context, store Store, last Link, sought []byte) (Report, error) {
	report := reportOf(last)
	if sought != nil {
		return report, &Broken{
			last.Number + 1,
			"no event has the given head: the end of the chain was cut off or replaced",
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

// check tells what is wrong with a record that should follow the given link.
func (mac MAC) check(before Link, r Record) error {
	want := mac.next(before, r)
	switch detail := r.Entry.DetailHash(); {
	case r.Link.Number > want.Number:
		return &Broken{want.Number, "it is missing"}
	case r.Detail != nil && !bytes.Equal(detail[:], r.DetailHash):
		return &Broken{want.Number, "its detail was changed"}
	case !bytes.Equal(r.Link.Hash, want.Hash):
		return &Broken{want.Number, "it was changed, moved or put in, or the one before it was"}
	case !hmac.Equal(r.Link.MAC, want.MAC):
		return &Broken{want.Number, "it was not sealed with this installation's key"}
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
			"the head is the 64 hexadecimal digits that an earlier check printed",
		)
	}
	return raw, nil
}
