package audit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// record stores an event, its detail in pairs.
func (f *logFixture) record(t *testing.T, at time.Time, kind audit.Kind, actor, subject string, detail ...string) {
	t.Helper()
	e := audit.Event{At: at, Kind: kind, Actor: actor, Subject: subject, Detail: map[string]string{}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	entry, err := f.Entry(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.db.Record(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
}

// shape returns each group as "count × kind of occurrences".
func shape(groups []audit.Group) (list []string) {
	for _, g := range groups {
		list = append(list, fmt.Sprintf("%d × %s in %d", g.Count, g.Kind, len(g.Occurrences)))
	}
	return list
}

func TestGroups(t *testing.T) {
	f := newLog(t)
	after := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	for n := range 5 {
		f.record(t, after(n), audit.SignInRefused, "", "ada", "peer", "192.0.2.1")
		if n == 2 {
			f.record(t, after(n), audit.SignedIn, "ben", "ben") // does not part the others
		}
	}
	f.record(t, after(5), audit.SignInRefused, "", "", "peer", "192.0.2.1", "count", "40")
	f.record(t, after(6), audit.SignInRefused, "", "", "peer", "192.0.2.1", "count", "2")
	f.record(t, after(100), audit.SignInRefused, "", "ada", "peer", "192.0.2.1") // much later
	f.record(t, after(101), audit.SignInRefused, "", "ada", "peer", "192.0.2.2") // from elsewhere
	page, err := audit.NewReader(f.db, f.Log).Groups(t.Context(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 × signin.refused in 1", "1 × signin.refused in 1", "42 × signin.refused in 2",
		"5 × signin.refused in 5", "1 × signin.ok in 1",
	}
	if diff := cmp.Diff(want, shape(page.Groups)); diff != "" || page.Next != "" {
		t.Error(page.Next, diff)
	}
	if got := page.Groups[3]; !got.At.Equal(after(4)) || !got.Occurrences[4].At.Equal(noon) {
		t.Errorf("the group lasts from %v to %v", got.Occurrences[4].At, got.At)
	}
}

// TestGroupPages: pages of groups tell of each event once, and a flood does not make a page endless.
func TestGroupPages(t *testing.T) {
	f := newLog(t)
	for n := range 1500 {
		kind := audit.SignInRefused
		if n%300 == 0 {
			kind = audit.SignedIn
		}
		f.record(t, noon.Add(time.Duration(n)*time.Second), kind, "", fmt.Sprint(n%2))
	}
	total, pages := 0, 0
	for q := (audit.Query{Limit: 2}); ; pages++ {
		page, err := audit.NewReader(f.db, f.Log).Groups(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		events := 0
		for _, g := range page.Groups {
			events += g.Count
		}
		if total += events; events > 1000 || len(page.Groups) > 2 {
			t.Errorf("a page of %d events in %d groups", events, len(page.Groups))
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if total != 1500 || pages < 3 {
		t.Errorf("%d events on %d pages", total, pages)
	}
}

// TestDates: both ends count, in whatever order events were stored.
func TestDates(t *testing.T) {
	f := newLog(t)
	for _, day := range []int{3, 1, 2, 4, 0} {
		f.record(t, noon.AddDate(0, 0, day), audit.SignedIn, "a", "s", "n", fmt.Sprint(day))
	}
	for _, q := range []audit.Query{{}, {Actor: "a"}, {Kind: audit.SignedIn}, {Subject: "s"}} {
		q.Limit = 1
		if got := numbers(t, f, q); !cmp.Equal(got, []string{"4", "3", "2", "1", "0"}) {
			t.Errorf("all: %q", got)
		}
		q.From, q.To = noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 3)
		if got := numbers(t, f, q); !cmp.Equal(got, []string{"2", "1"}) {
			t.Errorf("%+v: %q", q, got)
		}
	}
}

func TestEventsAboutAnAddress(t *testing.T) {
	f := newLog(t)
	const ann = "ann@client.example"
	for n, e := range []struct {
		actor, subject, address string
	}{
		{"ada", "ada", ""},
		{"boss", "ada", ""},
		{"", "share1", ""},
		{"", "share2", ann},
		{"", "share1", ann},
		{"", "share2", "bob@client.example"},
		{"ben", "ben", ""},
		{"ben", "share1", ""},
	} {
		detail := []string{"n", fmt.Sprint(n)}
		if e.address != "" {
			detail = append(detail, "address", e.address)
		}
		f.record(t, noon.Add(time.Duration(n)*time.Second), audit.SignedIn, e.actor, e.subject, detail...)
	}
	for _, c := range []struct {
		why   string
		query audit.Query
		want  []string
	}{
		{"a user", audit.Query{About: &audit.About{UserID: "ada"}}, []string{"1", "0"}},
		{
			"a recipient",
			audit.Query{About: &audit.About{Address: ann, Subjects: []string{"share1"}}},
			[]string{"7", "4", "3", "2"},
		},
		{
			"of one person",
			audit.Query{
				Actor: "ben", About: &audit.About{Address: ann, UserID: "ada", Subjects: []string{"share1"}},
			},
			[]string{"7"},
		},
		{"nobody", audit.Query{About: &audit.About{Address: "eve@x.example"}}, nil},
		{"an address that is none", audit.Query{About: &audit.About{}}, nil},
	} {
		c.query.Limit = 2
		if diff := cmp.Diff(c.want, numbers(t, f, c.query)); diff != "" {
			t.Errorf("%s: %s", c.why, diff)
		}
	}
}
