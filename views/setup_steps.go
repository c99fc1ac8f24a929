package views

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/share"
)

// SetUpStep is a step of the set-up after the first, by the last part of its address.
type SetUpStep string

// The steps, in order. Before them comes the one that makes the admin.
const (
	SetUpOrganization SetUpStep = "organization"
	SetUpRules        SetUpStep = "rules"
	SetUpEmail        SetUpStep = "email"
	SetUpVault        SetUpStep = "vault"
	SetUpItem         SetUpStep = "item"
)

var setUpSteps = []SetUpStep{SetUpOrganization, SetUpRules, SetUpEmail, SetUpVault, SetUpItem}

// words is the name of a step.
func (s SetUpStep) words() string {
	switch s {
	case SetUpOrganization:
		return "Organization"
	case SetUpRules:
		return "Rules"
	case SetUpEmail:
		return "Email"
	case SetUpVault:
		return "First vault"
	}
	return "First item"
}

// SetUpProgress says how far the set-up is.
type SetUpProgress struct {
	Organization string // its name, "" for none
	Done         map[SetUpStep]bool
	Closed       bool // by an admin, or there was none
}

// After returns the first step after another that isn't done, "" for none.
func (p SetUpProgress) After(s SetUpStep) SetUpStep {
	for _, next := range setUpSteps[slices.Index(setUpSteps, s)+1:] {
		if !p.Done[next] {
			return next
		}
	}
	return ""
}

// first returns the first step that isn't done, "" once all are.
func (p SetUpProgress) first() SetUpStep { return p.After("") }

// count returns how many steps are done, with the first.
func (p SetUpProgress) count() int {
	n := 1
	for _, s := range setUpSteps {
		if p.Done[s] {
			n++
		}
	}
	return n
}

// words says how far the set-up is.
func (p SetUpProgress) words() string {
	return fmt.Sprintf("%d of %d steps done", p.count(), len(setUpSteps)+1)
}

type setUpKey struct{}

// WithSetUp returns a context for rendering pages of an admin, which say how far the set-up is; nil for
// nothing.
func WithSetUp(ctx context.Context, p *SetUpProgress) context.Context {
	if p == nil {
		return ctx
	}
	return context.WithValue(ctx, setUpKey{}, p)
}

// setUpOf returns how far the set-up is, nil where the page says nothing about it.
func setUpOf(ctx context.Context) *SetUpProgress {
	p, _ := ctx.Value(setUpKey{}).(*SetUpProgress)
	return p
}

// SetUpFrame is what the page of a step has around its content.
type SetUpFrame struct {
	Shell    Shell
	Progress SetUpProgress
	Step     SetUpStep
	Problems []fault.Problem
}

// stepWords says which step it is. The first made the admin.
func (f SetUpFrame) stepWords() string {
	return fmt.Sprintf(
		"Set-up, step %d of %d: %s", slices.Index(setUpSteps, f.Step)+2, len(setUpSteps)+1,
		lowerFirst(f.Step.words()),
	)
}

// done reports whether the step is done.
func (f SetUpFrame) done() bool { return f.Progress.Done[f.Step] }

// later returns the address of the step that follows, whether or not it is done.
func (f SetUpFrame) later() string {
	if at := slices.Index(setUpSteps, f.Step) + 1; at < len(setUpSteps) && !f.Progress.Closed {
		return f.Shell.Paths.SetUpStep(setUpSteps[at])
	}
	return f.Shell.Paths.AdminHome()
}

// laterWords says what leaving a step means.
func (f SetUpFrame) laterWords() string {
	switch {
	case f.Progress.Closed:
		return "Cancel"
	case f.done():
		return "Continue"
	}
	return "Later"
}

// SetUpOrganizationProps are the values of SetUpOrganizationPage.
type SetUpOrganizationProps struct {
	Frame SetUpFrame
	Name  string // as entered
}

// SetUpRulesProps are the values of SetUpRulesPage.
type SetUpRulesProps struct {
	Frame   SetUpFrame
	Rules   share.Preset
	Domains string // as entered
	Own     bool   // the policy is none of the presets
	MailOff bool
}

// setUpRules are the presets to choose from.
func setUpRules(p SetUpRulesProps) []shareChoice {
	choices := []shareChoice{
		{
			Value: string(share.PresetOpen), Words: "Open",
			Hint: "A link opens for anyone who has it. Whoever shares can still choose people, who verify " +
				"their email address.",
		},
		{
			Value: string(share.PresetVerified), Words: "Verified people",
			Hint: "A link opens only for the people chosen for it. They verify their email address with a code.",
		},
		{
			Value: string(share.PresetDomains), Words: "Own domains",
			Hint: "The same, and only for email addresses at domains that you list.",
		},
	}
	for i := range choices {
		choices[i].Name, choices[i].Checked = "rules", choices[i].Value == string(p.Rules)
	}
	return choices
}

// SetUpEmailProps are the values of SetUpEmailPage.
type SetUpEmailProps struct {
	Frame SetUpFrame
	Off   bool      // email is off
	To    string    // as entered
	Test  *MailTest // the test email that was just sent, nil for none
}

// SetUpVaultProps are the values of SetUpVaultPage.
type SetUpVaultProps struct {
	Frame   SetUpFrame
	Name    string   // as entered
	Chosen  string   // the same
	Mine    []Option // vaults that the admin may share from
	Others  []Option // the other vaults
	MayAdd  bool     // vaults can be created here
	Account string   // the name of the account that the vaults are in, "" for this server
}

func setUpVaultHead(p SetUpVaultProps) string {
	if p.MayAdd {
		return "Create your first vault"
	}
	return "Choose a vault to share from"
}

func setUpVaultHint(p SetUpVaultProps) string {
	if p.Account == "" {
		return "A vault holds items, and you decide who can use them. You get every right in it."
	}
	return "The vaults are those of your " + p.Account + " account. Here nobody can use them until an admin " +
		"gives them access."
}

// namesOf lists names in a sentence.
func namesOf(all []Option) string {
	names := make([]string, 0, 3)
	for _, o := range all[:min(len(all), 3)] {
		names = append(names, o.Name)
	}
	if more := len(all) - len(names); more > 0 {
		return strings.Join(names, ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// SetUpItemProps are the values of SetUpItemPage.
type SetUpItemProps struct {
	Frame   SetUpFrame
	Vault   Option // to create the item in, its ID "" for none
	Fixed   bool   // items can't be created here
	Account string // the name of the account that they are in, "" for this server
}
