package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

func TestPaths(t *testing.T) {
	p := Paths{Base: "/share"}
	for _, c := range []struct{ got, want, why string }{
		{
			p.Item("a/b", "c?d#e"), "/share/vaults/a%2Fb/items/c%3Fd%23e",
			"an ID is one segment",
		},
		{p.Items(ItemsFilter{}), "/share/items", "no filter, no query"},
		{
			p.Items(ItemsFilter{Text: "a&b=c", After: "x y"}), "/share/items?q=a%26b%3Dc&after=x+y",
			"values are escaped",
		},
		{
			p.History(HistoryFilter{Status: share.Active, After: "n"}),
			"/share/shares?status=active&after=n", "a page of the history",
		},
		{
			p.HistoryCSV(HistoryFilter{Status: share.Active, After: "n"}),
			"/share/shares.csv?status=active", "CSV has every page",
		},
		{
			p.HistoryCSV(HistoryFilter{With: "a@b.example", Period: share.Today, From: "2026-11-30"}),
			"/share/shares.csv?with=a%40b.example&created=today&from=2026-11-30",
			"CSV has the page's filters",
		},
		{
			p.SignIn("/share/items?q=a&b"), "/share/signin?next=%2Fshare%2Fitems%3Fq%3Da%26b",
			"next is one value",
		},
		{p.RemoveRecipient("id", 3), "/share/shares/id/recipients/3/remove", "by index"},
		{Paths{}.ShareAgain("v", "i", "s"), "/vaults/v/items/i/share?from=s", "without a base"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s: %s", c.got, c.want, c.why)
		}
	}
}

func TestRelative(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, "just now"},
		{-59 * time.Second, "just now"},
		{-time.Minute, "1 minute ago"},
		{time.Second, "in 1 minute"},
		{-59*time.Minute - 40*time.Second, "1 hour ago"},
		{90 * time.Minute, "in 2 hours"},
		{-35 * time.Hour, "35 hours ago"},
		{36 * time.Hour, "in 2 days"},
		{7*day - time.Second, "in 7 days"},
		{-44 * day, "44 days ago"},
		{-45 * day, "2 months ago"},
		{364 * day, "in 12 months"},
		{-400 * day, "1 year ago"},
		{-900 * day, "2 years ago"},
	} {
		if got := relative(now, now.Add(c.after)); got != c.want {
			t.Errorf("%v reads %q, want %q", c.after, got, c.want)
		}
	}
}

