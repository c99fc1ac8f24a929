package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// fieldOf returns the id of the form control that a problem is about, "" for none.
func fieldOf(p fault.Problem) string {
	field, _, _ := strings.Cut(p.Field, ".")
	field, _, _ = strings.Cut(field, "[")
	if field != "" {
		return field
	}
	switch p.Code {
	case fault.CodePolicyAccess, fault.CodeMailOff:
		return "access"
	case fault.CodePolicyExpiry:
		return "expire_after"
	case fault.CodePolicyRecipientType, fault.CodePolicyDomain, fault.CodeRecipientInvalid,
		fault.CodeRecipientMissing, fault.CodeTooManyRecipients:
		return "recipients"
	case fault.CodePolicyFiles:
		return "files"
	}
	return ""
}

// controls are the ids of the controls that a summary can lead to.
var controls = [...]string{
	"access", "recipients", "links_by", "expire_after", "one_time", "files", "include",
	"text", "title", "file", "email", "name", "role", "password", "links", "to", "vaults", "share_items", "lifetime",
	"allowed_types", "allowed_recipient_types", "allowed_domains", "max_expiry", "default_expiry",
	"current", "password", "code", "off", "renew", "passkey", "passkey_name", "passkey_password",
	"max_views", "files_allowed", "files_max_size",
	"columns", "duplicates", "url", "types",
	"person", "who", "view", "reveal", "share", "edit", "manage", "confirm",
}

// anchorOf returns the link to the control that a problem is about, "" where there is none.
func anchorOf(p fault.Problem) string {
	field := fieldOf(p)
	if field == "omit" || field == "totp" { // older names of what is included
		field = "include"
	}
	control, _, _ := strings.Cut(field, "-") // one of several, such as to-{id}
	if !slices.Contains(controls[:], control) {
		return ""
	}
	return "#" + field
}

func hasProblem(problems []fault.Problem, field string) bool {
	for _, p := range problems {
		if fieldOf(p) == field {
			return true
		}
	}
	return false
}

func problemID(field string) string { return "problem-" + field }

// describedBy returns the attributes of a field of a filter: its hint, "" for none, and its problem.
func describedBy(problems []fault.Problem, field, hint string) templ.Attributes {
	attributes := templ.Attributes{}
	if hasProblem(problems, field) {
		attributes["aria-invalid"] = "true"
		hint = strings.TrimSpace(problemID(field) + " " + hint)
	}
	if hint != "" {
		attributes["aria-describedby"] = hint
	}
	return attributes
}

// namedApart returns the attributes of a control in a label that has its hint too: the element with
// the ID id-name is its name, and the one with id-hint its description, if there is a hint.
func namedApart(id string, hinted bool) templ.Attributes {
	attributes := templ.Attributes{"aria-labelledby": id + "-name"}
	if hinted {
		attributes["aria-describedby"] = id + "-hint"
	}
	return attributes
}

// problemWords is a problem's sentence.
func problemWords(p fault.Problem) string {
	if p.Detail != "" {
		return p.Detail
	}
	return "This value isn't allowed."
}

func toneIcon(tone string) string {
	switch tone {
	case "bad", "warn":
		return "triangle-alert"
	case "good":
		return "circle-check"
	}
	return "info"
}

func kindIcon(k share.RecipientKind) string {
	if k == share.Domain {
		return "globe"
	}
	return "mail"
}
