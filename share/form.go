package share

import (
	"time"

	"itemshare/vault"
)

// AudienceReason says why there can be no link for an audience, "" where there can.
// With mailOff no code can be sent to recipients.
func (e Effective) AudienceReason(a Audience, mailOff bool) string {
	if reason := e.audienceReason(a); reason != "" || a == Anyone {
		return reason
	}
	switch {
	case len(e.AllowedRecipientTypes) == 0:
		return e.kindLimit()
	case e.NoDomains:
		return e.domainLimit()
	case mailOff:
		return MailOffWords
	}
	return ""
}

// FirstAudience returns the audience that a share form shows at first: anyone, unless only
// recipients are allowed. With mailOff no code can be sent to recipients.
func (e Effective) FirstAudience(mailOff bool) Audience {
	if e.AudienceReason(Anyone, mailOff) != "" && e.AudienceReason(Recipients, mailOff) == "" {
		return Recipients
	}
	return Anyone
}

// RecipientsHint says who can be a recipient.
func (e Effective) RecipientsHint() string {
	words := "For example ann@client.example, or client.example for everyone at that domain."
	if len(e.AllowedRecipientTypes) == 1 {
		words = e.kindLimit()
	}
	if len(e.AllowedDomains) > 0 {
		words += " " + e.domainLimit()
	}
	if e.Unseen() {
		words += " Only people without an account here."
	}
	return words + " Up to 50."
}

// ExpiryChoice is one expiry of the share form. Name is "" where the policy's
// default is none of the five. Reason says why it is not allowed, "" where it is.
type ExpiryChoice struct {
	Name    Duration
	Length  time.Duration
	Default bool
	Reason  string
}

// Expiries returns the choices of the share form, the five durations first.
func (e Effective) Expiries() []ExpiryChoice {
	var all []ExpiryChoice
	for _, d := range Durations() {
		choice := ExpiryChoice{Name: d, Length: d.Time(), Default: d.Time() == e.DefaultExpiry}
		if d.Time() > e.MaxExpiry {
			choice.Reason = e.expiryLimit()
		}
		all = append(all, choice)
	}
	if e.DefaultExpiry > 0 && durationOf(e.DefaultExpiry) == "" {
		all = append(all, ExpiryChoice{Length: e.DefaultExpiry, Default: true})
	}
	return all
}

// ManyReason says why a link can't have more than one view, "" where it can.
func (e Effective) ManyReason() string {
	if e.MaxViews == 1 {
		return e.viewLimit()
	}
	return ""
}

// ManyHint says how often a link can be viewed that is not limited to one view.
func (e Effective) ManyHint() string {
	if e.MaxViews > 1 {
		return e.viewLimit() + " Each recipient has this many."
	}
	return "Until the link expires or is revoked."
}

// FilesReason says why files can't be shared, "" where they can. A native link's do
// not pass through this server, so its own limit does not apply to them.
func (e Effective) FilesReason(files []vault.File, native bool) string {
	var sizes []int64
	for _, f := range files {
		sizes = append(sizes, f.Size)
	}
	return e.filesReason(sizes, native)
}

// NoFilesReason says why no file can be shared, "" where some can.
func (e Effective) NoFilesReason() string { return e.filesReason([]int64{0}, false) }

// FilesWords says what is stricter for links with files, "" where nothing is.
func (e Effective) FilesWords() string { return e.WithFilesWords(e.WithFiles().Policy) }

// WithFilesWords says where the policy for links with files is stricter than p, ""
// where it isn't.
func (p Policy) WithFilesWords(files Policy) string {
	files.FilesAllowed, files.FilesMaxSize = p.FilesAllowed, p.FilesMaxSize
	if stricter := files.stricter(p); len(stricter) > 0 {
		return "With files, less is allowed: " + joined(stricter, "and") + "."
	}
	return ""
}
