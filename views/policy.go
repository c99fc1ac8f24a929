package views

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// sizeChoices are the sizes that a policy form offers, in bytes, and the chosen one
// where it is none of them.
func sizeChoices(chosen string) []Option {
	choices := []Option{{"", "Server limit"}}
	for _, mebibytes := range []int64{1, 5, 10, 25, 50} {
		choices = append(
			choices, Option{strconv.FormatInt(mebibytes<<20, 10), share.Size(mebibytes << 20)},
		)
	}
	if !slices.ContainsFunc(choices, func(o Option) bool { return o.ID == chosen }) {
		words := chosen
		if n, err := strconv.ParseInt(chosen, 10, 64); err == nil && n > 0 {
			words = share.Size(n)
		}
		choices = append(choices, Option{chosen, words})
	}
	return choices
}

// controlState returns the attributes that tie a control to its hint and its problem.
func controlState(problems []fault.Problem, field string) templ.Attributes {
	described := ""
	switch field {
	case "allowed_domains", "max_views", "name", "file", "url":
		described = field + "-hint"
	}
	attributes := templ.Attributes{}
	if hasProblem(problems, field) {
		attributes["aria-invalid"] = "true"
		described = strings.TrimSpace(described + " " + problemID(field))
	}
	if described != "" {
		attributes["aria-describedby"] = described
	}
	return attributes
}

// linkCreators are the choices of who creates links.
func linkCreators(l share.Linking) []shareChoice {
	return []shareChoice{
		{
			Name: "links_by", Value: string(share.LinksNative), Words: l.Account, Checked: l.Native,
			Hint: "Links share the whole item. View and revoke them in " + l.Account + ".",
		},
		{
			Name: "links_by", Value: string(share.LinksOurs), Words: "itemshare",
			Checked: !l.Native,
			Hint:    "Links share a copy of the fields you choose. View and revoke them here.",
		},
	}
}

func editHead(p PolicyProps) string {
	for _, v := range p.Vaults {
		if v.ID == p.Form.Vault {
			return "Edit policy for " + v.Name
		}
	}
	return "Edit account policy"
}

func ownPolicyHead(p PolicyProps) string {
	if p.Linking.Account != "" {
		return "itemshare policy"
	}
	return "Account policy"
}

func upstreamUnknown(p PolicyProps) string {
	if p.Upstream != nil && p.Upstream.Why != "" {
		return p.Upstream.Why + " Nothing can be shared until it's known."
	}
	return "It's known once there is an item."
}

// tickBox is a box of the policy form.
type tickBox struct {
	Name, Value, Words, Hint string
	Checked                  bool
	Why                      string // the account's policy forbids it, "" where it doesn't
}

func tickID(t tickBox) string { return "tick-" + t.Name + "-" + t.Value }

// forbids returns why the form can't have a value: that of a vault must fit the account's policy.
func (p PolicyProps) forbids(field, value string) string {
	if p.Form.Vault == "" {
		return ""
	}
	return p.Account.Forbids(field, value)
}

// hasOwn reports whether the form is that of a vault with a policy of its own.
func (p PolicyProps) hasOwn() bool {
	return slices.ContainsFunc(p.Vaults, func(v VaultPolicy) bool {
		return p.Form.Vault != "" && v.ID == p.Form.Vault && v.Own != nil
	})
}

func (p PolicyProps) tick(name, value, words, hint string, chosen []string) tickBox {
	why := p.forbids(name, value)
	return tickBox{name, value, words, hint, why == "" && slices.Contains(chosen, value), why}
}

func typeTicks(p PolicyProps) []tickBox {
	const name = "allowed_types"
	return []tickBox{
		p.tick(name, string(share.Public), anyoneLabel, anyoneHint, p.Form.AllowedTypes),
		p.tick(
			name, string(share.Authenticated), recipientsLabel, recipientsHint, p.Form.AllowedTypes,
		),
	}
}

func recipientTicks(p PolicyProps) []tickBox {
	const name = "allowed_recipient_types"
	chosen := p.Form.AllowedRecipientTypes
	return []tickBox{
		p.tick(name, "Email", "Individual email addresses", "", chosen),
		p.tick(name, "Domain", "Everyone at a domain", "", chosen),
	}
}

func filesTick(p PolicyProps) tickBox {
	t := p.tick("files_allowed", "on", "Allow files", "", nil)
	t.Checked = t.Why == "" && p.Form.FilesAllowed
	return t
}

// accountLimitWords says what the account's policy allows in a field at most, "" for no limit. It asks with
// the loosest value of each.
func accountLimitWords(p PolicyProps, field string) string {
	switch field {
	case "max_expiry", "default_expiry":
		return p.forbids(field, share.ThirtyDays.Name())
	case "max_views":
		return p.forbids(field, "1000000")
	case "allowed_domains":
		return p.forbids(field, "")
	case "files_max_size":
		if p.forbids("files_allowed", "on") != "" {
			return "" // said already
		}
		return p.forbids(field, strconv.Itoa(share.MaxFileSize))
	}
	return ""
}

func limitID(field string) string { return field + "-limit" }

// policyControl returns the attributes that tie a control to its hints and its problem.
func policyControl(p PolicyProps, field string) templ.Attributes {
	attributes := controlState(p.Problems, field)
	if accountLimitWords(p, field) != "" {
		described, _ := attributes["aria-describedby"].(string)
		attributes["aria-describedby"] = strings.TrimSpace(described + " " + limitID(field))
	}
	return attributes
}
