package views

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"itemshare/audit"
	"itemshare/share"
)

// AdminHomeProps are the values of AdminHomePage.
type AdminHomeProps struct {
	Shell       Shell
	Today       time.Time // in UTC
	Overview    share.Overview
	Opened      []share.Count // views by day, today last
	Refused     share.Count   // today
	Seen        share.Count   // items that somebody outside has seen since they were changed
	SeenUnknown bool          // the vault can't be reached
	Undelivered int           // code emails of the last 30 days
	Waiting     int           // emails that should have been sent by now
	MailOff     bool
	BehindSince time.Time // since when erasing is late, zero where it isn't
	Chain       ChainState
	Version     string
	Of          string // the name of the organization, "" for none
	VaultNames  map[string]string
	OwnerNames  map[string]string
}

// SeenProps are the values of SeenPage. More means that only the newest views were looked through.
type SeenProps struct {
	Shell Shell
	Rows  []SeenRow
	More  bool
}

// SeenRow is an item that somebody outside has seen since it was changed. Title and Item are "" if the
// reader may not view it.
type SeenRow struct {
	Title   string
	Item    string // the address of its page
	Vault   string
	ShareID string // the link that was viewed last
	At      time.Time
	Views   int
}

// decision is something for an admin to decide.
type decision struct {
	TestID, Tone, Words, Address, Do string
}

// decisions are what needs a decision first, the gravest first.
func decisions(p AdminHomeProps) []decision {
	paths := p.Shell.Paths
	var all []decision
	add := func(when bool, d decision) {
		if when {
			all = append(all, d)
		}
	}
	log, mail := paths.Audit(AuditFilter{}), paths.Mail()
	add(p.Chain.Broken != "", decision{
		"chain-broken", "bad", "The audit log was changed or is damaged.", log, "View audit log",
	})
	add(!p.BehindSince.IsZero(), decision{
		"erasing-late", "bad", "Ended links are not being erased.", log, "View audit log",
	})
	add(p.MailOff, decision{
		"mail-off", "warn", "Email is off, so nobody can be named as a recipient.", mail, "View email",
	})
	add(p.Waiting > 0, decision{
		"mail-waits", "warn", count(p.Waiting, "email") + " can't be sent at the moment.", mail, "View email",
	})
	add(p.Undelivered > 0, decision{
		"mail-undelivered", "warn", count(p.Undelivered, "code") + " did not reach the recipient.",
		mail, "View email",
	})
	add(p.Seen.N > 0, decision{
		"seen", "warn", seenWords(p.Seen), paths.SeenItems(), "View items to rotate",
	})
	return all
}

func seenWords(seen share.Count) string {
	if seen.N == 1 && !seen.More {
		return "1 item was seen outside and hasn't changed since. Change its password once it isn't " +
			"needed there."
	}
	return countWords(seen) + " items were seen outside and haven't changed since. Change their " +
		"passwords once they aren't needed there."
}

// figure is one number of the front page, which leads to its list.
type figure struct{ TestID, Value, Words, Hint, Address string }

func figures(p AdminHomeProps) []figure {
	paths, today := p.Shell.Paths, p.Today.Format(time.DateOnly)
	seen := figure{
		"figure-seen", countWords(p.Seen), "Items to rotate", "Seen outside, not changed since",
		paths.SeenItems(),
	}
	if p.SeenUnknown {
		seen.Value, seen.Hint = "–", "Can't reach the vault"
	}
	return []figure{
		{
			"figure-active", countWords(p.Overview.Active), "Active links", "By everyone",
			paths.History(HistoryFilter{Status: share.Active}),
		},
		{
			"figure-ending", countWords(p.Overview.Ending), "End within 7 days", "Active links",
			paths.History(HistoryFilter{Status: share.Active, Ends: share.EndsSoon}),
		},
		{
			"figure-opened", countWords(p.Opened[len(p.Opened)-1]), "Views today", "Since midnight UTC",
			paths.Audit(AuditFilter{Kind: audit.ShareOpened, From: today}),
		},
		{
			"figure-refused", countWords(p.Refused), "Refused today", "Sign-ins, links, codes, views",
			paths.Audit(AuditFilter{Kind: audit.Refusals, From: today}),
		},
		seen,
		{
			"figure-mail", humanize.Comma(int64(p.Undelivered)), "Undelivered emails", "In 30 days",
			paths.Mail(),
		},
	}
}

// countWords returns a count, with a plus sign where there are more.
func countWords(c share.Count) string {
	words := humanize.Comma(int64(c.N))
	if c.More {
		words += "+"
	}
	return words
}

// tallyRow is how many active links a vault or a person has.
type tallyRow struct{ Name, Count, Address string }

func vaultTallies(p AdminHomeProps) (rows []tallyRow) {
	for _, t := range p.Overview.ByVault {
		row := tallyRow{Name: "Not from a vault", Count: humanize.Comma(int64(t.Count))}
		if t.ID != "" {
			row.Name = p.VaultNames[t.ID]
			row.Address = p.Shell.Paths.History(HistoryFilter{Status: share.Active, Vault: t.ID})
		}
		if row.Name == "" {
			row.Name = t.ID
		}
		rows = append(rows, row)
	}
	return rows
}

func ownerTallies(p AdminHomeProps) (rows []tallyRow) {
	for _, t := range p.Overview.ByOwner {
		name := p.OwnerNames[t.ID]
		if name == "" {
			name = t.ID
		}
		rows = append(rows, tallyRow{
			name, humanize.Comma(int64(t.Count)),
			p.Shell.Paths.History(HistoryFilter{Status: share.Active, By: t.ID}),
		})
	}
	return rows
}

// The size of a chart, in units of its own.
const (
	chartWidth  = 600
	chartHeight = 96
	barWidth    = 14
)

// bar is a day of a chart.
type bar struct{ X, Y, Height, Words string }

// bars returns the bars of counts by day, of which the last is today. The highest has the height of the
// chart; a day with any has at least a sliver.
func bars(counts []share.Count, today time.Time) []bar {
	highest := 1
	for _, c := range counts {
		highest = max(highest, c.N)
	}
	all := make([]bar, len(counts))
	for i, c := range counts {
		height := chartHeight * c.N / highest
		if c.N > 0 {
			height = max(height, 2)
		}
		all[i] = bar{
			X: fmt.Sprint(i*chartWidth/len(counts) + (chartWidth/len(counts)-barWidth)/2),
			Y: fmt.Sprint(chartHeight - height), Height: fmt.Sprint(height),
			Words: dayOf(today, len(counts)-1-i).Format("2 January") + ": " + countWords(c),
		}
	}
	return all
}

// dayOf returns the day some days ago.
func dayOf(today time.Time, ago int) time.Time { return today.AddDate(0, 0, -ago) }

// chartWords describes a chart to those who don't see it.
func chartWords(what string, counts []share.Count) string {
	sum := share.Count{}
	for _, c := range counts {
		sum.N, sum.More = sum.N+c.N, sum.More || c.More
	}
	return fmt.Sprintf("%s by day in the last %d days: %s in all. The table has each day.",
		what, len(counts), countWords(sum))
}

// highestWords is the label of the top of a chart.
func highestWords(counts []share.Count) string {
	highest := share.Count{}
	for _, c := range counts {
		if c.N > highest.N || c.N == highest.N && c.More {
			highest = c
		}
	}
	return countWords(highest)
}

// chainFact says in a word whether the audit log is whole.
func chainFact(c ChainState) string {
	switch {
	case c.Broken != "":
		return "Broken"
	case c.At.IsZero():
		return "Being verified"
	}
	return "Verified"
}
