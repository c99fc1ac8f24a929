package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

// shareColumns are a share with its owner's name and, in as many rows as it
// names recipients and at least one, a recipient. shareTables gives them.
const (
	shareColumns = `s.id, s.link_id, s.token_hash, s.created_at, s.expires_at, s.max_views, s.audience, s.owner_id, u.name,
		s.vault_id, s.item_id, s.item_version, s.title, s.files, s.largest_file, s.bytes, s.state, s.views, s.ended_at, s.wrong_tries, s.native,
		r.position, r.kind, r.address, r.mac, r.removed_at, r.codes, r.views`
	shareTables = ` FROM shares s JOIN users u ON u.id = s.owner_id LEFT JOIN share_recipients r ON r.share_id = s.id`
)

// ByLink finds a share by its link's id and the hash of its token. Without the
// right token it reads no recipient, so that its time tells nothing. A native
// share has no link of ours.
func (db *DB) ByLink(ctx context.Context, linkID [16]byte, tokenHash [32]byte, now time.Time) (share.Record, error) {
	return db.record(ctx, now, `s.link_id = ? AND s.token_hash = ? AND s.native = 0`, linkID[:], tokenHash[:])
}

// ByID finds a share by the history's id.
func (db *DB) ByID(ctx context.Context, id string, now time.Time) (share.Record, error) {
	return db.record(ctx, now, `s.id = ?`, id)
}

func (db *DB) record(ctx context.Context, now time.Time, where string, keys ...any) (share.Record, error) {
	rows, err := db.read().query(ctx, `SELECT `+shareColumns+shareTables+` WHERE `+where+` ORDER BY r.position`, keys...)
	if err != nil {
		return share.Record{}, db.failed("find a share", err)
	}
	records, err := scanRecords(rows, now)
	if err != nil {
		return share.Record{}, db.failed("find a share", err)
	}
	if len(records) == 0 {
		return share.Record{}, fault.Of(fault.NotFound)
	}
	return records[0], nil
}

// recipientRow is a recipient's part of a row, all NULL where there is none.
type recipientRow struct {
	position, removedAt, codes, views sql.NullInt64
	kind                              sql.NullString
	address, mac                      []byte
}

func (r recipientRow) recipient() share.StoredRecipient {
	return share.StoredRecipient{
		Position: int(r.position.Int64), Kind: share.RecipientKind(r.kind.String), Address: r.address, MAC: r.mac,
		RemovedAt: r.removedAt.Int64, Codes: int(r.codes.Int64), Views: int(r.views.Int64),
	}
}

// scanRecords reads and closes rows in which those of one share lie together.
func scanRecords(rows *sql.Rows, now time.Time) ([]share.Record, error) {
	defer rows.Close()
	var records []share.Record
	for rows.Next() {
		record, to, err := scanRecord(rows)
		if err != nil {
			return nil, err
		}
		if n := len(records); n == 0 || records[n-1].ID != record.ID {
			judgeExpiry(&record, now)
			records = append(records, record)
		}
		if last := &records[len(records)-1]; to.position.Valid {
			last.Recipients = append(last.Recipients, to.recipient())
		}
	}
	return records, rows.Err()
}

func scanRecord(rows *sql.Rows) (r share.Record, to recipientRow, err error) {
	var link, token sql.RawBytes // copied into arrays before the next row
	err = rows.Scan(&r.ID, &link, &token, &r.Terms.CreatedAt, &r.Terms.ExpiresAt, &r.Terms.MaxViews, &r.Terms.Audience,
		&r.OwnerID, &r.OwnerName, &r.VaultID, &r.ItemID, &r.ItemVersion, &r.Title, &r.Files, &r.LargestFile, &r.Bytes,
		&r.State, &r.Views, &r.EndedAt, &r.WrongTries, &r.Native,
		&to.position, &to.kind, &to.address, &to.mac, &to.removedAt, &to.codes, &to.views)
	copy(r.LinkID[:], link)
	copy(r.TokenHash[:], token)
	return r, to, err
}

// judgeExpiry calls a share expired that is, whether or not the sweeper has.
func judgeExpiry(r *share.Record, now time.Time) {
	if r.State == share.Active && r.Terms.ExpiresAt <= now.Unix() {
		r.State, r.EndedAt = share.Expired, r.Terms.ExpiresAt
	}
}
