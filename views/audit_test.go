package views

import (
	"strings"
	"testing"

	"itemshare/audit"
)

// TestUncheckedLogIsNotCalledVerified: until the first check has ended nobody knows.
func TestUncheckedLogIsNotCalledVerified(t *testing.T) {
	for _, c := range []struct {
		chain ChainState
		want  string
	}{
		{ChainState{}, "Audit log not verified yet"},
		{ChainState{Running: true, Checked: 500}, "Checking every event: 500 done."},
		{ChainState{At: now, Unsealed: 13}, "Audit log not verified yet"},
		{ChainState{At: now, WholeAt: now, Count: 3}, "Audit log verified"},
		{ChainState{Broken: "event 2: missing"}, "The audit log was changed"},
		{ChainState{Broken: "event 2: missing", At: now}, "The audit log was changed"},
	} {
		var page strings.Builder
		if err := Chain(Paths{}, c.chain).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), c.want) {
			t.Errorf("%+v: %s", c.chain, page.String())
		}
	}
}

// TestRightsInTheAuditLog asserts that a change of access says all that somebody can do in one line.
func TestRightsInTheAuditLog(t *testing.T) {
	for _, c := range []struct {
		detail map[string]string
		want   string
	}{
		{map[string]string{"view": "true", "reveal": "true", "share": "false"}, "view and reveal"},
		{map[string]string{"view": "true", "share": "true", "edit": "true"}, "view, share and edit"},
		{map[string]string{"view": "false", "manage": "false"}, "nothing"},
		{map[string]string{"events": "true", "people": "true"}, "read events and manage people"},
	} {
		e := AuditRow{Event: audit.Event{Kind: audit.GrantChanged, Detail: c.detail}}
		if facts := eventFacts(e); len(facts) != 1 || facts[0].Name != "can" || facts[0].Value != c.want {
			t.Errorf("%v: %+v", c.detail, facts)
		}
	}
}
