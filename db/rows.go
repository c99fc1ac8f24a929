package db

import (
	"database/sql"
	"strings"

	"itemshare/fault"
)

// querier returns the rows of a query: a tx or a reader.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// each calls fn for every row of a query.
func each(q querier, fn func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// collect returns what scan makes of every row of a query.
func collect[T any](
	q querier,
	scan func(*sql.Rows) (T, error),
	query string,
	args ...any,
) ([]T, error) {
	var list []T
	err := each(q, func(rows *sql.Rows) error {
		value, err := scan(rows)
		list = append(list, value)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// scanText reads a row of one text.
func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}

// mustChange turns a statement that changed no row into fault.NotFound.
func mustChange(changed int64, err error) error {
	if err == nil && changed == 0 {
		return fault.Of(fault.NotFound)
	}
	return err
}

// placeholders returns n parameters for a list: "?,?,?".
func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?,", n), ",")
}

// arguments returns values as arguments of a query.
func arguments[T any](values []T) []any {
	args := make([]any, len(values))
	for i, value := range values {
		args[i] = value
	}
	return args
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
