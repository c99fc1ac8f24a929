package views

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
