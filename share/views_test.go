package share_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
	"itemshare/share"
)

// TestPopularLinkInHistory opens a link a thousand times, and seven times more in one minute: the
// history and the audit log show the seven as one entry.
func TestPopularLinkInHistory(t *testing.T) {
	s := newService(t)
	l := s.createShare()
	const byOne, more = 1000, 7
	openAll := func(from, to int) {
		var group sync.WaitGroup
		for worker := range 20 {
			group.Go(func() {
				for n := from + worker; n < to; n += 20 {
					view := encode(fmt.Appendf(nil, "view %011d", n))
					_, err := s.Open(t.Context(), share.OpenRequest{
						ID: l.id, Token: l.token, View: view, Agent: "curl/8",
					})
					if err != nil {
						t.Errorf("view %d: %v", n, err)
					}
				}
			})
		}
		group.Wait()
	}
	openAll(0, byOne)
	s.now = start.Add(90 * time.Second)
	openAll(byOne, byOne+more)
	minute := start.Add(time.Minute).Truncate(time.Minute)

	s.now = start.Add(4 * time.Minute)
	if n := must(s.RecordMinutes(t.Context(), s.now, 100))(t); n != 1 {
		t.Errorf("%d events of one minute", n)
	}
	if n := must(s.RecordMinutes(t.Context(), s.now, 100))(t); n != 0 {
		t.Errorf("%d events of a minute that was recorded", n)
	}
	event := s.events(audit.ShareOpened)[0]
	if !event.At.Equal(minute) || event.Subject != l.ID ||
		event.Detail["views"] != fmt.Sprint(more) {
		t.Errorf("audit %+v", event)
	}
	got := must(s.Get(t.Context(), annsView, l.ID))(t)
	if got.Summary.Views != byOne+more || len(got.Views) != 500 ||
		got.Views[0] != (share.ViewRecord{At: minute, InMinute: more}) ||
		got.Views[1] != (share.ViewRecord{At: start, Agent: "curl"}) {
		t.Errorf("%d views; the newest: %+v", got.Summary.Views, got.Views[:2])
	}
}
