package views

import (
	"context"
	"slices"
)

// FewVaults is how many vaults the navigation lists where there are more than manyVaults.
const (
	FewVaults  = 5
	manyVaults = 8
)

type recentKey struct{}

// WithRecentVaults returns a context for rendering pages, whose navigation lists the vaults with
// these IDs where there are many. The last used one is first.
func WithRecentVaults(ctx context.Context, ids []string) context.Context {
	return context.WithValue(ctx, recentKey{}, ids)
}

// sideVaults returns the vaults of the navigation, in their order: all if they are few, else those
// that were used last, filled up with the first ones, and the current one.
func sideVaults(ctx context.Context, all []Option, currentID string) []Option {
	if len(all) <= manyVaults {
		return all
	}
	recent, _ := ctx.Value(recentKey{}).([]string)
	chosen := map[string]bool{}
	for _, id := range append([]string{currentID}, recent...) {
		known := slices.ContainsFunc(all, func(v Option) bool { return v.ID == id })
		if known && len(chosen) < FewVaults {
			chosen[id] = true
		}
	}
	for _, v := range all {
		if len(chosen) == FewVaults {
			break
		}
		chosen[v.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(v Option) bool { return !chosen[v.ID] })
}

func allVaultsLink(s Shell) place {
	return place{
		s.Paths.AllVaults(ListFilter{}), "archive", "All " + count(len(s.Vaults), "vault"),
		s.Nav == NavAllVaults,
	}
}

// foundVaults is like foundWords.
func foundVaults(p AllVaultsProps) string { return foundWords(len(p.Vaults), "vault", p.Next) }
