package views

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// shareChoice is a radio button of a form.
type shareChoice struct {
	Name, Value, Words, Hint string
	PerPerson                bool // a link to recipients adds "per person" to Words
	Checked                  bool
	Why                      string // it isn't allowed, "" where it is
	// Off choices can't be chosen. What a person chose before it was forbidden isn't: nobody is to
	// share on other terms than they see.
	Off bool
}

// tellHint says which emails a sharer gets.
const tellHint = "When it's viewed, when views are denied often, and before it expires unviewed. " +
	"At most one email an hour."

// The labels of the two audiences.
const (
	anyoneLabel     = "Anyone with the link"
	anyoneHint      = "No email verification."
	recipientsLabel = "Only people you choose"

	recipientsHint = "They verify their email with a one-time code."
)

func audienceChoice(p ShareProps, audience share.Audience, label, hint string) shareChoice {
	why := audienceReason(p.Policy, p, audience)
	return shareChoice{
		Name: "access", Value: string(audience), Words: label, Hint: hint,
		Checked: chosenAudience(p) == audience, Why: why,
		Off: why != "" && p.Form.Access != audience,
	}
}

func viewLimits(p ShareProps) []shareChoice {
	once := isOneTime(p)
	return []shareChoice{
		{
			Name: "one_time", Value: "", Words: manyWords(p), Hint: manyHint(p), Checked: !once,
			Why: manyReason(p), Off: manyReason(p) != "",
		},
		{
			Name: "one_time", Value: "on", Words: "One view", PerPerson: true, Checked: once,
		},
	}
}

// canShare reports whether a link for any audience can be created. A native link includes the
// item's files whatever is chosen.
func canShare(p ShareProps) bool { return sharingOffWords(p) == "" }

// sharingOffWords says why no link can be created, "" where one can.
func sharingOffWords(p ShareProps) string {
	if p.Native != "" && p.Base.Sharing() && filesReason(p) != "" {
		return "A " + p.Native + " link includes the files. " + filesReason(p)
	}
	anyone := audienceReason(p.Base, p, share.Anyone)
	people := audienceReason(p.Base, p, share.Recipients)
	switch {
	case anyone == "" || people == "":
		return ""
	case anyone == people:
		return anyone
	}
	return anyone + " " + people
}

func audienceReason(by share.Effective, p ShareProps, audience share.Audience) string {
	return by.AudienceReason(audience, p.MailOff)
}

func filesReason(p ShareProps) string {
	return p.Base.FilesReason(p.Item.Files, p.Native != "")
}

// fileReason says why one file can't be included, "" where it can.
func fileReason(p ShareProps, f vault.File) string {
	return p.Base.FilesReason([]vault.File{f}, false)
}

// chosenAudience returns the audience of the form, or else the first that is allowed.
func chosenAudience(p ShareProps) share.Audience {
	if p.Form.Access != "" {
		return p.Form.Access
	}
	return p.Policy.FirstAudience(p.MailOff)
}

// unshownProblems returns the problems that no chip shows.
func unshownProblems(p ShareProps) []fault.Problem {
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
	described := "recipients-hint recipients-note"
	if hasProblem(unshownProblems(p), "recipients") {
		described += " " + problemID("recipients")
	}
	return described
}

func recipientsText(entered []string) string { return strings.Join(entered, "\n") }

// expiries returns the policy's expiries, of which the chosen one is checked.
func expiries(p ShareProps) []shareChoice {
	var choices []shareChoice
	for _, e := range p.Policy.Expiries() {
		checked := e.Name.Name() == p.Form.ExpireAfter
		if p.Form.ExpireAfter == "" {
			checked = e.Default
		}
		choices = append(choices, shareChoice{
			Value: e.Name.Name(), Words: share.Span(e.Length), Checked: checked, Why: e.Reason,
			Off: e.Reason != "" && (p.Form.ExpireAfter == "" || !checked),
		})
	}
	return choices
}

// expiryReason says why some expiries can't be chosen, "" where all can.
func expiryReason(p ShareProps) string {
	for _, choice := range expiries(p) {
		if choice.Why != "" && p.Policy.Sharing() {
			return choice.Why
		}
	}
	return ""
}

func isOneTime(p ShareProps) bool {
	return p.Form.OneTime || manyReason(p) != ""
}

func manyWords(p ShareProps) string {
	if p.Policy.MaxViews > 1 {
		return capitalize(viewLimitWords(p.Policy.MaxViews, share.Anyone))
	}
	return "Unlimited"
}

func manyHint(p ShareProps) string {
	if p.Native != "" && p.Policy.MaxViews == 0 {
		return "Until the link expires or is revoked in " + p.Native + "."
	}
	return p.Policy.ManyHint()
}

func manyReason(p ShareProps) string { return cmp.Or(p.Policy.ManyReason(), p.OnlyOnce) }

// formHint says what the link shares.
func formHint(p ShareProps) string {
	if p.Native != "" {
		return p.Native + " creates the link. It shares a copy of the whole item. " +
			"Later edits won't be included."
	}
	return "Shares a copy of the item. Later edits won't be included."
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

func includes(p ShareProps, name string) bool { return slices.Contains(p.Form.Include, name) }

func hasTOTP(item ItemView) bool { return len(totpFields(item)) > 0 }

func totpFields(item ItemView) (all []ItemField) {
	for _, s := range item.Sections {
		for _, f := range s.Fields {
			if f.Type == vault.FieldTOTP {
				all = append(all, f)
			}
		}
	}
	return all
}

const totpHint = "Anyone who opens the link can generate codes even after it expires."

// totpLabel names a one-time password, by its own name too where that says more.
func totpLabel(f ItemField) string {
	const words = "One-time password"
	if label := fieldLabel(f); !strings.EqualFold(label, words) {
		return words + " (" + label + ")"
	}
	return words
}

func siteNames(sites []vault.Website) string {
	var names []string
	for _, site := range sites {
		names = append(names, site.URL)
	}
	return truncate(strings.Join(names, ", "), 200)
}

func tagNames(tags []string) string { return truncate(strings.Join(tags, ", "), 200) }

// includeID is the ID of the box of one part, of which no character ends an ID in a list of them.
func includeID(name string) string { return "include-" + url.PathEscape(name) }
