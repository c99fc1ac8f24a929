package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/mail"
)

// doctorCommand takes the flags of serve, since it checks that configuration.
type doctorCommand struct{ serveCommand }

// verdict is what a check found.
type verdict string

const (
	fine    verdict = "ok"
	notice  verdict = "note"  // to know, and nothing is wrong
	wrong   verdict = "wrong" // the text says what to do
	skipped verdict = "-"     // not checked, because of another line
)

// doctor checks an installation, and prints a line for each check.
type doctor struct {
	*program
	config *doctorCommand
	base   *url.URL // nil if it is unset or wrong
	in     *installation
	ailing bool
	failed error // of printing
}

// Run checks everything that an operator can set up wrongly. It changes nothing.
func (c *doctorCommand) Run(p *program) error {
	d := &doctor{program: p, config: c}
	configured := d.checkConfiguration()
	d.checkPermissions()
	d.openDatabase()
	d.checkClock()
	d.checkMail(configured)
	d.checkProvider(configured)
	d.checkProxy(configured)
	d.checkSweeper()
	d.checkAudit()
	if d.in != nil {
		d.failed = errors.Join(d.failed, d.in.db.Close())
	}
	if d.failed != nil {
		return d.failed
	}
	if d.ailing {
		return exitError{1, "something is wrong: see the lines that begin with " + string(wrong)}
	}
	return nil
}

// say prints a line. Its text is a sentence without a full stop.
func (d *doctor) say(found verdict, check, text string, args ...any) {
	d.ailing = d.ailing || found == wrong
	line := plain(oneLine(strings.TrimSuffix(fmt.Sprintf(text, args...), ".")))
	_, err := fmt.Fprintf(d.stdout, "%-6s %-14s %s\n", found, check, line)
	d.failed = errors.Join(d.failed, err)
}

// checkConfiguration reports whether serve would accept the configuration.
func (d *doctor) checkConfiguration() bool {
	const check = "configuration"
	err := d.config.check(d.program)
	if err == nil {
		err = d.checkDatabase()
	}
	if err == nil {
		_, err = d.account()
	}
	if err != nil {
		d.say(wrong, check, "%s", sentence(err))
		return false
	}
	if d.config.URL != "" {
		d.base, _ = parseBaseURL(d.config.URL) // check has accepted it
	}
	d.say(fine, check, "serve accepts these variables and flags")
	return true
}

// fewBytes is the free space below which the database can't be relied on to grow.
const fewBytes = 256 << 20

func (d *doctor) checkPermissions() {
	const check = "permissions"
	if !d.set.needsFolder() {
		d.say(fine, check, "nothing is stored in the data folder")
		return
	}
	if !exists(d.set.Data) {
		d.say(wrong, check, "there is no data folder %s: start itemshare serve once, or set "+
			"ITEMSHARE_DATA to the right folder", d.set.Data)
		return
	}
	err := d.set.checkFolder()
	if err == nil {
		err = d.set.checkFileModes()
	}
	var disk syscall.Statfs_t
	if err == nil && syscall.Statfs(d.set.Data, &disk) == nil {
		if free := disk.Bavail * uint64(disk.Bsize); free < fewBytes {
			err = fmt.Errorf("only %d MiB are free where %s is: make room", free>>20, d.set.Data)
		}
	}
	switch owner, ok := ownerOf(d.set.Data); {
	case err != nil:
		d.say(wrong, check, "%s", sentence(err))
	case ok && owner != os.Geteuid():
		d.say(notice, check, "%s belongs to user %d and this is user %d: run commands as its owner, "+
			"so that the server can write to the files they create", d.set.Data, owner, os.Geteuid())
	case d.set.isShared():
		d.say(notice, check, "%s", d.set.sharedFolder())
	default:
		d.say(fine, check, "only user %d can read %s, and can write there", os.Geteuid(), d.set.Data)
	}
}

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
	d.say(fine, check, "it answers, after %v, and its schema is this version's",
		time.Since(start).Round(time.Millisecond))
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

