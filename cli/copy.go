package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"itemshare/db"
)

type copyCommand struct {
	From string `required:"" placeholder:"URL" help:"${copy_from}"`
	To   string `required:"" placeholder:"URL" help:"The empty database to copy to."`
}

// Run copies an installation to another database, of either engine. It does not need the master
// key: sealed values are copied as they are, and the same key opens both.
func (c *copyCommand) Run(p *program) error {
	if c.From == c.To {
		return errors.New("--from and --to name the same database")
	}
	for _, url := range []string{c.From, c.To} {
		if !knownDatabase(url) {
			return errors.New("--from and --to must be sqlite:PATH or begin with postgres://")
		}
	}
	if path, ok := strings.CutPrefix(c.To, "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("cannot create the target's folder: %w", err)
		}
	}
	tables, total := 0, int64(0)
	err := db.Copy(
		p.ctx,
		p.databaseConfig(c.From),
		p.databaseConfig(c.To),
		func(table string, rows int64) {
			fmt.Fprintf(p.stdout, "%-18s%10d\n", table, rows)
			tables, total = tables+1, total+rows
		},
	)
	if p.ctx.Err() != nil && err != nil {
		return errors.New("the copy was stopped and the target is still empty: run it again")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Done: %d rows in %d tables, verified by count and hash. "+
		"Start the server on the new database with the same master key, "+
		"and don't use the old one again.\n", total, tables)
	return err
}

func (p *program) databaseConfig(url string) db.Config {
	return db.Config{URL: url, Clock: p.clock, Log: p.log}
}
