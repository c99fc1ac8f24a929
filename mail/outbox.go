package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

const outboxSize = 100

// Sent is a message in the outbox.
type Sent struct {
	To      string
	Subject string
	Text    string
	At      time.Time
}

// Outbox is the demo's mail server: it keeps the last messages in memory.
type Outbox struct {
	clock func() time.Time
	mu    sync.Mutex
	sent  []Sent // oldest first
}

// NewOutbox makes an empty outbox.
func NewOutbox(clock func() time.Time) *Outbox { return &Outbox{clock: clock} }

// Send keeps a message, and forgets the oldest of more than a hundred.
func (o *Outbox) Send(_ context.Context, m Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.sent) == outboxSize {
		o.sent = slices.Delete(o.sent, 0, 1)
	}
	o.sent = append(o.sent, Sent{m.To, m.Subject, m.Text, o.clock().UTC()})
	return nil
}

// Sent gives the messages, newest first.
func (o *Outbox) Sent() []Sent {
	o.mu.Lock()
	defer o.mu.Unlock()
	sent := slices.Clone(o.sent)
	slices.Reverse(sent)
	return sent
}
