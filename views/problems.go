package views

import (
	"strings"

	"itemshare/fault"
	"itemshare/share"
)

// fieldOf is the id of the form control that a problem is about, "" for none.
func fieldOf(p fault.Problem) string {
	field, _, _ := strings.Cut(p.Field, ".")
	field, _, _ = strings.Cut(field, "[")
	if field != "" {
		return field
	}
	switch p.Code {
	case "policy_access", "mail_off":
		return "access"
	case "policy_expiry":
		return "expire_after"
	case "policy_recipient_type", "policy_domain", "recipient_invalid", "recipient_missing", "too_many_recipients":
		return "recipients"
	case "policy_files":
		return "files"
	}
	return ""
}

// controls are the ids of the controls that a summary can lead to.
var controls = [...]string{
	"access", "recipients", "links_by", "expire_after", "one_time", "files", "omit",
	"name", "vaults", "share_items", "lifetime",
	"allowed_types", "allowed_recipient_types", "allowed_domains", "max_expiry", "default_expiry", "max_views", "files_allowed", "files_max_size",
}

// anchorOf leads to the control that a problem is about, "" where there is none.
func anchorOf(p fault.Problem) string {
	field := fieldOf(p)
	if !has(controls[:], field) {
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

// problemWords is a problem's sentence; one that came without gets one by code.
func problemWords(p fault.Problem) string {
	if p.Detail != "" {
		return p.Detail
	}
	switch p.Code {
	case "recipient_missing":
		return "Name at least one address or domain."
	case "recipient_invalid":
		return "This is neither an email address nor a domain."
	case "too_many_recipients":
		return "A link takes at most 50 addresses and domains."
	case "mail_off":
		return "Links for named people need mail, and mail is off on this server."
	case "policy_access":
		return "The policy does not allow this way of sharing."
	case "policy_expiry":
		return "The policy allows only shorter links."
	case "policy_recipient_type", "policy_domain":
		return "The policy does not allow this recipient."
	case "policy_files":
		return "The policy does not allow these files to be shared."
	}
	return "This value does not fit."
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
