package db

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

var morning = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// queueMail queues a message that expires after ten minutes.
func queueMail(t *testing.T, db *DB, id, topic string, now time.Time) {
	t.Helper()
	if err := db.write(t.Context(), "test", func(tx *tx) error {
		return insertMail(tx, id, []byte(topic), []byte("sealed "+id), now.Add(10*time.Minute).Unix(), now.Unix())
	}); err != nil {
		t.Fatal(err)
	}
}

func takeMail(t *testing.T, db *DB, now time.Time, limit int) (ids []string) {
	t.Helper()
	taken, err := db.TakeMail(t.Context(), now, time.Minute, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range taken {
		if string(m.Sealed) != "sealed "+m.ID || m.Until.IsZero() {
			t.Errorf("taken %+v", m)
		}
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestMailLease(t *testing.T) {
	db := open(t)
	queueMail(t, db, "a", "a", morning)
	queueMail(t, db, "b", "b", morning.Add(time.Second))
	queueMail(t, db, "c", "c", morning.Add(2*time.Second))
	now := morning.Add(2 * time.Second)
	if got := takeMail(t, db, now, 2); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("took %v, want the two that wait longest", got)
	}
	if got := takeMail(t, db, now, 2); !slices.Equal(got, []string{"c"}) {
		t.Errorf("took %v, want what is not leased", got)
	}
	if got := takeMail(t, db, now.Add(59*time.Second), 9); got != nil {
		t.Errorf("took %v under a lease", got)
	}
	if err := db.DoneMail(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if err := db.RetryMail(t.Context(), "b", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := takeMail(t, db, now.Add(time.Minute), 9); !slices.Equal(got, []string{"c"}) {
		t.Errorf("took %v, want what a dead worker leased", got)
	}
	taken, err := db.TakeMail(t.Context(), now.Add(time.Hour), time.Minute, 9)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range taken {
		if want := map[string]int{"b": 1, "c": 0}[m.ID]; m.Tries != want {
			t.Errorf("%s: %d tries, want %d", m.ID, m.Tries, want)
		}
	}
	if len(taken) != 2 {
		t.Errorf("took %d", len(taken))
	}
}

// TestMailLeasedOnce asserts that simultaneous senders lease different messages.
func TestMailLeasedOnce(t *testing.T) {
	db := open(t)
	for n := range 60 {
		queueMail(t, db, fmt.Sprint("id", n), fmt.Sprint("topic", n), morning)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			taken, err := db.TakeMail(t.Context(), morning, time.Minute, 4)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, m := range taken {
				seen[m.ID]++
			}
		})
	}
	all.Wait()
	for id, times := range seen {
		if times != 1 {
			t.Errorf("%s was taken %d times", id, times)
		}
	}
	if len(seen) != 60 {
		t.Errorf("%d taken", len(seen))
	}
}

func TestNewerMailSupersedes(t *testing.T) {
	db := open(t)
	queueMail(t, db, "old", "topic", morning)
	queueMail(t, db, "other", "another topic", morning)
	if got := takeMail(t, db, morning, 1); len(got) != 1 { // a leased one is superseded as well
		t.Fatal(got)
	}
	queueMail(t, db, "new", "topic", morning)
	if got := takeMail(t, db, morning.Add(time.Hour), 9); !slices.Equal(
		got,
		[]string{"new", "other"},
	) {
		t.Errorf("took %v", got)
	}
	// What a worker says of the superseded one touches nothing else.
	if err := db.DoneMail(t.Context(), "old"); err != nil {
		t.Error(err)
	}
	if err := db.RetryMail(t.Context(), "old", morning); err != nil {
		t.Error(err)
	}
}

func TestEraseMail(t *testing.T) {
	db := open(t)
	for n := range 5 {
		queueMail(
			t,
			db,
			fmt.Sprint("id", n),
			fmt.Sprint("topic", n),
			morning.Add(time.Duration(n)*time.Minute),
		)
	}
	for _, step := range []struct{ after, limit, want int }{{9, 9, 0}, {12, 2, 2}, {12, 2, 1}, {12, 2, 0}} {
		n, err := db.EraseMail(
			t.Context(),
			morning.Add(time.Duration(step.after)*time.Minute),
			step.limit,
		)
		if n != step.want || err != nil {
			t.Errorf("after %d minutes: %d, %v, want %d", step.after, n, err, step.want)
		}
	}
	if got := takeMail(t, db, morning.Add(time.Hour), 9); !slices.Equal(
		got,
		[]string{"id3", "id4"},
	) {
		t.Errorf("left %v", got)
	}
}
