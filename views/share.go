package views

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// shareChoice is a radio button of a form.
type shareChoice struct {
	Name, Value, Words, Hint string
	PerPerson                bool // a link to recipients adds "per person" to Words
	Checked                  bool
	Why                      string           // it is disabled, "" where it isn't
	Data                     templ.Attributes // words for the summary
}

// The labels of the two audiences.
const (
	anyoneLabel     = "Anyone with the link"
	anyoneHint      = "No email verification."
	recipientsLabel = "Only people you choose"
	recipientsHint  = "They verify their email with a one-time code."
)

func audienceChoice(p ShareProps, audience share.Audience, label, hint string) shareChoice {
	return shareChoice{
		Name: "access", Value: string(audience), Words: label, Hint: hint,
		Checked: chosenAudience(p) == audience, Why: audienceReason(p, audience),
		Data: audienceData(audience),
	}
}

func viewChoices(p ShareProps) []shareChoice {
	once := isOneTime(p)
	return []shareChoice{
		{
			Name: "one_time", Value: "", Words: manyWords(p), Hint: manyHint(p), Checked: !once,
			Why: manyReason(p), Data: viewsData(p.Policy.MaxViews),
		},
		{
			Name: "one_time", Value: "on", Words: "One view", PerPerson: true, Checked: once,
			Data: viewsData(1),
		},
	}
}

// canShare reports whether a link for any audience can be created. A native link includes the
// item's files whatever is chosen.
func canShare(p ShareProps) bool { return sharingOffWords(p) == "" }

// sharingOffWords says why no link can be created, "" where one can.
func sharingOffWords(p ShareProps) string {
	if p.Native != "" && p.Policy.Sharing() && filesReason(p) != "" {
		return "A " + p.Native + " link includes the files. " + filesReason(p)
	}
	anyone, people := audienceReason(p, share.Anyone), audienceReason(p, share.Recipients)
	switch {
	case anyone == "" || people == "":
		return ""
	case anyone == people:
		return anyone
	}
	return anyone + " " + people
}

func audienceReason(p ShareProps, audience share.Audience) string {
	return p.Policy.AudienceReason(audience, p.MailOff)
}

func filesReason(p ShareProps) string {
	return p.Policy.FilesReason(p.Item.Files, p.Native != "")
}

// chosenAudience returns the audience of the form, or else the first that is allowed.
func chosenAudience(p ShareProps) share.Audience {
	if p.Form.Access != "" {
		return p.Form.Access
	}
	if audienceReason(p, share.Anyone) != "" && audienceReason(p, share.Recipients) == "" {
		return share.Recipients
	}
	return share.Anyone
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

// expiryChoices returns the policy's expiries, of which the chosen one is checked.
func expiryChoices(p ShareProps) []shareChoice {
	var choices []shareChoice
	for _, e := range p.Policy.Expiries() {
		checked := e.Name.Name() == p.Form.ExpireAfter
		if p.Form.ExpireAfter == "" {
			checked = e.Default
		}
		choices = append(choices, shareChoice{
			Value: e.Name.Name(), Words: share.Span(e.Length), Checked: checked, Why: e.Reason,
			Data: templ.Attributes{"data-seconds": strconv.Itoa(int(e.Length / time.Second))},
		})
	}
	return choices
}

// expiryReason says why some expiries can't be chosen, "" where all can.
func expiryReason(p ShareProps) string {
	for _, choice := range expiryChoices(p) {
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

// viewsData returns the words of a view limit for the summary, for either audience.
func viewsData(maxViews int) templ.Attributes {
	return templ.Attributes{
		"data-views-anyone":     viewLimitWords(maxViews, share.Anyone),
		"data-views-recipients": viewLimitWords(maxViews, share.Recipients),
	}
}

// audienceData returns the words of an audience for the summary.
func audienceData(audience share.Audience) templ.Attributes {
	if audience == share.Recipients {
		return nil // the chips have them
	}
	return templ.Attributes{"data-who": share.Who(audience, nil)}
}

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

func isOmitted(form ShareInput, id string) bool { return slices.Contains(form.Omit, id) }

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
	return capitalize(listOf(parts)) + " are always included."
}
