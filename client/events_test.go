package client_test

import (
	"fmt"
	"testing"

	"itemshare/client"
)

// TestEventsAfter asserts that a follower gets all pages after a number, in order.
func TestEventsAfter(t *testing.T) {
	const event = `{"number":%d,"at":"2030-01-02T03:04:05.678Z","kind":"share.opened","actor":"",` +
		`"subject":"s","detail":{"address":"ann@client.example"}}`
	s := newServer(
		t,
		step{status: 200, body: `{"items":[` + fmt.Sprintf(event, 8) + `,` + fmt.Sprintf(event, 9) + `],"next":"9"}`},
		step{status: 200, body: `{"items":[` + fmt.Sprintf(event, 10) + `]}`},
	)
	events, err := client.All(s.client().Events().After(t.Context(), 7))
	if err != nil || len(events) != 3 {
		t.Fatalf("%v, %v", events, err)
	}
	last := events[2]
	if last.Number != 10 || last.Kind != "share.opened" || last.Detail["address"] != "ann@client.example" ||
		last.At.UnixMilli()%1000 != 678 {
		t.Errorf("the last event is %+v", last)
	}
	for i, r := range s.requests() {
		if want := fmt.Sprintf("GET /api/v1/events?after=%d", 7+2*i); r.line != want {
			t.Errorf("request %s, want %s", r.line, want)
		}
	}
}
