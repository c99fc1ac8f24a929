package db

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/share"
)

// column is a column of shareTables, and where a row's value goes.
type column struct {
	name  string
	place func(*recordRow) any
}

// columns are read together. A share has a row for each recipient, and one row without.
type columns []column

// shareTables are the tables of a share, its owner's name and its recipients.
const shareTables = ` FROM shares s JOIN users u ON u.id = s.owner_id LEFT JOIN share_recipients r ON r.share_id = s.id`

// What is read of a share depends on what for: a list has fifty, and whoever holds a link is told little.
var (
	termsColumns = columns{
		{`s.id`, func(r *recordRow) any { return &r.ID }},
		{`s.created_at`, func(r *recordRow) any { return &r.Terms.CreatedAt }},
		{`s.expires_at`, func(r *recordRow) any { return &r.Terms.ExpiresAt }},
		{`s.max_views`, func(r *recordRow) any { return &r.maxViews }},
		{`s.audience`, func(r *recordRow) any { return &r.audience }},
		{`u.name`, func(r *recordRow) any { return &r.OwnerName }},
		{`s.state`, func(r *recordRow) any { return &r.state }},
		{`s.ended_at`, func(r *recordRow) any { return &r.EndedAt }},
		{`r.position`, func(r *recordRow) any { return &r.position }},
		{`r.kind`, func(r *recordRow) any { return &r.kind }},
		{`r.address`, func(r *recordRow) any { return &r.address }},
		{`r.removed_at`, func(r *recordRow) any { return &r.removedAt }},
	}
	itemColumns = columns{
		{`s.owner_id`, func(r *recordRow) any { return &r.OwnerID }},
		{`s.vault_id`, func(r *recordRow) any { return &r.VaultID }},
		{`s.item_id`, func(r *recordRow) any { return &r.ItemID }},
		{`s.item_version`, func(r *recordRow) any { return &r.itemVersion }},
		{`s.title`, func(r *recordRow) any { return &r.title }},
		{`s.included`, func(r *recordRow) any { return &r.included }},
		{`s.files`, func(r *recordRow) any { return &r.files }},
		{`s.largest_file`, func(r *recordRow) any { return &r.LargestFile }},
		{`s.views`, func(r *recordRow) any { return &r.views }},
		{`s.native`, func(r *recordRow) any { return &r.native }},
	}
	linkColumns = columns{
		{`s.link_id`, func(r *recordRow) any { return &r.link }},
		{`s.token_hash`, func(r *recordRow) any { return &r.token }},
		{`COALESCE((SELECT organization FROM installation), '')`, func(r *recordRow) any { return &r.Organization }},
		{`s.wrong_tries`, func(r *recordRow) any { return &r.wrongTries }},
		{`s.tell`, func(r *recordRow) any { return &r.tell }},
		{`r.mac`, func(r *recordRow) any { return &r.mac }},
		{`r.codes`, func(r *recordRow) any { return &r.codes }},
		{`r.views`, func(r *recordRow) any { return &r.viewsOf }},
	}
	listedColumns = slices.Concat(termsColumns, itemColumns)
	linkedColumns = slices.Concat(termsColumns, linkColumns)
	wholeColumns  = slices.Concat(termsColumns, itemColumns, linkColumns)
	listedQuery   = listedColumns.query()
	linkedQuery   = linkedColumns.query()
	wholeQuery    = wholeColumns.query()
)

// query returns the beginning of a statement that reads the columns, up to its WHERE.
func (all columns) query() string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return `SELECT ` + strings.Join(names, `, `) + shareTables
}

// ByLink finds a share by its link's id and the hash of its token. Without the right
// token it reads no recipient, so that its time reveals nothing. It finds no native
// share. The record is without what only the sharer's side needs: itemColumns.
func (db *DB) ByLink(
	ctx context.Context,
	linkID [16]byte,
	tokenHash [32]byte,
	now time.Time,
) (share.Record, error) {
	query := linkedQuery + ` WHERE s.link_id = ? AND s.token_hash = ? AND s.native = 0 ORDER BY r.position`
	return db.record(ctx, now, linkedColumns, query, linkID[:], tokenHash[:])
}

// ByID finds a share by its id in the history, or returns fault.NotFound.
func (db *DB) ByID(ctx context.Context, id string, now time.Time) (share.Record, error) {
	query := wholeQuery + ` WHERE s.id = ? ORDER BY r.position`
	return db.record(ctx, now, wholeColumns, query, id)
}

func (db *DB) record(
	ctx context.Context, now time.Time, read columns, query string, keys ...any,
) (share.Record, error) {
	records, err := db.records(db.lookUp(ctx), now, 1, read, query, keys...)
	if err != nil {
		return share.Record{}, db.wrap("find a share", err)
	}
	if len(records) == 0 {
		return share.Record{}, fault.Of(fault.NotFound)
	}
	return records[0], nil
}

// recordRow is a row of shareTables. Its recipient is NULL for a share without recipients. Numbers have
// the type that the driver has them in: database/sql turns others into text and back.
type recordRow struct {
	share.Record
	maxViews, itemVersion, files, views, wrongTries, native, tell int64
	position, removedAt, codes, viewsOf                           sql.NullInt64
	state, audience                                               string
	kind                                                          sql.NullString
	link, token, title, included, address, mac                    sql.RawBytes // valid until the next row
}

// record returns the share of the row, without a recipient.
func (r *recordRow) record() share.Record {
	record := r.Record
	record.Terms.MaxViews, record.Terms.Audience = int(r.maxViews), share.Audience(r.audience)
	record.State, record.Views = share.State(r.state), int(r.views)
	record.ItemVersion, record.WrongTries = uint32(r.itemVersion), int(r.wrongTries)
	record.Files, record.Native, record.Tell = r.files != 0, r.native != 0, r.tell != 0
	record.Title, record.Included = bytes.Clone(r.title), bytes.Clone(r.included)
	copy(record.LinkID[:], r.link)
	copy(record.TokenHash[:], r.token)
	return record
}

func (r *recordRow) recipient() share.StoredRecipient {
	return share.StoredRecipient{
		Position: int(r.position.Int64), Kind: share.RecipientKind(r.kind.String),
		Address: bytes.Clone(r.address), MAC: bytes.Clone(r.mac),
		RemovedAt: r.removedAt.Int64, Codes: int(r.codes.Int64), Views: int(r.viewsOf.Int64),
	}
}

// records returns the shares of a query for columns that orders the rows of each share together. There
// are rarely more than expected.
func (db *DB) records(
	from reader,
	now time.Time,
	expected int,
	read columns,
	query string,
	args ...any,
) ([]share.Record, error) {
	records := make([]share.Record, 0, expected)
	var row recordRow
	places := make([]any, len(read))
	for i, c := range read {
		places[i] = c.place(&row)
	}
	err := each(from, func(rows *sql.Rows) error {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if n := len(records); n == 0 || records[n-1].ID != row.ID {
			record := row.record()
			judgeExpiry(&record, now)
			records = append(records, record)
		}
		if last := &records[len(records)-1]; row.position.Valid {
			last.Recipients = append(last.Recipients, row.recipient())
		}
		return nil
	}, query, args...)
	return records, err
}

// judgeExpiry sets a share past its expiry to expired, before the sweeper does.
func judgeExpiry(r *share.Record, now time.Time) {
	if r.State == share.Active && r.Terms.ExpiresAt <= now.Unix() {
		r.State, r.EndedAt = share.Expired, r.Terms.ExpiresAt
	}
}
