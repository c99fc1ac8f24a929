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
