package views

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"itemshare/fault"
	"itemshare/share"
)

// policySentence is the whole rule in words.
func policySentence(p share.Policy) string {
	if len(p.AllowedTypes) == 0 {
		return "Sharing is off: no link can be made."
	}
	return "Items may be shared with " + policyWho(p) + ". A link lives for " + policyLife(p) + " and opens " + policyOften(p) + ". " + policyFiles(p)
}

func policyWho(p share.Policy) string {
	var who []string
	if has(p.AllowedTypes, share.Public) {
		who = append(who, "anyone who has the link")
	}
	if has(p.AllowedTypes, share.Authenticated) {
		who = append(who, policyNamed(p))
	}
	return strings.Join(who, ", or with ")
}

func policyNamed(p share.Policy) string {
	named := "no one by name"
	email, domain := has(p.AllowedRecipientTypes, share.Email), has(p.AllowedRecipientTypes, share.Domain)
	switch {
	case email && domain:
		named = "named people and domains"
	case email:
		named = "named people"
	case domain:
		named = "named domains"
	}
	if len(p.AllowedDomains) > 0 {
		named += " at " + joined(p.AllowedDomains)
	}
	return named
}

func policyLife(p share.Policy) string {
	usual, longest := lengthWords(p.DefaultExpiry), lengthWords(p.MaxExpiry)
	if p.DefaultExpiry >= p.MaxExpiry {
		return "at most " + longest
	}
	return usual + " unless another time is chosen, " + longest + " at most,"
}

func policyOften(p share.Policy) string {
	words := oftenWords(p.MaxViews, share.Anyone)
	switch {
	case p.MaxViews == 0 || !has(p.AllowedTypes, share.Authenticated):
		return words
	case !has(p.AllowedTypes, share.Public):
		return oftenWords(p.MaxViews, share.Recipients)
	}
	return words + " (for named people, per address)"
}

func policyFiles(p share.Policy) string {
	switch {
	case !p.FilesAllowed:
		return "Files stay behind."
	case p.FilesMaxSize > 0:
		return "Files of up to " + size(p.FilesMaxSize) + " may come along."
	}
	return "Files may come along."
}

type fact struct{ Name, Value string }

// policyFacts are the numbers behind the sentence.
func policyFacts(p share.Policy) []fact {
	views := "Any number"
	if p.MaxViews > 0 {
		views = count(p.MaxViews, "view")
	}
	domains := "Any"
	if len(p.AllowedDomains) > 0 {
		domains = strings.Join(p.AllowedDomains, ", ")
	}
	return []fact{
		{"Longest life", capital(lengthWords(p.MaxExpiry))},
		{"Usual life", capital(lengthWords(p.DefaultExpiry))},
		{"Most views", views},
		{"Domains", domains},
		{"Files", filesFact(p)},
	}
}

func filesFact(p share.Policy) string {
	switch {
	case !p.FilesAllowed:
		return "None"
	case p.FilesMaxSize > 0:
		return "Up to " + size(p.FilesMaxSize)
	}
	return "Any"
}

// sizeChoices are the sizes that a policy form offers, in bytes; one that was set
// or typed otherwise stands among them as it is.
func sizeChoices(chosen string) []Option {
	choices := []Option{{"", "What this server takes (" + size(share.MaxFileSize) + ")"}}
	for _, megabytes := range []int64{1, 5, 10, 25, 50, 100} {
		choices = append(choices, Option{strconv.FormatInt(megabytes*1_000_000, 10), size(megabytes * 1_000_000)})
	}
	if !slices.ContainsFunc(choices, func(o Option) bool { return o.ID == chosen }) {
		words := chosen
		if n, err := strconv.ParseInt(chosen, 10, 64); err == nil && n > 0 {
			words = size(n)
		}
		choices = append(choices, Option{chosen, words})
	}
	return choices
}

// tightened says what a vault's own rule takes away from the account's.
func tightened(account, own share.Policy) []string {
	var parts []string
	if len(own.AllowedTypes) == 0 {
		return []string{"Sharing is off"}
	}
	for _, t := range account.AllowedTypes {
		if !has(own.AllowedTypes, t) {
			parts = append(parts, map[share.Type]string{share.Public: "not for anyone with the link", share.Authenticated: "not for named people"}[t])
		}
	}
	for _, k := range account.AllowedRecipientTypes {
		if !has(own.AllowedRecipientTypes, k) {
			parts = append(parts, map[share.RecipientKind]string{share.Email: "no single addresses", share.Domain: "no whole domains"}[k])
		}
	}
	if len(own.AllowedDomains) > 0 && !slices.Equal(own.AllowedDomains, account.AllowedDomains) {
		parts = append(parts, "only at "+joined(own.AllowedDomains))
	}
	if own.MaxExpiry < account.MaxExpiry {
		parts = append(parts, "at most "+lengthWords(own.MaxExpiry))
	}
	if own.MaxViews > 0 && (account.MaxViews == 0 || own.MaxViews < account.MaxViews) {
		parts = append(parts, "at most "+count(own.MaxViews, "view"))
	}
	parts = append(parts, tightenedFiles(account, own)...)
	if len(parts) == 0 {
		return []string{"A rule of its own, no stricter than the account’s"}
	}
	parts[0] = capital(parts[0])
	return parts
}

func tightenedFiles(account, own share.Policy) []string {
	switch {
	case account.FilesAllowed && !own.FilesAllowed:
		return []string{"no files"}
	case own.FilesAllowed && own.FilesMaxSize > 0 && (account.FilesMaxSize == 0 || own.FilesMaxSize < account.FilesMaxSize):
		return []string{"files of up to " + size(own.FilesMaxSize)}
	}
	return nil
}

// controlState ties a control to its hint and, where something is wrong with it,
// to what.
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

func changeHead(p PolicyProps) string {
	for _, v := range p.Vaults {
		if v.ID == p.Form.Vault {
			return "Change the rule of " + v.Name
		}
	}
	return "Change the account’s rule"
}

func newRuleHead(p PolicyPreviewProps) string {
	if p.Vault != "" {
		return "The new rule of " + p.Vault
	}
	return "The account’s new rule"
}

func revokeHint(p PolicyPreviewProps) string {
	words := "They stop working at once and for good."
	if p.Next != "" || p.After != "" {
		words = "All of them, on every page of this list, stop working at once and for good."
	}
	for _, a := range p.Affected {
		if a.Native != "" {
			return words + " Not those of " + a.Native + ": they go on until somebody revokes them there."
		}
	}
	return words
}

func ownRuleHead(p PolicyProps) string {
	if p.Linking.Account != "" {
		return "itemshare’s own rule"
	}
	return "The account’s rule"
}

func theirsUnknown(p PolicyProps) string {
	if p.Theirs != nil && p.Theirs.Why != "" {
		return p.Theirs.Why + " Where it is not known, nothing can be shared."
	}
	return "It is asked for with an item, and there is none yet."
}

// affectedHead is the page's answer in one line.
func affectedHead(p PolicyPreviewProps) string {
	n := len(p.Affected)
	switch {
	case n == 0 && p.After == "":
		return "No live link is touched"
	case p.Next != "" || p.After != "":
		return "More than " + count(max(n, 1), "live link") + " would not be allowed"
	}
	return count(n, "live link") + " would not be allowed"
}
