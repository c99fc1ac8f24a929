package mail

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"
)

const (
	outboxSize  = 100
	expectTime  = time.Second // an expected message that is not sent by then no longer counts
	expectSleep = 5 * time.Millisecond
)

// Sent is a message in the outbox.
type Sent struct {
	To      string
	Subject string
	Text    string
	At      time.Time
}

// Outbox is a demo's mail server: it stores the last hundred messages in memory. It knows
// which messages are expected, so that a page shows a message as soon as the request that
// queued it is answered.
type Outbox struct {
	clock    func() time.Time
	mu       sync.Mutex
	sent     []Sent                          // oldest first
	expected map[[sha256.Size]byte]time.Time // since when, by digest
}

// NewOutbox returns an empty outbox.
func NewOutbox(clock func() time.Time) *Outbox {
	return &Outbox{clock: clock, expected: map[[sha256.Size]byte]time.Time{}}
}

// Expect records that a message is about to be queued. A dropped message is never sent and
// so never expected.
func (o *Outbox) Expect(m Message) {
	if m.Drop {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.expected[digest(m)] = o.clock()
}

// Send stores a message, and deletes the oldest if there are more than a hundred.
func (o *Outbox) Send(_ context.Context, m Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.expected, digest(m))
	if len(o.sent) == outboxSize {
		o.sent = slices.Delete(o.sent, 0, 1)
	}
	o.sent = append(o.sent, Sent{m.To, m.Subject, m.Text, o.clock().UTC()})
	return nil
}

// Deliver is Send. Its answer says where the message is.
func (o *Outbox) Deliver(ctx context.Context, m Message) (string, error) {
	return "250 Stored in the outbox", o.Send(ctx, m)
}

// Sent returns the messages, newest first.
func (o *Outbox) Sent() []Sent {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := slices.Clone(o.sent)
	slices.Reverse(sent)
	return sent
}

// Wait returns once no message is expected any more, after a second at most.
func (o *Outbox) Wait(ctx context.Context) {
	for o.isExpecting() && ctx.Err() == nil {
		time.Sleep(expectSleep)
	}
}

func (o *Outbox) isExpecting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for d, since := range o.expected {
		if o.clock().Sub(since) > expectTime {
			delete(o.expected, d)
		}
	}
	return len(o.expected) > 0
}

func digest(m Message) [sha256.Size]byte { return sha256.Sum256([]byte(m.To + "\n" + m.Text)) }
