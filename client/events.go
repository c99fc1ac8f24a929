package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// Events are the calls about the audit log, for a service account that may read events.
type Events struct{ calls caller }

// After returns the events after a number, 0 for the first, in the order of the chain. It ends with
// the last event that there is now. A follower keeps the Number of the last event that it dealt with
// and later calls After with it: so it misses none.
func (e Events) After(ctx context.Context, number int64) iter.Seq2[Event, error] {
	query := url.Values{"after": {strconv.FormatInt(number, 10)}}
	return pages[Event](ctx, e.calls, "follow events", "/events", query)
}
