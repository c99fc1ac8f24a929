package views

import (
	"strings"
	"testing"
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