func TestWhoWords(t *testing.T) {
	email := RecipientName{Kind: share.Email, Address: "a@b.example"}
	gone := RecipientName{Kind: share.Email, Address: "g@b.example", Removed: true}
	at := func(d string) RecipientName { return RecipientName{Kind: share.Domain, Address: d} }
	for _, c := range []struct {
		recipients []RecipientName
		want       string
	}{
		{[]RecipientName{email}, "One person"},
		{[]RecipientName{email, email, gone}, "Two people"},
		{[]RecipientName{at("partner.example")}, "Anyone at partner.example"},
		{
			[]RecipientName{email, email, at("partner.example")},
			"Two people and anyone at partner.example",
		},
		{
			[]RecipientName{email, at("a.example"), at("b.example")},
			"One person and anyone at a.example or b.example",
		},
		{[]RecipientName{gone}, "No one"},
		{make([]RecipientName, 11), "11 people"},
	} {
		if got := whoWords(share.Recipients, c.recipients); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestNameWords(t *testing.T) {
	email := func(a string) RecipientName { return RecipientName{Kind: share.Email, Address: a} }
	ann, ben := email("ann@a.example"), email("ben@a.example")
	at := RecipientName{Kind: share.Domain, Address: "partner.example"}
	gone := RecipientName{Kind: share.Email, Address: "g@b.example", Removed: true}
	for _, c := range []struct {
		recipients []RecipientName
		want       string
	}{
		{[]RecipientName{ann}, "ann@a.example"},
		{[]RecipientName{ann, gone, at}, "ann@a.example, anyone at partner.example"},
		{[]RecipientName{at, ben}, "Anyone at partner.example, ben@a.example"},
		{[]RecipientName{ann, ben, ann}, "ann@a.example, ben@a.example, ann@a.example"},
		{
			[]RecipientName{ann, ben, at, ann, ben},
			"ann@a.example, ben@a.example, anyone at partner.example +2",
		},
		{[]RecipientName{gone}, "No one"},
		{make([]RecipientName, 2), "Two people"},
	} {
		if got := nameWords(share.Recipients, c.recipients); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got := nameWords(share.Anyone, nil); got != "Anyone with the link" {
		t.Errorf("anyone: %q", got)
	}
}

func TestSizeChoices(t *testing.T) {
	for chosen, want := range map[string]string{
		"":        "Server limit, 1 MiB, 5 MiB, 10 MiB, 25 MiB and 50 MiB",
		"5242880": "Server limit, 1 MiB, 5 MiB, 10 MiB, 25 MiB and 50 MiB",
		"5000000": "Server limit, 1 MiB, 5 MiB, 10 MiB, 25 MiB, 50 MiB and 4.8 MiB",
	} {
		var names []string
		for _, o := range sizeChoices(chosen) {
			names = append(names, o.Name)
		}
		if got := listOf(names); got != want {
			t.Errorf("%q offers %q", chosen, got)
		}
	}
}

func TestUnusualDefaultExpiry(t *testing.T) {
	p := (sample{}).share()
	p.Policy = share.Combine(
		openPolicy(), &share.Policy{MaxExpiry: 30 * day, DefaultExpiry: 3 * day},
	)
	choices := expiries(p)
	last := choices[len(choices)-1]
	if last.Value != "" || last.Words != "3 days" || !last.Checked {
		t.Errorf("the policy's default reads %+v", last)
	}
}

func TestAnchorOf(t *testing.T) {
	for _, c := range []struct {
		problem fault.Problem
		want    string
	}{
		{fault.Problem{Code: fault.CodePolicyAccess}, "#access"},
		{fault.Problem{Code: fault.CodePolicyDomain}, "#recipients"},
		{fault.Problem{Code: fault.CodeInvalid, Field: "recipients[3]"}, "#recipients"},
		{fault.Problem{Code: fault.CodeInvalid, Field: "max_views"}, "#max_views"},
		{fault.Problem{Code: fault.CodeInvalid, Field: "token"}, ""},
		{fault.Problem{Code: fault.CodeConflict}, ""},
	} {
		if got := anchorOf(c.problem); got != c.want {
			t.Errorf("the anchor of %+v is %q, want %q", c.problem, got, c.want)
		}
	}
}

func TestCategories(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range vault.Categories() {
		if categoryIcons[c] == "" || iconShapes(categoryIcon(c)) == "" {
			t.Errorf("%s: no icon", c)
		}
		if seen[c.Label()] {
			t.Errorf("two categories have the name %s", c.Label())
		}
		seen[c.Label()] = true
	}
	unknown := vault.Category("Unknown")
	if label, icon := unknown.Label(), categoryIcon(unknown); label != "Other" || icon != "box" {
		t.Errorf("an unknown category has the name %q and the icon %q", label, icon)
	}
}

func TestQRPath(t *testing.T) {
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[[2]int]bool{}
	_, path := qrPath(link)
	for _, run := range strings.Split(strings.TrimSuffix(path, "z"), "z") {
		x, y, n := readRun(t, run)
		for i := range n {
			drawn[[2]int{x + i - quietZone, y - quietZone}] = true
		}
	}
	for y := range code.Size {
		for x := range code.Size {
			if drawn[[2]int{x, y}] != code.Black(x, y) {
				t.Fatalf("module %d,%d is wrong", x, y)
			}
		}
	}
	if _, path := qrPath(strings.Repeat("x", 5000)); path != "" {
		t.Error("a text that is too long was drawn")
	}
}

func TestMessageText(t *testing.T) {
	text := messageText((sample{"", "Ada"}).shared(share.Recipients))
	for _, want := range []string{
		link, "1 December 2026, 14:20 UTC", "view it once", "get a code to verify it",
		"ask Ada for a new one",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the message lacks %q:\n%s", want, text)
		}
	}
}

// readRun parses a run of n dark modules from x, y.
func readRun(t *testing.T, run string) (x, y, n int) {
	t.Helper()
	if _, err := fmt.Sscanf(run, "M%d %dh%dv1", &x, &y, &n); err != nil {
		t.Fatalf("run %q: %v", run, err)
	}
	return x, y, n
}
