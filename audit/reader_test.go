package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"itemshare/audit"
	"itemshare/fault"
)

// numbers returns the detail n of all events, page by page.
func numbers(t *testing.T, f *logFixture, q audit.Query) (list []string) {
	t.Helper()
	for {
		page, err := audit.NewReader(f.db, f.Log).List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Events) > q.Limit {
			t.Fatalf("a page of %d", len(page.Events))
		}
		for _, e := range page.Events {
			list = append(list, e.Detail["n"])
		}
		if q.After = page.Next; q.After == "" {
			return list
		}
	}
}

func TestList(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	f.add(t, 20, 11)
	tests := []struct {
		why   string
		query audit.Query
		match func(n int) bool
	}{
		{"all, unsealed too", audit.Query{Limit: 4}, func(int) bool { return true }},
		{"a full last page", audit.Query{Limit: 31}, func(int) bool { return true }},
		{
			"by kind",
			audit.Query{Kind: audit.ShareOpened, Limit: 4},
			func(n int) bool { return n%2 == 1 },
		},
		{"by actor", audit.Query{Actor: "actor2", Limit: 4}, func(n int) bool { return n%3 == 2 }},
		{
			"by subject",
			audit.Query{Subject: "share1", Limit: 4},
			func(n int) bool { return n%5 == 1 },
		},
		{
			"by all three",
			audit.Query{Kind: audit.ShareOpened, Actor: "actor2", Subject: "share1", Limit: 1},
			func(n int) bool { return n%2 == 1 && n%3 == 2 && n%5 == 1 },
		},
		{"nothing", audit.Query{Actor: "nobody", Limit: 4}, func(int) bool { return false }},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			var want []string
			for n := 30; n >= 0; n-- {
				if tt.match(n) {
					want = append(want, fmt.Sprint(n))
				}
			}
			if diff := cmp.Diff(want, numbers(t, f, tt.query)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, after := range []string{
		"x", "-1", "0", "99999999999999999999", "1 OR 1=1", "1", "1-0", "-1-1", "1-x",
		"99999999999999999-1", "1-99999999999999999999",
	} {
		if _, err := audit.NewReader(f.db, f.Log).List(t.Context(), audit.Query{After: after}); fault.KindOf(
			err,
		) != fault.Invalid {
			t.Errorf("after %q: %v", after, err)
		}
	}
}

func TestListShowsDamagedDetails(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 4)
	f.seal(t)
	f.tamper(
		t,
		`UPDATE audit_events SET detail = NULL WHERE number = 1`,
		// of another event
		`UPDATE audit_events SET detail = (SELECT detail FROM audit_events WHERE number = 4)
			WHERE number = 2`,
	)
	page, err := audit.NewReader(f.db, f.Log).List(t.Context(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Number          int64
		N               string
		Erased, Damaged bool
	}
	var got []row
	for _, e := range page.Events {
		got = append(got, row{e.Number, e.Detail["n"], e.Erased, e.Damaged})
	}
	want := []row{
		{4, "3", false, false},
		{3, "2", false, false},
		{2, "", false, true},
		{1, "", true, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDetailsAreSealed: padded, so that lengths say little.
func TestDetailsAreSealed(t *testing.T) {
	f := newLog(t)
	lengths := map[int]bool{}
	for _, address := range []string{"a@b.example", "a.much.longer.address@quite.some.where.example"} {
		entry, err := f.Entry(
			audit.Event{
				At:     time.Now(),
				Kind:   audit.ShareCreated,
				Detail: map[string]string{"to": address},
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.db.Record(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
		lengths[len(entry.Detail)] = true
		files, _ := filepath.Glob(f.path + "*")
		for _, file := range files {
			if content, err := os.ReadFile(file); err != nil ||
				bytes.Contains(content, []byte(address)) {
				t.Errorf("%s holds the address, or: %v", file, err)
			}
		}
	}
	if len(lengths) != 1 {
		t.Errorf("lengths %v", lengths)
	}
}

func TestRunSealsEverySecondAndOnStop(t *testing.T) {
	f := newLog(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { f.sealer().Run(ctx); close(stopped) }()
	f.add(t, 0, 1)
	deadline := time.Now().Add(5 * time.Second)
	for {
		report, err := f.verify("")
		if err != nil {
			t.Fatal(err)
		}
		if report.Count == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("not sealed")
		}
		time.Sleep(20 * time.Millisecond)
	}
	f.add(t, 1, 1)
	cancel()
	<-stopped
	if report, err := f.verify(""); report.Count != 2 || err != nil {
		t.Errorf("after stop: %+v, %v", report, err)
	}
}
