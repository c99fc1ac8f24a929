package share_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/fault"
	"itemshare/share"
)

// TestAgainWithinTodaysPolicy shares again under a policy that has changed since: what it allows is
// chosen, what differs is said, and a link can be created right away where anything is left to share.
func TestAgainWithinTodaysPolicy(t *testing.T) {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	monthly := func(r *share.Request) { r.ExpireAfter = "ThirtyDays" }
	for name, c := range map[string]struct {
		earlier []func(*share.Request)
		policy  func(*share.Policy)
		want    func(*testing.T, share.Again)
		changes []string
	}{
		"the same": {
			earlier: []func(*share.Request){to("zoe@client.example"), oneTime, withFiles},
			policy:  func(*share.Policy) {},
		},
		"a shorter maximum": {
			earlier: []func(*share.Request){monthly},
			policy:  func(p *share.Policy) { p.MaxExpiry, p.DefaultExpiry = days(7), days(1) },
			want: func(t *testing.T, a share.Again) {
				if a.ExpireAfter != "SevenDays" {
					t.Errorf("expires after %s", a.ExpireAfter)
				}
			},
			changes: []string{"30 days is now 7 days at most."},
		},
		"no files": {
			earlier: []func(*share.Request){withFiles},
			policy:  func(p *share.Policy) { p.FilesAllowed = false },
			changes: []string{"Files aren't allowed any more."},
		},
		"one view": {
			policy: func(p *share.Policy) { p.MaxViews = 1 },
			want: func(t *testing.T, a share.Again) {
				if !a.OneTime {
					t.Error("unlimited views")
				}
			},
			changes: []string{"Unlimited views is now one view."},
		},
		"other domains": {
			earlier: []func(*share.Request){to("zoe@client.example", "max@other.example")},
			policy:  func(p *share.Policy) { p.AllowedDomains = []string{"client.example"} },
			want: func(t *testing.T, a share.Again) {
				if !slices.Equal(a.Recipients, []string{"zoe@client.example"}) {
					t.Errorf("to %v", a.Recipients)
				}
			},
			changes: []string{"Not allowed any more: max@other.example."},
		},
		"recipients only": {
			policy: func(p *share.Policy) { p.AllowedTypes = []share.Type{share.Authenticated} },
			want: func(t *testing.T, a share.Again) {
				if a.Access != "recipients" {
					t.Errorf("for %s", a.Access)
				}
			},
			changes: []string{
				"Links for anyone aren't allowed any more. Add the people who can view this.",
			},
		},
		"never wider": {
			earlier: []func(*share.Request){to("zoe@client.example")},
			policy:  func(p *share.Policy) { p.AllowedTypes = []share.Type{share.Public} },
			want: func(t *testing.T, a share.Again) {
				if a.Access != "recipients" {
					t.Error("a link for a recipient became one for anyone")
				}
			},
			changes: []string{"The account policy doesn't allow links for specific people."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			l := s.createShare(c.earlier...)
			policy := share.Default()
			c.policy(&policy)
			must(s.SetPolicy(t.Context(), ann, "", policy, false))(t)
			again := must(s.Again(t.Context(), ann, annsView, l.ID, s.team.ID, s.item.ID))(t)
			if diff := cmp.Diff(c.changes, again.Changes); diff != "" {
				t.Error(diff)
			}
			if c.want != nil {
				c.want(t, again)
			}
			if name == "recipients only" || name == "never wider" {
				return
			}
			if _, err := s.Create(t.Context(), ann, again.Request); err != nil {
				t.Errorf("create: %v", err)
			}
		})
	}
}

func TestAgainOfAnotherItem(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	if _, err := s.Again(t.Context(), ann, annsView, l.ID, s.team.ID, "another"); fault.KindOf(
		err,
	) != fault.NotFound {
		t.Errorf("for another item: %v", err)
	}
}
