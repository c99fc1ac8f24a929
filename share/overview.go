package share

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"itemshare/seal"
)

// Counter counts shares, each up to a limit, so that it costs the same however many there are.
type Counter interface {
	// CountCreated counts the shares with an id from since on and before another.
	CountCreated(ctx context.Context, since, before string, limit int) (int, error)
	// CountEnding counts the active shares that end after now and at until or earlier.
	CountEnding(ctx context.Context, now, until time.Time, limit int) (int, error)
	// NewestActive returns whose the newest active shares are.
	NewestActive(ctx context.Context, now time.Time, limit int) ([]ActiveShare, error)
	// CopiesOf returns which items, and which versions of them, shares hold. Unknown ids have none.
	CopiesOf(ctx context.Context, ids []string) ([]Copy, error)
}

// ActiveShare says from which vault a share is, and whose.
type ActiveShare struct{ VaultID, OwnerID string }

// Copy says which version of which item a share holds.
type Copy struct {
	ShareID string
	VaultID string
	ItemID  string
	Version uint32
}

const (
	mostCounted = 1000 // counts above it are "1,000+"
	mostActive  = 5000 // active links that are counted by vault and by person
	mostByDay   = 2000 // links of a day that are counted
	tallyRows   = 5    // vaults and people that are listed

	// OverviewDays is how many days an overview counts, with today.
	OverviewDays = 30
)

// Count is how many there are: N, or more.
type Count struct {
	N    int
	More bool
}

// CountUpTo returns the count of n that were counted up to a limit.
func CountUpTo(n, limit int) Count { return Count{min(n, limit), n > limit} }

// Tally is how many active links a vault or a person has. An empty ID of a vault stands for no vault.
type Tally struct {
	ID    string
	Count int
}

// Overview says how sharing stands. Created has a count for each of the last OverviewDays days in UTC,
// today last. ByVault and ByOwner have the most, of the newest links where there are More than Active.N.
type Overview struct {
	Active  Count
	Ending  Count // within 7 days
	ByVault []Tally
	ByOwner []Tally
	Created []Count
}

// Overview counts everybody's shares, for an admin.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	now := s.clock()
	active, err := s.store.NewestActive(ctx, now, mostActive+1)
	if err != nil {
		return Overview{}, fmt.Errorf("count active shares: %w", err)
	}
	o := Overview{Active: CountUpTo(len(active), mostActive)}
	active = active[:o.Active.N]
	o.ByVault = tallyOf(active, func(a ActiveShare) string { return a.VaultID })
	o.ByOwner = tallyOf(active, func(a ActiveShare) string { return a.OwnerID })
	ending, err := s.store.CountEnding(ctx, now, now.Add(endingSoon), mostCounted+1)
	if err != nil {
		return Overview{}, fmt.Errorf("count shares that end: %w", err)
	}
	o.Ending = CountUpTo(ending, mostCounted)
	for _, day := range LastDays(now) {
		n, err := s.store.CountCreated(
			ctx, seal.FirstID(day), seal.FirstID(day.AddDate(0, 0, 1)), mostByDay+1,
		)
		if err != nil {
			return Overview{}, fmt.Errorf("count the shares of a day: %w", err)
		}
		o.Created = append(o.Created, CountUpTo(n, mostByDay))
	}
	return o, nil
}

// LastDays returns the last OverviewDays days in UTC, the day of now last.
func LastDays(now time.Time) []time.Time {
	today := now.UTC().Truncate(24 * time.Hour)
	days := make([]time.Time, OverviewDays)
	for i := range days {
		days[i] = today.AddDate(0, 0, i+1-OverviewDays)
	}
	return days
}

// tallyOf returns the most frequent keys, the most frequent first.
func tallyOf(active []ActiveShare, key func(ActiveShare) string) []Tally {
	counts := map[string]int{}
	for _, a := range active {
		counts[key(a)]++
	}
	tallies := make([]Tally, 0, len(counts))
	for id, n := range counts {
		tallies = append(tallies, Tally{id, n})
	}
	slices.SortFunc(tallies, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
	return tallies[:min(len(tallies), tallyRows)]
}
