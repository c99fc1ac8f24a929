// Package mail delivers one message, or says why not. Messages wait sealed in a
// queue that its consumer's transactions fill; a worker sends them, retries
// with growing pauses and erases them once sent or outdated. It refuses to log
// an address, a subject or a text.
package mail

import (
	"context"
	"errors"
	"time"
)

// ErrRefused says that the mail server will not take this message, now or later.
var ErrRefused = errors.New("the mail server refused the message for good")

// Message is one plain-text mail to one address.
type Message struct {
	To      string
	Subject string
	Text    string
	Drop    bool // built and queued like any other, then not sent: nobody can tell from outside
}

// Sender delivers a message now. A refusal that a retry cannot mend is ErrRefused.
type Sender interface {
	Send(ctx context.Context, message Message) error
}

// Queued is a message as the queue keeps it: sealed, all of one length.
type Queued struct {
	ID     string
	Sealed []byte
	Until  time.Time // worthless after this, and erased unsent
	Tries  int
}

// Queue is what the worker needs of the database.
type Queue interface {
	// TakeMail leases at most limit messages that are due, so that no other
	// worker takes them before lease ends.
	TakeMail(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Queued, error)
	// DoneMail erases a message that was sent, dropped or given up.
	DoneMail(ctx context.Context, id string) error
	// RetryMail counts a try and makes the message due again at the given time.
	RetryMail(ctx context.Context, id string, at time.Time) error
	// EraseMail deletes at most limit messages outdated by now.
	EraseMail(ctx context.Context, now time.Time, limit int) (int, error)
}
