package db

import (
	"context"
	"database/sql"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

// shareColumns are the columns of a share with its owner's name, the organization's and one recipient,
// read from shareTables. A share has a row for each recipient, and one row without.
const (
	shareColumns = `s.id, s.link_id, s.token_hash, s.created_at, s.expires_at, s.max_views, s.audience,
		s.owner_id, u.name, COALESCE((SELECT organization FROM installation), ''),
		s.vault_id, s.item_id, s.item_version, s.title, s.included, s.files,
		s.largest_file, s.bytes, s.state, s.views,
		s.ended_at, s.wrong_tries, s.native, s.tell,
		r.position, r.kind, r.address, r.mac, r.removed_at, r.codes, r.views`
	shareTables = ` FROM shares s JOIN users u ON u.id = s.owner_id LEFT JOIN share_recipients r ON r.share_id = s.id`
)

// ByLink finds a share by its link's id and the hash of its token. Without the right
// token it reads no recipient, so that its time reveals nothing. It finds no native
// share.
func (db *DB) ByLink(
	ctx context.Context,
	linkID [16]byte,
	tokenHash [32]byte,
	now time.Time,
) (share.Record, error) {
	return db.record(
		ctx,
		now,
		`s.link_id = ? AND s.token_hash = ? AND s.native = 0`,
		linkID[:],
		tokenHash[:],
	)
}

// ByID finds a share by its id in the history, or returns fault.NotFound.
func (db *DB) ByID(ctx context.Context, id string, now time.Time) (share.Record, error) {
	return db.record(ctx, now, `s.id = ?`, id)
}

func (db *DB) record(
	ctx context.Context,
	now time.Time,
	where string,
	keys ...any,
) (share.Record, error) {
	query := `SELECT ` + shareColumns + shareTables + ` WHERE ` + where + ` ORDER BY r.position`
	records, err := db.records(db.lookUp(ctx), now, query, keys...)
	if err != nil {
		return share.Record{}, db.wrap("find a share", err)
	}
	if len(records) == 0 {
		return share.Record{}, fault.Of(fault.NotFound)
	}
	return records[0], nil
}

// recipientRow is the recipient in a row, all NULL for a share without recipients.
type recipientRow struct {
	position, removedAt, codes, views sql.NullInt64
	kind                              sql.NullString
	address, mac                      []byte
}

func (r recipientRow) recipient() share.StoredRecipient {
	return share.StoredRecipient{
		Position: int(
			r.position.Int64,
		), Kind: share.RecipientKind(r.kind.String), Address: r.address, MAC: r.mac,
		RemovedAt: r.removedAt.Int64, Codes: int(r.codes.Int64), Views: int(r.views.Int64),
	}
}

// records returns the shares of a query that orders the rows of each share together.
func (db *DB) records(
	from reader,
	now time.Time,
	query string,
	args ...any,
) (records []share.Record, err error) {
	err = each(from, func(rows *sql.Rows) error {
		record, to, err := scanRecord(rows)
		if err != nil {
			return err
		}
		if n := len(records); n == 0 || records[n-1].ID != record.ID {
			judgeExpiry(&record, now)
			records = append(records, record)
		}
		if last := &records[len(records)-1]; to.position.Valid {
			last.Recipients = append(last.Recipients, to.recipient())
		}
		return nil
	}, query, args...)
	return records, err
}

func scanRecord(rows *sql.Rows) (r share.Record, to recipientRow, err error) {
	var link, token sql.RawBytes // valid until the next row
	err = rows.Scan(
		&r.ID,
		&link,
		&token,
		&r.Terms.CreatedAt,
		&r.Terms.ExpiresAt,
		&r.Terms.MaxViews,
		&r.Terms.Audience,
		&r.OwnerID,
		&r.OwnerName,
		&r.Organization,
		&r.VaultID,
		&r.ItemID,
		&r.ItemVersion,
		&r.Title,
		&r.Included,
		&r.Files,
		&r.LargestFile,
		&r.Bytes,
		&r.State,
		&r.Views,
		&r.EndedAt,
		&r.WrongTries,
		&r.Native,
		&r.Tell,
		&to.position,
		&to.kind,
		&to.address,
		&to.mac,
		&to.removedAt,
		&to.codes,
		&to.views,
	)
	copy(r.LinkID[:], link)
	copy(r.TokenHash[:], token)
	return r, to, err
}

// judgeExpiry sets a share past its expiry to expired, before the sweeper does.
func judgeExpiry(r *share.Record, now time.Time) {
	if r.State == share.Active && r.Terms.ExpiresAt <= now.Unix() {
		r.State, r.EndedAt = share.Expired, r.Terms.ExpiresAt
	}
}
