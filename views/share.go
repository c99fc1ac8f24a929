package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// mayShareAtAll tells whether any way of sharing is open. A native link takes the
// item's files along, whatever is chosen.
func mayShareAtAll(p ShareProps) bool {
	if p.Native != "" && len(p.Item.Files) > 0 && filesRefused(p) != "" {
		return false
	}
	return anyoneRefused(p.Limits) == "" || peopleRefused(p.Limits) == ""
}

func sharingOffWords(p ShareProps) string {
	if len(p.Limits.Policy.AllowedTypes) == 0 {
		return p.Limits.setter("allowed_types") + " allows no sharing. An admin can change that."
	}
	if anyoneRefused(p.Limits) == "" || peopleRefused(p.Limits) == "" {
		return "A link of " + p.Native + " shares the files too: " + filesRefused(p)
	}
	return "No way of sharing is open: " + anyoneRefused(p.Limits) + " " + peopleRefused(p.Limits)
}

// setter names who set a limit, as the start of a sentence.
func (l ShareLimits) setter(field string) string {
	switch setter := l.Setters[field]; setter {
	case "vault":
		return "This vault’s policy"
	case "", "account":
		return "The account’s policy"
	default:
		return "Your " + setter + " account"
	}
}

// anyoneRefused says why a share for anyone cannot be made, "" where it can.
func anyoneRefused(l ShareLimits) string {
	if !has(l.Policy.AllowedTypes, share.Public) {
		return l.setter("allowed_types") + " does not allow this."
	}
	return ""
}

// peopleRefused says why a share for named recipients cannot be made, "" where
// it can.
func peopleRefused(l ShareLimits) string {
	switch {
	case !has(l.Policy.AllowedTypes, share.Authenticated):
		return l.setter("allowed_types") + " does not allow this."
	case len(l.Policy.AllowedRecipientTypes) == 0:
		return l.setter("allowed_recipient_types") + " allows no recipients."
	case l.MailOff:
		return "Needs mail for the codes, and mail is off on this server."
	}
	return ""
}

func has[T comparable](all []T, one T) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}

// chosenAudience is the choice typed, else the first that is open.
func chosenAudience(p ShareProps) share.Audience {
	if p.Form.Access != "" {
		return p.Form.Access
	}
	if anyoneRefused(p.Limits) != "" && peopleRefused(p.Limits) == "" {
		return share.Recipients
	}
	return share.Anyone
}

// recipientsHint says beforehand whom the policy allows.
func recipientsHint(l ShareLimits) string {
	kinds := l.Policy.AllowedRecipientTypes
	words := "Such as ann@client.example, or client.example for everybody there."
	switch {
	case has(kinds, share.Email) && !has(kinds, share.Domain):
		words = "Addresses such as ann@client.example. " + l.setter("allowed_recipient_types") + " allows no whole domains."
	case has(kinds, share.Domain) && !has(kinds, share.Email):
		words = "Domains such as client.example. " + l.setter("allowed_recipient_types") + " allows no single addresses."
	}
	if len(l.Policy.AllowedDomains) > 0 {
		words += " " + l.setter("allowed_domains") + " allows only " + joined(l.Policy.AllowedDomains) + "."
	}
	return words + " Up to 50."
}

// chipWords says what is wrong with a recipient, beginning with the recipient.
func chipWords(r CheckedRecipient) string {
	words := problemWords(*r.Problem)
	if strings.Contains(words, r.Text) {
		return words
	}
	return "“" + clip(r.Text, 60) + "”: " + words
}

// beyondChips are the problems that no chip shows already.
func beyondChips(p ShareProps) []fault.Problem {
	var left []fault.Problem
	for _, problem := range p.Problems {
		shown := slices.ContainsFunc(p.Recipients, func(r CheckedRecipient) bool {
			return r.Problem != nil && r.Problem.Detail == problem.Detail
		})
		if !shown {
			left = append(left, problem)
		}
	}
	return left
}

func recipientsDescribed(p ShareProps) string {
	described := "recipients-hint chips"
	if hasProblem(beyondChips(p), "recipients") {
		described += " " + problemID("recipients")
	}
	return described
}

func recipientsText(typed []string) string { return strings.Join(typed, "\n") }

// durationChoices are the five lengths, and the policy's default where it is none
// of them. What is longer than the policy allows cannot be chosen.
func durationChoices(p ShareProps) []shareChoice {
	policy := p.Limits.Policy
	chosen := p.Form.ExpireAfter
	if chosen == "" {
		chosen = durationName(policy.DefaultExpiry)
	}
	var choices []shareChoice
	for _, d := range durations() {
		c := shareChoice{Value: d.Name, Words: d.Words, Checked: d.Name == chosen, Data: strconv.Itoa(int(d.Time / time.Second))}
		if d.Time > policy.MaxExpiry {
			c.Why = expiryLimit(p.Limits)
		}
		choices = append(choices, c)
	}
	if durationName(policy.DefaultExpiry) == "" && policy.DefaultExpiry > 0 {
		choices = append(choices, shareChoice{
			Words: capital(span(policy.DefaultExpiry)), Checked: chosen == "",
			Data: strconv.Itoa(int(policy.DefaultExpiry / time.Second)),
		})
	}
	return choices
}