// mailTime limits the conversation with the mail server.
const mailTime = 15 * time.Second

func (d *doctor) checkMail(configured bool) {
	const check = "mail"
	sender, ok := d.config.sender.(*mail.SMTP)
	switch {
	case !configured:
		d.say(skipped, check, "not checked, since the configuration is wrong")
		return
	case !ok:
		d.say(notice, check, "email is off, so links for specific people can't be created: "+
			"set ITEMSHARE_SMTP and ITEMSHARE_MAIL_FROM")
		return
	}
	if err := d.reachMail(sender); err != nil {
		d.say(wrong, check, "%s Check ITEMSHARE_SMTP and that this machine may reach it.",
			mail.ReasonOf(err))
		return
	}
	d.say(fine, check, "the mail server accepts this program: itemshare mail test sends an email")
}

// checkProvider asks the provider that people sign in with who it is.
func (d *doctor) checkProvider(configured bool) {
	const check = "provider"
	switch {
	case d.config.OIDCIssuer == "":
		return
	case !configured:
		d.say(skipped, check, "not checked, since the configuration is wrong")
		return
	}
	base := d.base
	if base == nil {
		base = &url.URL{}
	}
	ctx, cancel := context.WithTimeout(d.ctx, mailTime)
	defer cancel()
	if err := d.config.oidcFlags.open(d.program, base).Check(ctx); err != nil {
		d.say(wrong, check, "%s doesn't answer as an issuer: check ITEMSHARE_OIDC_ISSUER and "+
			"that this machine may reach it", d.config.OIDCIssuer)
		return
	}
	d.say(fine, check, "%s answers", d.config.OIDCIssuer)
}

// checkSweeper looks for sealed content that should have been erased by now.
func (d *doctor) checkSweeper() {
	const check = "sweeper"
	if !d.opened(check) {
		return
	}
	now := d.clock()
	due, err := d.in.db.ErasureDue(d.ctx, now)
	switch late := now.Sub(due); {
	case err != nil:
		d.say(wrong, check, "it can't be told what should be erased: %s", sentence(err))
	case due.IsZero() || late < sweeperTolerance:
		d.say(fine, check, "nothing is overdue")
	default:
		d.say(wrong, check, "ended links should have been erased %v ago: start itemshare serve, "+
			"which erases them, and look for “sweep” and “clock” in its log", late.Round(time.Second))
	}
}

// sweeperTolerance is by how much erasing may be late: it pauses after a step of the clock.
const sweeperTolerance = 10 * time.Minute

func (d *doctor) checkAudit() {
	const check = "audit chain"
	if !d.opened(check) {
		return
	}
	report, err := audit.Verify(d.ctx, d.in.db, d.in.chainMAC, "")
	var broken *audit.Broken
	switch {
	case errors.As(err, &broken):
		d.say(wrong, check, "it is broken at event %d: %s. Keep the database as it is, and compare "+
			"it with a backup", broken.Number, broken.Reason)
	case err != nil:
		d.say(wrong, check, "it could not be verified: %s", sentence(err))
	default:
		d.say(fine, check, "%d events, %d not sealed yet", report.Count, report.Unsealed)
	}
}

// checkFileModes rejects files that others can read, wherever they are.
func (s settings) checkFileModes() error {
	private := fs.FileMode(0o077)
	if s.MasterKey != "" && s.isShared() {
		private = 0o007
	}
	var files []string
	if s.databaseFile() != "" {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			files = append(files, s.databaseFile()+suffix)
		}
	}
	for _, path := range append(files, s.keyFile()) {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&private != 0 {
			return fmt.Errorf("others can read %s: run chmod 600 on it", path)
		}
	}
	return nil
}

func ownerOf(path string) (uid int, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(owner.Uid), true
}

func (d *doctor) reachMail(sender *mail.SMTP) error {
	ctx, cancel := context.WithTimeout(d.ctx, mailTime)
	defer cancel()
	return sender.Reach(ctx)
}
