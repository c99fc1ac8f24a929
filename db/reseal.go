package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"itemshare/seal"
)

const (
	resealRows   = 200 // in one transaction
	resealChunks = 8   // of chunks of files, each up to a MiB
)

// sealedColumn is a column of sealed bytes. from joins what place needs and leaves out what is still on
// its way; key are the columns by which the table, as t, is walked through; place are SQL expressions
// of the parts of the place to which the bytes are bound. Details of audit events are not among them:
// the audit chain proves their sealed bytes.
type sealedColumn struct {
	purpose seal.Purpose
	table   string
	column  string
	from    string
	key     []string
	place   []string
	chunks  bool
}

func sealedColumns() []sealedColumn {
	items, history := seal.Items, seal.History
	version := []string{"vault_id", "item_id", "version", "stage_id"}
	return []sealedColumn{
		{items, "vaults", "name", "", []string{"id"}, []string{"'vaults'", "t.id"}, false},
		{items, "vaults", "source", "", []string{"id"}, []string{"'vault_sources'", "t.id"}, false},
		{
			items, "items", "overview", "",
			[]string{"vault_id", "id"},
			[]string{"'items'", "t.vault_id", "t.id", "t.version"},
			false,
		},
		{
			items, "item_bodies", "body", "JOIN items i ON i.stage_id = t.stage_id AND i.id = t.item_id",
			[]string{"stage_id", "item_id"},
			[]string{"'item_bodies'", "i.vault_id", "i.id", "i.version"},
			false,
		},
		{
			items, "item_versions", "overview", "", version,
			[]string{"'items'", "t.vault_id", "t.item_id", "t.version"},
			false,
		},
		{
			items, "item_versions", "body", "", version,
			[]string{"'item_bodies'", "t.vault_id", "t.item_id", "t.version"},
			false,
		},
		{
			items, "file_chunks", "sealed", "JOIN files f ON f.id = t.file_id AND f.stage_id IS NULL",
			[]string{"file_id", "number"},
			[]string{
				"'file_chunks'", "f.vault_id", "f.item_id", "f.id", "t.number",
				`CASE WHEN EXISTS (SELECT 1 FROM file_chunks n WHERE n.file_id = t.file_id
					AND n.number = t.number + 1) THEN 'more' ELSE 'last' END`,
			},
			true,
		},
		{items, "imports", "sealed", "", []string{"id"}, []string{"'imports'", "t.id"}, false},
		{
			items, "import_chunks", "sealed", "",
			[]string{"import_id", "part", "number"},
			[]string{"'import_chunks'", "t.import_id", "t.part", "t.number"},
			true,
		},
		{history, "shares", "title", "", []string{"id"}, []string{"'share'", "t.id", "'title'"}, false},
		{
			history, "shares", "included", "",
			[]string{"id"},
			[]string{"'share'", "t.id", "'included'"},
			false,
		},
		{
			history, "share_recipients", "address", "",
			[]string{"share_id", "position"},
			[]string{"'share'", "t.share_id", "'recipient'", "t.position"},
			false,
		},
		{
			history, "share_views", "address", "",
			[]string{"share_id", "view"},
			[]string{"'share'", "t.share_id", "'viewer'"},
			false,
		},
		{
			history, "mail_failures", "address", "",
			[]string{"topic"},
			[]string{"'share'", "t.share_id", "'undelivered'", "t.message_id", "'address'"},
			false,
		},
		{
			history, "mail_failures", "reason", "",
			[]string{"topic"},
			[]string{"'share'", "t.share_id", "'undelivered'", "t.message_id", "'reason'"},
			false,
		},
		{
			seal.Mail, "mail_queue", "sealed", "",
			[]string{"id"},
			[]string{"'mail_queue'", "t.id", "t.until"},
			false,
		},
		{
			seal.Mail, "user_codes", "mail_reason", "",
			[]string{"user_id"},
			[]string{"'user_codes'", "t.mail_id"},
			false,
		},
		{
			seal.Factors, "second_factors", "sealed", "",
			[]string{"user_id"},
			[]string{"'second_factors'", "t.user_id"},
			false,
		},
		{
			seal.Factors, "passkeys", "sealed_name", "",
			[]string{"id"},
			[]string{"'passkeys'", "t.user_id", "t.created_at"},
			false,
		},
		{seal.Webhooks, "webhooks", "sealed", "", []string{"id"}, []string{"'webhooks'", "t.id"}, false},
		{
			seal.Webhooks, "webhook_deliveries", "body", "",
			[]string{"id"},
			[]string{"'webhook_deliveries'", "t.webhook_id", "t.id"},
			false,
		},
		{
			seal.Webhooks, "webhook_deliveries", "answer", "",
			[]string{"id"},
			[]string{"'webhook_answers'", "t.id"},
			false,
		},
	}
}

