package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"itemshare/audit"
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
	d.checkPeople()
	d.checkMailQueue()
	d.checkWebhooks()
	d.checkBackups()
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

func (d *doctor) reachMail(sender *mail.SMTP) error {
	ctx, cancel := context.WithTimeout(d.ctx, mailTime)
	defer cancel()
	return sender.Reach(ctx)
}
