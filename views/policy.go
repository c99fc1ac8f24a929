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
	choices := []Option{{"", "Server limit (" + share.Size(share.MaxFileSize) + ")"}}
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
	case "allowed_domains", "max_views", "name":
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

// affectedChoices are the choices of what happens to the links that break a new policy.
func affectedChoices(p PolicyPreviewProps) []shareChoice {
	revoke := p.Form.Affected == "revoke"
	return []shareChoice{
		{
			Name: "affected", Value: "keep", Words: "Keep them", Checked: !revoke,
			Hint: "They keep working until they expire. The new policy applies to new links.",
		},
		{
			Name: "affected", Value: "revoke", Words: "Revoke them", Checked: revoke,
			Hint: revokeHint(p),
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

func newPolicyHead(p PolicyPreviewProps) string {
	if p.Vault != "" {
		return "New policy for " + p.Vault
	}
	return "New account policy"
}

func revokeHint(p PolicyPreviewProps) string {
	words := "They stop working for everyone. This can't be undone."
	if p.hasOtherPages() {
		words = "All of them, on every page of this list, stop working for everyone. " +
			"This can't be undone."
	}
	for _, a := range p.Affected {
		if a.Native != "" {
			words += " Links created by " + a.Native + " keep working until they're revoked there."
			break
		}
	}
	return words
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

// affectedHead is the headline of the preview.
func affectedHead(p PolicyPreviewProps) string {
	n := len(p.Affected)
	words := count(n, "active link") + " break this policy"
	if n == 1 {
		words = "1 active link breaks this policy"
	}
	switch {
	case n == 0 && p.Next != "":
		return "No affected links found yet"
	case n == 0 && p.After != "":
		return "No more active links affected"
	case n == 0:
		return "No active links affected"
	case p.hasOtherPages():
		return "At least " + words
	}
	return words
}

// affectedHint says what the headline leaves open.
func affectedHint(p PolicyPreviewProps) string {
	if len(p.Affected) == 0 && p.Next != "" {
		return "Nothing has changed yet. Only the newest links were checked: older ones may break this policy."
	}
	return "Nothing has changed yet."
}

// hasOtherPages reports whether other pages may list affected links.
func (p PolicyPreviewProps) hasOtherPages() bool { return p.Next != "" || p.After != "" }

// mayAffect reports whether the policy breaks links, or may break some that this page
// does not list.
func (p PolicyPreviewProps) mayAffect() bool { return len(p.Affected) > 0 || p.hasOtherPages() }
