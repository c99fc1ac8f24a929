package db

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table is a table that Copy copies.
type table struct {
	name    string
	key     string // columns of the primary key, by which both engines sort alike
	counted bool   // its id comes from a counter
	seeded  bool   // a migration adds rows

	computed []string // columns that the engine computes from others
}

// allTables returns all tables of an installation, each after those it refers to. The
// keysets, which tell installations apart, are first.
func allTables() []table {
	return []table{
		{name: "keysets", key: "purpose"},
		{name: "users", key: "id", computed: []string{"mailbox", "domain"}},
		{name: "service_accounts", key: "user_id"},
		{name: "user_codes", key: "user_id"},
		{name: "grants", key: "user_id, vault_id"},
		{name: "user_groups", key: "id"},
		{name: "group_members", key: "group_id, user_id"},
		{name: "group_grants", key: "group_id, vault_id"},
		{name: "sessions", key: "token_hash"},
		{name: "signin_attempts", key: "attempt_key"},
		{name: "known_browsers", key: "token_hash"},
		{name: "external_identities", key: "issuer, subject"},
		{name: "passkeys", key: "id"},
		{name: "second_factors", key: "user_id"},
		{name: "recovery_codes", key: "user_id, code_mac"},
		{name: "signin_settings", key: "one"},
		{name: "installation", key: "one"},
		{name: "warnings", key: "name"},
		{name: "audit_events", key: "id", counted: true},
		{name: "audit_checkpoints", key: "one"},
		{name: "audit_followers", key: "name", seeded: true},
		{name: "mail_queue", key: "id"},
		{name: "vault_changes", key: "one", seeded: true},
		{name: "vaults", key: "id"},
		{name: "items", key: "vault_id, id"},
		{name: "item_bodies", key: "stage_id, item_id"},
		{name: "item_stages", key: "id"},
		{name: "staged_items", key: "stage_id, item_id"},
		{name: "item_versions", key: "vault_id, item_id, version, stage_id"},
		{name: "files", key: "id"},
		{name: "file_chunks", key: "file_id, number"},
		{name: "imports", key: "id"},
		{name: "import_chunks", key: "import_id, part, number"},
		{name: "shares", key: "id"},
		{name: "share_content", key: "share_id"},
		{name: "share_chunks", key: "share_id, file, chunk"},
		{name: "share_stages", key: "share_id"},
		{name: "share_recipients", key: "share_id, position"},
		{name: "share_viewers", key: "share_id, address_mac"},
		{name: "share_views", key: "share_id, view"},
		{name: "share_view_minutes", key: "share_id, minute"},
		{name: "share_recent_views", key: "share_id, slot"},
		{name: "share_codes", key: "share_id, address_mac, code_mac"},
		{name: "share_code_log", key: "id", counted: true},
		{name: "share_requests", key: "owner_id, key"},
		{name: "mail_failures", key: "topic"},
		{name: "share_news", key: "share_id"},
		{name: "share_policies", key: "vault_id"},
		{name: "share_revocations", key: "id"},
		{name: "share_settings", key: "one"},
		{name: "webhooks", key: "id"},
		{name: "webhook_deliveries", key: "id"},
	}
}

// A batch is one INSERT. It ends with the row that reaches one of these limits.
const (
	batchRows  = 200
	batchBytes = 1 << 20
)

// tableSum is the count and hash of a table's rows.
type tableSum struct {
	rows int64
	hash [sha256.Size]byte
}

// copyTable copies one table in constant memory.
func copyTable(from, to *tx, table table) (tableSum, error) {
	columns, err := to.columns(table)
	if err != nil {
		return tableSum{}, err
	}
	if _, err := to.exec(`DELETE FROM ` + table.name); err != nil { // those of a migration
		return tableSum{}, err
	}
	b := &batch{
		to:     to,
		insert: `INSERT INTO ` + table.name + ` (` + strings.Join(columns, ", ") + `) VALUES `,
	}
	copied, err := from.eachRow(table, columns, b.add)
	if err == nil {
		err = b.flush()
	}
	if err == nil && table.counted && to.dialect.resetCounter != "" {
		_, err = to.exec(strings.ReplaceAll(to.dialect.resetCounter, "TABLE", table.name))
	}
	return copied, err
}

// columns returns a table's stored columns in their declared order.
func (t *tx) columns(table table) ([]string, error) {
	rows, err := t.query(`SELECT * FROM ` + table.name + ` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	stored := slices.DeleteFunc(slices.Clone(columns), func(name string) bool {
		return slices.Contains(table.computed, name)
	})
	return stored, errors.Join(err, rows.Close())
}

// sum reads a whole table.
func (t *tx) sum(table table) (tableSum, error) {
	columns, err := t.columns(table)
	if err != nil {
		return tableSum{}, err
	}
	return t.eachRow(table, columns, func([]any) error { return nil })
}

// eachRow calls fn with every row in the order of the key, and returns their sum.
func (t *tx) eachRow(table table, columns []string, fn func(values []any) error) (tableSum, error) {
	all, count := sha256.New(), int64(0)
	err := each(t, func(rows *sql.Rows) error {
		count++
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		err := rows.Scan(places...)
		if err == nil {
			err = hashRow(all, values)
		}
		if err == nil {
			err = fn(values)
		}
		return err
	}, `SELECT `+strings.Join(columns, ", ")+` FROM `+table.name+` ORDER BY `+table.key)
	return tableSum{count, [sha256.Size]byte(all.Sum(nil))}, err
}

// hashRow adds the values to a hash, each after its type and its length.
func hashRow(h io.Writer, values []any) error {
	for _, value := range values {
		var kind byte
		var content []byte
		switch v := value.(type) {
		case nil:
		case int64:
			kind, content = 1, binary.BigEndian.AppendUint64(nil, uint64(v))
		case string:
			kind, content = 2, []byte(v)
		case []byte:
			kind, content = 3, v
		default:
			return fmt.Errorf("a column of type %T", v)
		}
		h.Write(
			binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(content))),
		) // a hash never fails
		h.Write(content)
	}
	return nil
}

// batch collects rows and inserts many at once.
type batch struct {
	to     *tx
	insert string
	args   []any
	rows   int
	bytes  int
}

func (b *batch) add(values []any) error {
	for _, value := range values {
		switch v := value.(type) {
		case string:
			b.bytes += len(v)
		case []byte:
			b.bytes += len(v)
		}
	}
	b.args = append(b.args, values...)
	b.rows++
	if b.rows < batchRows && b.bytes < batchBytes {
		return nil
	}
	return b.flush()
}

func (b *batch) flush() error {
	if b.rows == 0 {
		return nil
	}
	row := `(` + placeholders(len(b.args)/b.rows) + `),`
	_, err := b.to.exec(b.insert+strings.TrimSuffix(strings.Repeat(row, b.rows), ","), b.args...)
	clear(b.args)
	b.args, b.rows, b.bytes = b.args[:0], 0, 0
	return err
}
