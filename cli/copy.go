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
	From string `required:"" placeholder:"URL" help:"The database to copy: sqlite:PATH or postgres://…. Set the variable rather than the flag where it holds a password."`
	To   string `required:"" placeholder:"URL" help:"The empty database that it goes to."`
}

// Run copies an installation to another database, of either engine. The master key is
// not needed: what is sealed stays sealed, and the same key opens both.
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
			return fmt.Errorf("the target's folder cannot be made: %w", err)
		}
	}
	tables, all := 0, int64(0)
	err := db.Copy(p.ctx, p.copyOf(c.From), p.copyOf(c.To), func(table string, rows int64) {
		fmt.Fprintf(p.stdout, "%-18s%10d\n", table, rows) //nolint:errcheck // the copy counts more than its account
		tables, all = tables+1, all+rows
	})
	if p.ctx.Err() != nil && err != nil {
		return errors.New("the copy was stopped and nothing of it stays: run it again")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Done: %d rows in %d tables, each table equal by count and hash. "+
		"Start the server on the new database with the same master key, and the old one never again.\n", all, tables)
	return err
}

func (p *program) copyOf(url string) db.Config {
	return db.Config{URL: url, Clock: p.clock, Log: p.log}
}
