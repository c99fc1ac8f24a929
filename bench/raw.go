package main

import (
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3" // reads and writes the program's database
)

// rawRows writes the rows of a share as plainly as can be: into the program's own schema, prepared
// once, one durable transaction for all that wait.
type rawRows struct {
	database *sql.DB
	inserts  []rawInsert
	queue    chan chan error
}

// rawInsert copies one row of a table, with keys of its own.
type rawInsert struct {
	statement *sql.Stmt
	columns   []string
	values    []any
}

// newRawRows opens the database of a server that has stopped, and takes the rows of its newest share
// as the pattern.
func newRawRows(data string) (*rawRows, error) {
	database, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "itemshare.db")+
		"?_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=true&_secure_delete=true"+
		"&_stmt_cache_size=64")
	if err != nil {
		return nil, err
	}
	database.SetMaxOpenConns(1)
	r := &rawRows{database: database, queue: make(chan chan error, 256)}
	for table, newest := range map[string]string{
		"shares":        `ORDER BY id DESC`,
		"share_content": `ORDER BY share_id DESC`,
		"audit_events":  `WHERE kind = 'share.created' ORDER BY id DESC`,
	} {
		insert, err := r.pattern(table, newest)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", table, err)
		}
		if table == "shares" {
			r.inserts = append([]rawInsert{insert}, r.inserts...) // the others refer to it
		} else {
			r.inserts = append(r.inserts, insert)
		}
	}
	go r.run()
	return r, nil
}

// pattern reads one row without what the database or the sealer adds.
func (r *rawRows) pattern(table, newest string) (rawInsert, error) {
	rows, err := r.database.Query(`SELECT * FROM ` + table + ` ` + newest + ` LIMIT 1`)
	if err != nil {
		return rawInsert{}, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		return rawInsert{}, fmt.Errorf("has no row: %w", err)
	}
	all, places := make([]any, len(names)), make([]any, len(names))
	for i := range all {
		places[i] = &all[i]
	}
	if err := rows.Scan(places...); err != nil {
		return rawInsert{}, err
	}
	var insert rawInsert
	for i, name := range names {
		later := table == "audit_events" && strings.Contains(" id number hash mac ", " "+name+" ")
		if all[i] != nil && !later {
			insert.columns, insert.values = append(insert.columns, name), append(insert.values, all[i])
		}
	}
	rows.Close() // of the only connection
	insert.statement, err = r.database.Prepare(fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table,
		strings.Join(insert.columns, ", "), strings.TrimSuffix(strings.Repeat("?,", len(insert.columns)), ",")))
	return insert, err
}

// submit waits until the rows of one more share are durable.
func (r *rawRows) submit() error {
	done := make(chan error, 1)
	r.queue <- done
	return <-done
}

func (r *rawRows) run() {
	for first := range r.queue {
		group := []chan error{first}
		for len(r.queue) > 0 {
			group = append(group, <-r.queue)
		}
		err := r.commit(len(group))
		for _, done := range group {
			done <- err
		}
	}
}

func (r *rawRows) commit(shares int) error {
	tx, err := r.database.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for range shares {
		id, linkID := newID(), make([]byte, 16)
		_, _ = rand.Read(linkID)
		for _, insert := range r.inserts {
			values := append([]any(nil), insert.values...)
			for i, column := range insert.columns {
				switch column {
				case "id", "share_id", "subject":
					values[i] = id
				case "link_id":
					values[i] = linkID
				}
			}
			if _, err := tx.Stmt(insert.statement).Exec(values...); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// newID begins with the time, as a share's does.
func newID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	now := binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))
	copy(raw, now[2:])
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

// together runs work on so many goroutines for so long.
func together(workers int, turn time.Duration, work func() error) (took timings, all time.Duration, err error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	began := time.Now()
	for range workers {
		running.Go(func() {
			var mine timings
			var failed error
			for failed == nil && time.Since(began) < turn {
				start := time.Now()
				failed = work()
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if err == nil {
				err = failed
			}
		})
	}
	running.Wait()
	return took, time.Since(began), err
}

// appender appends 4 KiB to a file and waits until they are durable.
func appender(folder string) (func() error, error) {
	file, err := os.Create(filepath.Join(folder, "appended"))
	block := make([]byte, 4096)
	return func() error {
		if _, err := file.Write(block); err != nil {
			return err
		}
		return syscall.Fdatasync(int(file.Fd()))
	}, err
}
