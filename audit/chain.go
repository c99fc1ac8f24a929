package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
)

// MAC is a keyed hash of parts; seal.Keyring's Chain purpose is behind it.
type MAC func(parts ...string) []byte

// Link is an event's place in the chain. Number counts from 1 without gaps;
// Hash covers the event and the hash before it; MAC is Hash under the key, which
// nobody makes who has the database alone. The zero Link stands before the first.
type Link struct {
	Number int64
	Hash   []byte
	MAC    []byte
}

// Record is an event as the store holds it. Detail is nil once erased;
// DetailHash stays. Link is zero until it is sealed.
type Record struct {
	ID int64 // of the row, rising about in the order of time
	Entry
	DetailHash []byte
	Link       Link
}

// Filter chooses records. Empty fields choose all.
type Filter struct {
	Kind    Kind
	Actor   string
	Subject string
	Before  int64 // ids below this
	Limit   int
}

// Store is what the chain needs of the database.
type Store interface {
	// SealRecords gives at most limit records that have no link the one that
	// next makes of the link before and the record, in one transaction under
	// the chain's lock, and tells how many. It may run next again.
	SealRecords(ctx context.Context, limit int, next func(Link, Record) Link) (int, error)
	// SealedRecords gives records by their number, those above after, at most limit.
	SealedRecords(ctx context.Context, after int64, limit int) ([]Record, error)
	// CountUnsealed tells how many records have no link yet.
	CountUnsealed(ctx context.Context) (int, error)
	// FindRecords gives records newest first.
	FindRecords(ctx context.Context, filter Filter) ([]Record, error)
}

// next makes the link of a record after the one before.
func (mac MAC) next(before Link, r Record) Link {
	link := Link{Number: before.Number + 1}
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte("itemshare/audit/v1"), number(link.Number), number(r.At.UnixMilli()),
		[]byte(r.Kind), []byte(r.Actor), []byte(r.Subject), r.DetailHash, before.Hash,
	} {
		hash.Write(number(int64(len(part))))
		hash.Write(part)
	}
	link.Hash = hash.Sum(nil)
	link.MAC = mac("audit", string(link.Hash))
	return link
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