// expiryLimit says how long a link may live and who says so, "" where all five
// lengths are open.
func expiryLimit(l ShareLimits) string {
	if l.Policy.MaxExpiry >= 30*day || len(l.Policy.AllowedTypes) == 0 {
		return ""
	}
	return l.setter("max_expiry") + " allows at most " + lengthWords(l.Policy.MaxExpiry) + "."
}

// lengthWords is a length of time: the name of a known one, else rounded.
func lengthWords(d time.Duration) string {
	for _, known := range durations() {
		if known.Time == d {
			return known.Words
		}
	}
	return span(d)
}

func onceChosen(p ShareProps) bool {
	return p.Form.OneTime || p.Limits.Policy.MaxViews == 1 || p.OnlyOnce != ""
}

func manyWords(l ShareLimits) string {
	if n := l.Policy.MaxViews; n > 1 {
		return "Up to " + strconv.Itoa(n) + " views"
	}
	return "Unlimited"
}

func manyHint(p ShareProps) string {
	switch {
	case p.Limits.Policy.MaxViews > 1:
		return p.Limits.setter("max_views") + " sets this limit. For named people, it counts per address."
	case p.Native != "":
		return "Until the link expires or is revoked in " + p.Native + "."
	}
	return "Until the link expires or is revoked."
}

func manyRefused(p ShareProps) string {
	if p.Limits.Policy.MaxViews == 1 {
		return p.Limits.setter("max_views") + " allows one view."
	}
	return p.OnlyOnce
}

// formHint says what the link shares.
func formHint(p ShareProps) string {
	if p.Native != "" {
		return p.Native + " creates the link. It shares a copy of the whole item. Later edits won’t be included."
	}
	return "Shares a copy of the item. Later edits won’t be included."
}

// createWords is the label of the button that creates the link.
func createWords(native string) string {
	if native != "" {
		return "Create " + native + " link"
	}
	return "Create link"
}

// wholeWords says what a native link shares.
func wholeWords(p ShareProps) string {
	words := "A " + p.Native + " link shares the whole item."
	if hasTOTP(p.Item) {
		words += " Anyone who opens it can generate one-time codes even after it expires."
	}
	return words
}

// withFilesWords say what is stricter where files come along, "" where nothing is.
func withFilesWords(l ShareLimits) string {
	narrower := l.Files
	narrower.FilesAllowed, narrower.FilesMaxSize = l.Policy.FilesAllowed, l.Policy.FilesMaxSize
	if len(narrower.AllowedTypes) == len(l.Policy.AllowedTypes) && len(narrower.AllowedRecipientTypes) == len(l.Policy.AllowedRecipientTypes) &&
		narrower.MaxExpiry == l.Policy.MaxExpiry && narrower.MaxViews == l.Policy.MaxViews {
		return ""
	}
	return "Less is allowed with files: " + joined(tightened(l.Policy, narrower)) + "."
}

func viewsData(l ShareLimits) string { return strconv.Itoa(l.Policy.MaxViews) }

// filesRefused says why files cannot come along, "" where they can.
func filesRefused(p ShareProps) string {
	if !p.Limits.Policy.FilesAllowed {
		return p.Limits.setter("files_allowed") + " does not allow files."
	}
	limit := p.Limits.Policy.FilesMaxSize
	for _, f := range p.Item.Files {
		if limit > 0 && f.Size > limit {
			return p.Limits.setter("files_max_size") + " allows files of up to " + size(limit) + "; “" + clip(f.Name, 40) + "” is " + size(f.Size) + "."
		}
	}
	return ""
}

func omitted(form ShareInput, id string) bool { return has(form.Omit, id) }

func hasTOTP(item ItemView) bool {
	for _, s := range item.Sections {
		for _, f := range s.Fields {
			if f.Type == vault.FieldTOTP {
				return true
			}
		}
	}
	return false
}

// alwaysIncluded names what a link shares whatever is chosen.
func alwaysIncluded(item ItemView) string {
	parts := []string{"title"}
	if len(item.Websites) > 0 {
		parts = append(parts, "websites")
	}
	if item.Notes != "" {
		parts = append(parts, "notes")
	}
	if len(item.Tags) > 0 {
		parts = append(parts, "tags")
	}
	if len(parts) == 1 {
		return "The title is always included."
	}
	return capital(joined(parts)) + " are always included."
}
