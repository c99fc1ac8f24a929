package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// MAC returns a keyed hash of parts, under the key of seal.Chain.
type MAC func(parts ...string) []byte

// Link is an event's place in the chain. Number counts from 1 without gaps. Hash covers the event
// and the hash before it. MAC is the MAC of Hash, which needs a key that is not in the database.
// The zero Link comes before the first.
type Link struct {
	Number int64
	Hash   []byte
	MAC    []byte
}

// Record is a stored event. An erased Detail is nil, but DetailHash remains. Link is zero until the
// event is sealed.
type Record struct {
	ID int64 // of the row, roughly in the order of time
	Entry
	DetailHash []byte
	Link       Link
}

// Filter selects records. An empty field selects all.
type Filter struct {
	Kind    Kind
	Actor   string
	Subject string
	From    time.Time // the first moment
	To      time.Time // the moment after the last
	Before  int64     // IDs below this
	Limit   int
}

// Store is the storage that the chain needs.
type Store interface {
	// SealRecords links at most limit records that have no link, with the link that next returns
	// for the previous link and the record. It does so in one transaction under the chain's lock,
	// and returns how many it linked. It may call next more than once for a record.
	SealRecords(ctx context.Context, limit int, next func(Link, Record) Link) (int, error)
	// SealedRecords returns at most limit records with numbers above after, in order.
	SealedRecords(ctx context.Context, after int64, limit int) ([]Record, error)
	// CountUnsealed returns how many records have no link.
	CountUnsealed(ctx context.Context) (int, error)
	// FindRecords returns records, newest first.
	FindRecords(ctx context.Context, filter Filter) ([]Record, error)
}

// next returns the link of a record that follows the link before.
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
