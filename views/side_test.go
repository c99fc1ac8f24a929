package views

import (
	"fmt"
	"slices"
	"testing"
)

// TestFewVaultsInTheNavigation: many vaults are those used last, in the order of all.
func TestFewVaultsInTheNavigation(t *testing.T) {
	var many []Option
	for i := range 200 {
		many = append(many, Option{ID: fmt.Sprint("v", i)})
	}
	for _, c := range []struct {
		why     string
		all     []Option
		recent  []string
		current string
		want    []string
	}{
		{"few are all there", many[:3], []string{"v2"}, "", []string{"v0", "v1", "v2"}},
		{"nothing used", many, nil, "", []string{"v0", "v1", "v2", "v3", "v4"}},
		{"used", many, []string{"v90", "v7"}, "", []string{"v0", "v1", "v2", "v7", "v90"}},
		{
			"the current one too", many,
			[]string{"v1", "v2", "v3", "v4", "v5"},
			"v150",
			[]string{"v1", "v2", "v3", "v4", "v150"},
		},
		{
			"not what the reader may no longer view", many,
			[]string{"gone", "v9"},
			"gone",
			[]string{"v0", "v1", "v2", "v3", "v9"},
		},
	} {
		var got []string
		for _, v := range sideVaults(WithRecentVaults(t.Context(), c.recent), c.all, c.current) {
			got = append(got, v.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}
