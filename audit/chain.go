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

// Position is a record's place in the order of time. Records of one time are in the order of their
// IDs.
type Position struct {
	At time.Time // whole milliseconds
	ID int64
}

// Filter selects records. An empty field selects all.
type Filter struct {
	Kind       Kind
	Actor      string
	Subject    string
	Subjects   []string // one of them
	AddressMAC []byte
	From       time.Time // the first moment
	Before     Position  // what comes earlier
	Limit      int
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
	// CountRecords counts the records of a kind from a time on and before another, up to a limit.
	CountRecords(ctx context.Context, kind Kind, from, to time.Time, limit int) (int, error)
	// FindRecords returns records by Position, the newest first.
	FindRecords(ctx context.Context, filter Filter) ([]Record, error)
}

// Checkpoint says how far the chain was proved. Its MAC is over the other fields, so that whoever can
// write to the database can at most store an earlier one again, or none.
type Checkpoint struct {
	Link    Link      // of the last proved event, without its MAC
	At      time.Time // when that was, in whole milliseconds
	WholeAt time.Time // when the check of the whole chain began that ended last
	MAC     []byte
}

// Checkpoints is the storage of the one checkpoint.
type Checkpoints interface {
	// Checkpoint returns the checkpoint, or fault.NotFound.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	SetCheckpoint(ctx context.Context, c Checkpoint) error
	DropCheckpoint(ctx context.Context) error
}

func (mac MAC) checkpoint(c Checkpoint) []byte {
	return mac(
		"checkpoint", string(number(c.Link.Number)), string(c.Link.Hash),
		string(number(c.At.UnixMilli())), string(number(c.WholeAt.UnixMilli())),
	)
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
