// Package mail delivers messages. They wait sealed in a queue, which the transactions of its
// consumers fill; a worker sends them, retries with growing pauses, and deletes them once they are
// sent or outdated. What could not be delivered is told with the reason. The package never logs an
// address, a subject, a text or the words of a mail server.
package mail

import (
	"context"
	"errors"
	"time"
)

// ErrRejected means that the mail server rejects the message permanently.
var ErrRejected = errors.New("the mail server rejected the message permanently")

// Message is one plain-text mail to one address.
type Message struct {
	To      string
	Subject string
	Text    string
	Drop    bool   // queued like any other and never sent, so that an observer sees no difference
	ShareID string // the share that it is about, "" for none
}

// Sender delivers a message at once. It returns ErrRejected if retrying is useless.
type Sender interface {
	Send(ctx context.Context, message Message) error
}

// Queued is a sealed message in the queue. All have the same length.
type Queued struct {
	ID     string
	Sealed []byte
	Until  time.Time // after this it is outdated, and deleted without being sent
	Tries  int
}

// Backlog is the number of messages in the queue, and when the oldest was queued.
type Backlog struct {
	Waiting int
	Oldest  time.Time
}

// Failure is a message that was not delivered. ShareID is "" unless it is about a share. Reason is fit to
// be shown; RetryAt is when it is tried again, the zero time if it was given up.
type Failure struct {
	MessageID string
	ShareID   string
	To        string
	Reason    string
	RetryAt   time.Time
}

// Queue is the storage that the worker needs.
type Queue interface {
	// TakeMail leases at most limit messages that are due: no other worker gets them before the
	// lease ends.
	TakeMail(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Queued, error)
	// DoneMail deletes a message that was sent or dropped, or that no retry can deliver.
	DoneMail(ctx context.Context, id string) error
	// RetryMail counts a try and makes the message due again at that time.
	RetryMail(ctx context.Context, id string, at time.Time) error
	// EraseMail deletes at most limit messages that are outdated.
	EraseMail(ctx context.Context, now time.Time, limit int) (int, error)
}
