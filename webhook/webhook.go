// Package webhook tells other programs what happens to shares. It follows the audit log, queues a
// delivery for each event and webhook, and sends them signed by the Standard Webhooks scheme: at
// least once, and in order for each share. It never sends a link, a title, a value or a code, and
// connects to no private address unless the configuration allows it.
package webhook

import (
	"context"
	"time"

	"itemshare/audit"
)

// Type is what happened, as receivers read it.
type Type string

// The types that can be chosen.
const (
	Created Type = "share.created"
	Opened  Type = "share.opened"
	Refused Type = "share.refused" // a view was denied
	Revoked Type = "share.revoked"
	Expired Type = "share.expired"
	UsedUp  Type = "share.used_up" // no view is left
)

// Types returns every type that can be chosen.
func Types() []Type { return []Type{Created, Opened, Refused, Revoked, Expired, UsedUp} }

// testType is the type of the message that tries a webhook.
const testType Type = "webhook.test"

// State is whether events are sent.
type State string

// The states.
const (
	Active State = "active"
	Paused State = "paused"
	Gone   State = "gone" // its receiver answered 410
)

// Webhook is where events are sent.
type Webhook struct {
	ID        string
	URL       string
	Types     []Type
	State     State
	CreatedAt time.Time
	CreatedBy string // a user's ID
	Waiting   int    // deliveries that are not sent yet
	Failed    int    // deliveries that were given up
	OldUntil  time.Time
}

// Stored is a Webhook as it is stored, with its URL and secrets sealed.
type Stored struct {
	ID        string
	Sealed    []byte
	Types     string // separated by spaces
	State     State
	Told      int64 // the number of the last audit event that deliveries were queued for
	CreatedAt time.Time
	CreatedBy string
	Waiting   int
	Failed    int
}

// Outcome is what became of a delivery.
type Outcome string

// The outcomes.
const (
	Waiting   Outcome = "waiting"
	Delivered Outcome = "delivered"
	Failed    Outcome = "failed"
)

// Queued is a stored delivery. Body and Answer are sealed. Place is its order in the webhook. A
// Status of 0 means that the last try got no answer.
type Queued struct {
	ID        string
	WebhookID string
	ShareID   string
	Place     int64
	Type      Type
	Body      []byte
	Happened  time.Time
	State     Outcome
	Until     time.Time
	DueAt     time.Time
	Tries     int
	TriedAt   time.Time
	Status    int
	Answer    []byte
}

// Share is what a delivery tells of a share.
type Share struct {
	ID, VaultID, ItemID  string
	OwnerID, OwnerName   string
	Audience             string
	CreatedAt, ExpiresAt time.Time
	MaxViews             int
}

// Try is the outcome of one try. Gone turns the webhook off, and stores the entry.
type Try struct {
	ID     string
	State  Outcome
	DueAt  time.Time
	At     time.Time
	Status int
	Answer []byte // sealed
	Gone   *audit.Entry
}

// Backlog is how many messages of webhooks that are on wait to be sent, since when the oldest does, how
// many of all were given up, and how many audit events the webhook that is furthest behind has to read.
type Backlog struct {
	Waiting int
	Oldest  time.Time
	Failed  int
	Behind  int64
}

// Store is the storage that the pages need.
type Store interface {
	ListWebhooks(ctx context.Context) ([]Stored, error)
	// AddWebhook stores a webhook that is told what happens from now on.
	AddWebhook(ctx context.Context, w Stored, entry audit.Entry) error
	// ChangeWebhook replaces what is sealed and the state, else it is fault.NotFound. A webhook that
	// becomes active tries what waits at once.
	ChangeWebhook(ctx context.Context, w Stored, now time.Time, entry audit.Entry) error
	// RemoveWebhook deletes a webhook and its deliveries, else it is fault.NotFound.
	RemoveWebhook(ctx context.Context, id string, entry audit.Entry) error
	// Deliveries returns at most limit deliveries before a place, the newest first; 0 is the end.
	Deliveries(ctx context.Context, webhookID string, before int64, limit int) ([]Queued, error)
	// ResendDelivery makes a delivery wait again that was sent or given up, else it is
	// fault.NotFound.
	ResendDelivery(ctx context.Context, webhookID, id string, now, until time.Time) error
}

// Queue is the storage that the worker needs. Any number of workers share one.
type Queue interface {
	ListWebhooks(ctx context.Context) ([]Stored, error)
	// SealedRecords returns at most limit audit events after a number, in order.
	SealedRecords(ctx context.Context, after int64, limit int) ([]audit.Record, error)
	// SharesToTell returns what is told of shares.
	SharesToTell(ctx context.Context, ids []string) ([]Share, error)
	// QueueDeliveries stores deliveries and that events up to a number are queued, unless another
	// worker has queued them from the same number on: then it stores nothing.
	QueueDeliveries(ctx context.Context, webhookID string, from, to int64, list []Queued) error
	// TakeDeliveries leases at most limit deliveries of an active webhook that are due, of each
	// share the first that waits alone.
	TakeDeliveries(
		ctx context.Context, webhookID string, now time.Time, lease time.Duration, limit int,
	) ([]Queued, error)
	// NoteTry stores the outcome of a try, unless the delivery no longer waits.
	NoteTry(ctx context.Context, try Try) error
}
