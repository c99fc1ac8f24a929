package views

import "strconv"

func grantsOf(all []GrantRow, vaultID string) []GrantRow {
	var grants []GrantRow
	for _, g := range all {
		if g.VaultID == vaultID {
			grants = append(grants, g)
		}
	}
	return grants
}

// grantee tells more of who has a grant than the name.
func grantee(g GrantRow) string {
	if g.Email == "" {
		return "Service account"
	}
	return g.Email
}

func unsealedWords(n int) string {
	if n == 0 {
		return "none waiting"
	}
	return strconv.Itoa(n) + " waiting to be sealed"
}

// eventsFound is what a screen reader hears after a choice.
func eventsFound(p AuditProps) string {
	switch {
	case len(p.Events) == 0:
		return "No events found"
	case p.Next != "":
		return count(len(p.Events), "event") + " shown, more on the next page"
	}
	return count(len(p.Events), "event") + " found"
}

func firstEvents(p AuditProps) string {
	if p.Filter.After == "" {
		return ""
	}
	first := p.Filter
	first.After = ""
	return p.Shell.Paths.Audit(first)
}

func nextEvents(p AuditProps) string {
	if p.Next == "" {
		return ""
	}
	next := p.Filter
	next.After = p.Next
	return p.Shell.Paths.Audit(next)
}
