package cli

import (
	"errors"
	"os"
	"time"

	"itemshare/audit"
	"itemshare/db"
)

// openDatabase opens the database with its keys and doesn't migrate it.
func (d *doctor) openDatabase() {
	const check, keys = "database", "keys"
	key, err := d.set.readKey()
	keyErr := err
	if file := d.set.databaseFile(); file != "" && !exists(file) {
		d.say(wrong, check, "there is no database at %s: start itemshare serve once, or set "+
			"ITEMSHARE_DATA or ITEMSHARE_DATABASE to the right place", file)
		d.sayKey(keyErr, "there is no database to try it on")
		return
	}
	if err := d.program.checkDatabase(); err != nil {
		d.say(skipped, check, "not checked, since the configuration is wrong")
		d.sayKey(keyErr, "there is no database to try it on")
		return
	}
	start := time.Now()
	database, err := db.Open(d.ctx, db.Config{
		URL: d.set.databaseURL(), Clock: d.clock, Log: d.log, KeepSchema: true,
	})
	if err != nil {
		d.say(wrong, check, "%s", sentence(err))
		d.sayKey(keyErr, "there is no database to try it on")
		return
	}
	d.sayDatabase(check, time.Since(start))
	if keyErr != nil {
		d.sayKey(keyErr, "")
		d.failed = errors.Join(d.failed, database.Close())
		return
	}
	if d.in, err = d.unlock(key, database); err != nil {
		d.say(wrong, keys, "%s", sentence(err))
		d.failed = errors.Join(d.failed, database.Close())
		return
	}
	d.say(fine, keys, "the master key opens the database")
}

// longLog is the size in bytes of SQLite's log from which it is not moved into the database's file: a
// server does that at 32 MiB at the latest.
const longLog = 256 << 20

// sayDatabase says that the database answers, and whether its log grows.
func (d *doctor) sayDatabase(check string, took time.Duration) {
	log, err := os.Stat(d.set.databaseFile() + "-wal")
	if err == nil && log.Size() > longLog {
		d.say(wrong, check, "its log has %d MiB, so something keeps it from being moved into the file: "+
			"end programs that have %s open, such as sqlite3 or a backup, and restart the server",
			log.Size()>>20, d.set.databaseFile())
		return
	}
	d.say(fine, check, "it answers, after %v, and its schema is this version's",
		took.Round(time.Millisecond))
}

// sayKey says what is wrong with the master key, or why it was not tried.
func (d *doctor) sayKey(err error, untried string) {
	const check = "keys"
	switch {
	case errors.Is(err, errNoKey):
		d.say(wrong, check, "there is no master key: put it at %s or set ITEMSHARE_MASTER_KEY",
			d.set.keyFile())
	case err != nil:
		d.say(wrong, check, "%s", sentence(err))
	default:
		d.say(skipped, check, "the master key can be read, but %s", untried)
	}
}

// opened reports whether the installation is open, and otherwise says that the check needs it.
func (d *doctor) opened(check string) bool {
	if d.in == nil {
		d.say(skipped, check, "not checked, since the database or its keys can't be opened")
	}
	return d.in != nil
}

// clockTolerance is by how much clocks may differ.
const clockTolerance = time.Minute

// checkClock compares this machine's clock with the database's and with the newest audit event.
func (d *doctor) checkClock() {
	const check = "clock"
	if !d.opened(check) {
		return
	}
	theirs, err := d.in.db.Now(d.ctx)
	if err != nil {
		d.say(wrong, check, "the database didn't tell its time: %s", sentence(err))
		return
	}
	events, err := audit.NewReader(d.in.db, d.in.log).List(d.ctx, audit.Query{Limit: 1})
	if err != nil {
		d.say(wrong, check, "the newest audit event could not be read: %s", sentence(err))
		return
	}
	now := d.clock()
	if apart := now.Sub(theirs).Abs(); apart > clockTolerance {
		d.say(wrong, check, "this machine's clock and the database's are %v apart: set both by a "+
			"time server, since links expire by them", apart.Round(time.Second))
		return
	}
	if len(events.Events) > 0 {
		if ahead := events.Events[0].At.Sub(now); ahead > clockTolerance {
			d.say(wrong, check, "the newest audit event is %v in the future, so the clock was set "+
				"back: set it by a time server", ahead.Round(time.Second))
			return
		}
	}
	d.say(fine, check, "it is %s", now.UTC().Format("2006-01-02 15:04:05 UTC"))
}