// Sealed are sealed bytes and the place to which they are bound.
type Sealed struct {
	Purpose seal.Purpose
	Place   []string
	Bytes   []byte
}

// sealedRow is one row of a sealed column.
type sealedRow struct {
	key []any
	Sealed
}

// Reseal has every sealed column but the details of audit events changed, in batches, and returns how
// many values it replaced. Change returns nil for bytes that stay. A value that somebody else changes
// meanwhile is theirs.
func (db *DB) Reseal(
	ctx context.Context, change func(Sealed) ([]byte, error),
) (changed int64, err error) {
	for _, c := range sealedColumns() {
		n, err := db.resealColumn(ctx, c, change)
		if changed += n; err != nil {
			return changed, fmt.Errorf("seal %s of %s anew: %w", c.column, c.table, err)
		}
	}
	return changed, nil
}

func (db *DB) resealColumn(
	ctx context.Context, c sealedColumn, change func(Sealed) ([]byte, error),
) (changed int64, err error) {
	limit := resealRows
	if c.chunks {
		limit = resealChunks
	}
	for after := []any(nil); ; {
		query, args := c.page(after, limit)
		rows, err := collect(db.read(ctx), c.scan, query, args...)
		if err != nil || len(rows) == 0 {
			return changed, db.wrap("read sealed rows", err)
		}
		n, err := db.resealRows(ctx, c, rows, change)
		if changed += n; err != nil {
			return changed, err
		}
		after = rows[len(rows)-1].key
	}
}

// page selects the rows after a key. The place is text in both engines.
func (c sealedColumn) page(after []any, limit int) (query string, args []any) {
	keys := "t." + strings.Join(c.key, ", t.")
	places := make([]string, len(c.place))
	for i, part := range c.place {
		places[i] = "CAST(" + part + " AS TEXT)"
	}
	query = `SELECT ` + keys + `, ` + strings.Join(places, ", ") + `, t.` + c.column +
		` FROM ` + c.table + ` t ` + c.from + ` WHERE t.` + c.column + ` IS NOT NULL`
	if after != nil {
		query += ` AND (` + keys + `) > (` + placeholders(len(after)) + `)`
	}
	return query + ` ORDER BY ` + keys + ` LIMIT ?`, append(args, append(after, limit)...)
}

func (c sealedColumn) scan(rows *sql.Rows) (r sealedRow, err error) {
	r.Purpose, r.key, r.Place = c.purpose, make([]any, len(c.key)), make([]string, len(c.place))
	var places []any
	for i := range r.key {
		places = append(places, &r.key[i])
	}
	for i := range r.Place {
		places = append(places, &r.Place[i])
	}
	err = rows.Scan(append(places, &r.Bytes)...)
	return r, err
}

func (db *DB) resealRows(
	ctx context.Context, c sealedColumn, rows []sealedRow, change func(Sealed) ([]byte, error),
) (int64, error) {
	fresh := make([][]byte, len(rows))
	var errs []error
	some := false
	for i, r := range rows {
		var err error
		fresh[i], err = change(r.Sealed)
		errs, some = append(errs, err), some || fresh[i] != nil
	}
	if err := errors.Join(errs...); err != nil || !some {
		return 0, err
	}
	update := `UPDATE ` + c.table + ` SET ` + c.column + ` = ? WHERE ` +
		strings.Join(c.key, ` = ? AND `) + ` = ? AND ` + c.column + ` = ?`
	return write(ctx, db, "seal anew", func(t *tx) (changed int64, err error) {
		for i, r := range rows {
			if fresh[i] == nil {
				continue
			}
			args := append(append([]any{fresh[i]}, r.key...), r.Bytes)
			n, err := t.exec(update, args...)
			if changed += n; err != nil {
				return changed, err
			}
		}
		return changed, nil
	})
}
