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

// grantee returns the email address of who has a grant, or says that it is a service account.
func grantee(g GrantRow) string {
	if g.Email == "" {
		return "Service account"
	}
	return g.Email
}

// chainWords says how many events were verified, and how many are still to be added to the
// chain.
func chainWords(c ChainState) string {
	words := count(int(c.Count), "event")
	if c.Unsealed > 0 {
		words += ", and " + strconv.Itoa(c.Unsealed) + " more waiting to be added"
	}
	return words + "."
}

// eventsAnnouncement is announced to screen readers after a filter changed.
func eventsAnnouncement(p AuditProps) string {
	switch {
	case len(p.Events) == 0:
		return "No events found"
	case p.Next != "":
		return count(len(p.Events), "event") + " shown, more on the next page"
	}
	return count(len(p.Events), "event") + " found"
}

// allSubjects is the address of the list without the filter by subject.
func allSubjects(p AuditProps) string {
	return p.Shell.Paths.Audit(AuditFilter{Kind: p.Filter.Kind, Actor: p.Filter.Actor})
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
