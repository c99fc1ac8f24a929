package views

import "net/url"

// The other pages of admins, and the set-up.

// AdminHome is the front page of admins.
func (p Paths) AdminHome() string { return p.Base + "/admin" }

// SetUp adds the first admin, and accepts its POST.
func (p Paths) SetUp() string { return p.Base + "/setup" }

// SetUpStep is a step of the set-up after the first, and accepts its POST.
func (p Paths) SetUpStep(s SetUpStep) string { return p.SetUp() + "/" + string(s) }

// EndSetUp accepts a POST, and closes the set-up.
func (p Paths) EndSetUp() string { return p.SetUp() + "/end" }

// RequireFactor accepts a POST, and says whether everyone needs a second factor.
func (p Paths) RequireFactor() string { return p.Base + "/admin/second-factor" }

// Policy is the policy page, with the form of the account's policy, or of a vault's.
func (p Paths) Policy(vaultID string) string {
	return p.Base + "/admin/policy" + query("vault", vaultID)
}

// PolicyDone is the same after a change: done says what was changed.
func (p Paths) PolicyDone(vaultID, done string) string {
	return p.Base + "/admin/policy" + query("vault", vaultID, "done", done)
}

// PolicyLinks accepts a POST of who creates links.
func (p Paths) PolicyLinks() string { return p.Base + "/admin/policy/links" }

// PolicyProgress is how far the revoking of links is.
func (p Paths) PolicyProgress() string { return p.Base + "/admin/policy/revocations" }

// PolicyPreview accepts a POST of the policy form.
func (p Paths) PolicyPreview() string { return p.Base + "/admin/policy/preview" }

// SeenItems lists the items that somebody outside has seen since they were changed.
func (p Paths) SeenItems() string { return p.Base + "/admin/rotate" }

// Mail shows the email queue and what could not be delivered.
func (p Paths) Mail() string { return p.Base + "/admin/mail" }

// MailTest accepts a POST, and sends a test email.
func (p Paths) MailTest() string { return p.Mail() + "/test" }

// Webhooks lists webhooks, and accepts a POST of a new one.
func (p Paths) Webhooks() string { return p.Base + "/admin/webhooks" }

// Webhook is one webhook's page, with the messages after a place, "" for the newest.
func (p Paths) Webhook(id, after string) string {
	return p.Webhooks() + "/" + url.PathEscape(id) + query("after", after)
}

// WebhookDone is the same page after a change: done says which.
func (p Paths) WebhookDone(id, done string) string {
	return p.Webhook(id, "") + query("done", done)
}

// WebhookAct accepts a POST of what to do: "test", "pause", "resume", "rotate" or "remove".
func (p Paths) WebhookAct(id, act string) string { return p.Webhook(id, "") + "/" + act }

// Resend accepts a POST.
func (p Paths) Resend(id, deliveryID string) string {
	return p.WebhookAct(id, "deliveries") + "/" + url.PathEscape(deliveryID) + "/resend"
}

// Audit is the list of the events that match a filter.
func (p Paths) Audit(f AuditFilter) string { return p.Base + "/admin/audit" + f.query() }

// AuditVerify accepts a POST, and has the whole log verified.
func (p Paths) AuditVerify() string { return p.Base + "/admin/audit/verify" }

// AuditExport is all events that match a filter, in a format: "csv" or "ndjson".
func (p Paths) AuditExport(f AuditFilter, format string) string {
	f.After = ""
	return p.Base + "/admin/audit." + format + f.query()
}

func (f AuditFilter) query() string {
	return query(
		"q", f.Text, "kind", string(f.Kind), "by", f.By, "subject", f.Subject,
		"from", f.From, "to", f.To, "after", f.After,
	)
}
