package cli

import (
	"fmt"
	"time"

	"itemshare/webhook"
)

const (
	mailTolerance    = 15 * time.Minute // by which an email may be late: retries are at most a minute apart
	backupTolerance  = 48 * time.Hour   // by which the last backup may be old, of which there is one a night
	webhookTolerance = time.Hour        // by which a message may be late, whose receiver is down
)

// checkPeople says whether the installation was set up.
func (d *doctor) checkPeople() {
	const check = "people"
	if !d.opened(check) {
		return
	}
	switch has, err := d.in.accounts.HasPeople(d.ctx); {
	case err != nil:
		d.say(wrong, check, "people could not be read: %s", sentence(err))
	case !has:
		d.say(notice, check, "there is nobody yet: start itemshare serve, open the address that it "+
			"prints and enter its set-up code")
	default:
		d.say(fine, check, "the first admin was added")
	}
}

// checkMailQueue says whether emails are sent.
func (d *doctor) checkMailQueue() {
	const check = "unsent mail"
	if !d.opened(check) {
		return
	}
	backlog, err := d.in.db.MailBacklog(d.ctx)
	late := d.clock().Sub(backlog.Oldest).Round(time.Second)
	switch {
	case err != nil:
		d.say(wrong, check, "it could not be read: %s", sentence(err))
	case backlog.Waiting == 0:
		d.say(fine, check, "no email waits")
	case late < mailTolerance:
		d.say(fine, check, "%s, the oldest for %v", counted(backlog.Waiting, "email waits", "emails wait"), late)
	default:
		d.say(wrong, check, "%s, the oldest for %v: start itemshare serve, which sends them, and see "+
			"what the mail server answers at /admin/mail and in the log",
			counted(backlog.Waiting, "email waits", "emails wait"), late)
	}
}

// checkWebhooks says whether messages to other programs arrive.
func (d *doctor) checkWebhooks() {
	const check = "webhooks"
	if !d.opened(check) {
		return
	}
	hooks, err := d.in.db.ListWebhooks(d.ctx)
	var backlog webhook.Backlog
	if err == nil {
		backlog, err = d.in.db.WebhookBacklog(d.ctx)
	}
	gone := 0
	for _, hook := range hooks {
		if hook.State == webhook.Gone {
			gone++
		}
	}
	late := d.clock().Sub(backlog.Oldest).Round(time.Second)
	switch {
	case err != nil:
		d.say(wrong, check, "they could not be read: %s", sentence(err))
	case len(hooks) == 0:
		d.say(fine, check, "there are none")
	case backlog.Waiting > 0 && late > webhookTolerance:
		d.say(wrong, check, "%s, the oldest for %v: start itemshare serve, which sends them, and see what "+
			"the receivers answer at /admin/webhooks",
			counted(backlog.Waiting, "message waits", "messages wait"), late)
	case backlog.Failed > 0 || gone > 0:
		d.say(notice, check, "%s given up in seven days, %s turned off by the receiver: see /admin/webhooks",
			counted(backlog.Failed, "message was", "messages were"), counted(gone, "webhook was", "webhooks were"))
	default:
		d.say(fine, check, "%s", counted(backlog.Waiting, "message waits", "messages wait"))
	}
}

// checkBackups says when the last backup was made.
func (d *doctor) checkBackups() {
	const check = "backups"
	const nightly = "let deploy/itemshare-backup.timer run itemshare backup --verify every night"
	if !d.opened(check) {
		return
	}
	last, err := d.in.db.LastBackup(d.ctx)
	age := d.clock().Sub(last.At).Round(time.Minute)
	switch {
	case err != nil:
		d.say(wrong, check, "they could not be read: %s", sentence(err))
	case last.At.IsZero():
		d.say(notice, check, "itemshare backup has made none: %s, unless you back up the database otherwise", nightly)
	case age > backupTolerance:
		d.say(wrong, check, "the last one was made %d days ago: %s", int(age.Hours()/24), nightly)
	case !last.Verified:
		d.say(notice, check, "the last one was made %v ago and not checked: add --verify", age)
	default:
		d.say(fine, check, "the last one was made %v ago, and restored for a check", age)
	}
}

// counted returns a number with the words for one or for several.
func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", several)
}
