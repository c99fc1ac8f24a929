package views

// affectedHead is the headline of the preview.
func affectedHead(p PolicyPreviewProps) string {
	verb := " break this policy"
	if p.Count == 1 {
		verb = " breaks this policy"
	}
	words := count(p.Count, "active link") + verb
	switch {
	case p.Form.Same:
		return "Same policy as the account"
	case p.Count > 0 && p.AtLeast:
		return "At least " + words
	case p.Count > 0:
		return words
	case p.AtLeast && len(p.Affected) == 0 && p.Next != "":
		return "No affected links found yet"
	case p.AtLeast && len(p.Affected) == 0:
		return "No more active links affected"
	case p.AtLeast:
		return "Active links break this policy"
	}
	return "No active links affected"
}

// affectedHint says what the headline leaves open.
func affectedHint(p PolicyPreviewProps) string {
	if p.AtLeast && p.Count == 0 && p.After == "" {
		return "Nothing has changed yet. Only the newest links were checked: older ones may break this policy."
	}
	return "Nothing has changed yet."
}

// hasOtherPages reports whether other pages may list affected links.
func (p PolicyPreviewProps) hasOtherPages() bool { return p.Next != "" || p.After != "" }

// mayAffect reports whether links break the policy, or may, as some were not checked.
func (p PolicyPreviewProps) mayAffect() bool { return p.Count > 0 || p.AtLeast }

// mayRevoke reports whether links that break the policy can, or may, be revoked here.
func (p PolicyPreviewProps) mayRevoke() bool { return p.Count > p.Native || p.AtLeast }

// currentHead names the policy that is replaced.
func currentHead(p PolicyPreviewProps) string {
	if p.Own {
		return "Now"
	}
	return "Now (same as account)"
}

func keepLabel(p PolicyPreviewProps) string {
	if p.Count == 0 || p.AtLeast {
		return "Save and keep links"
	}
	return "Save and keep " + count(p.Count, "link")
}

func revokeLabel(p PolicyPreviewProps) string {
	switch n := p.Count - p.Native; {
	case n == 0:
		return "Save and revoke affected links"
	case p.AtLeast:
		return "Save and revoke at least " + count(n, "link")
	default:
		return "Save and revoke " + count(n, "link")
	}
}

func newPolicyHead(p PolicyPreviewProps) string {
	if p.Vault != "" {
		return "New policy for " + p.Vault
	}
	return "New account policy"
}

func revokeHint(p PolicyPreviewProps) string {
	words := "Revoked links stop working for everyone. This can't be undone."
	if p.hasOtherPages() {
		words = "All affected links, on every page of this list, are revoked. They stop working for " +
			"everyone. This can't be undone."
	}
	if p.AtLeast {
		words += " This takes a while: a link can still be viewed until its turn."
	}
	return words
}

// nativeAccount is the name of the vault's own account, as a link of it says.
func nativeAccount(p PolicyPreviewProps) string {
	for _, a := range p.Affected {
		if a.Native != "" {
			return a.Native
		}
	}
	return "the vault's own account"
}
