package views

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"itemshare/audit"
)

func grantsOf(all []GrantRow, vaultID string) []GrantRow {
	var grants []GrantRow
	for _, g := range all {
		if g.VaultID == vaultID {
			grants = append(grants, g)
		}
	}
	return grants
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

// whoDid names who did something. Some things nobody signed in can do: the
// server's own commands did them.
func whoDid(e AuditRow) string {
	switch {
	case e.Who != "":
		return e.Who
	case e.Actor != "":
		return e.Actor
	}
	switch e.Kind {
	case audit.UserAdded, audit.PasswordChanged, audit.VaultAdded, audit.GrantChanged, audit.ItemsImported, audit.PolicyChanged, audit.Restored:
		return "Command line"
	}
	return "Nobody signed in"
}

func aboutWords(e AuditRow) string {
	if e.About != "" {
		return e.About
	}
	return clip(e.Subject, 10)
}

// detailFacts are an event's details by name.
func detailFacts(detail map[string]string) []fact {
	var facts []fact
	for _, name := range slices.Sorted(maps.Keys(detail)) {
		if detail[name] != "" {
			facts = append(facts, fact{strings.ReplaceAll(name, "_", " "), clip(detail[name], 200)})
		}
	}
	return facts
}
