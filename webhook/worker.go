package webhook

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

const (
	pollEvery  = time.Second
	readBatch  = 200             // audit events that are queued in one transaction
	inFlight   = 8               // messages sent to one webhook at the same time
	leaseTime  = time.Minute     // longer than any try
	noteTime   = 5 * time.Second // to record an outcome, also while stopping
	retryTime  = 24 * time.Hour  // for how long a message is tried
	maxWaiting = 10_000          // deliveries of one webhook that wait; further events are read later
)

// waits are those before the second try and after; the last one repeats.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute,
	30 * time.Minute, time.Hour,
}

// WorkerConfig is the configuration of a Worker; every field but Every is required.
type WorkerConfig struct {
	Queue  Queue
	Box    Box
	Audit  *audit.Log
	Sender *Sender
	Clock  func() time.Time
	Random io.Reader
	Log    *slog.Logger
	Every  time.Duration // how often it looks for work, 0 for once a second
}

// Worker queues deliveries and sends them. Each webhook is worked on by itself, so that a slow
// receiver keeps up no other one.
type Worker struct {
	c WorkerConfig

	mu      sync.Mutex
	busy    map[string]bool // webhooks that are worked on, by ID
	failing bool
}

// NewWorker returns a Worker; Run starts it.
func NewWorker(c WorkerConfig) *Worker { return &Worker{c: c, busy: map[string]bool{}} }

// Run works until ctx ends. A message that is being sent then is sent again later.
func (w *Worker) Run(ctx context.Context) {
	ticker := time.NewTicker(cmp.Or(w.c.Every, pollEvery))
	defer ticker.Stop()
	var working sync.WaitGroup
	defer working.Wait()
	for {
		hooks, err := w.c.Queue.ListWebhooks(ctx)
		w.report(ctx, err)
		for _, hook := range hooks {
			if hook.State == Active && w.begin(hook.ID) {
				working.Go(func() {
					defer w.end(hook.ID)
					w.report(ctx, w.work(ctx, hook))
				})
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *Worker) begin(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[id] {
		return false
	}
	w.busy[id] = true
	return true
}

func (w *Worker) end(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, id)
}

// report logs the first of several failures, and their end.
func (w *Worker) report(ctx context.Context, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && !w.failing && ctx.Err() == nil {
		w.c.Log.Error("webhooks are not worked on", "err", err)
	}
	w.failing = err != nil
}

// work queues what happened and sends what is due, until there is nothing.
func (w *Worker) work(ctx context.Context, hook Stored) error {
	t, err := openTarget(w.c.Box, hook)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		read := 0
		if hook.Waiting < maxWaiting {
			if read, err = w.follow(ctx, &hook); err != nil {
				return err
			}
		}
		sent, err := w.send(ctx, hook, t)
		if err != nil || sent == 0 && read == 0 {
			return err
		}
		if read == 0 {
			return nil // the next round reads the webhook anew: it may be paused by then
		}
	}
	return nil
}

// follow queues deliveries for the next audit events, and returns how many events it read.
func (w *Worker) follow(ctx context.Context, hook *Stored) (int, error) {
	records, err := w.c.Queue.SealedRecords(ctx, hook.Told, readBatch)
	if err != nil || len(records) == 0 {
		return 0, fault.Wrap("read audit events", err)
	}
	list, err := w.deliveries(ctx, *hook, records)
	if err != nil {
		return 0, err
	}
	to := records[len(records)-1].Link.Number
	err = w.c.Queue.QueueDeliveries(ctx, hook.ID, hook.Told, to, list)
	hook.Told, hook.Waiting = to, hook.Waiting+len(list)
	return len(records), fault.Wrap("queue deliveries", err)
}

// deliveries returns what a webhook is told of events. It is not told what happened over a day ago,
// while it was paused.
func (w *Worker) deliveries(
	ctx context.Context, hook Stored, records []audit.Record,
) ([]Queued, error) {
	now := w.c.Clock()
	wanted := strings.Fields(hook.Types)
	var list []Queued
	var events []audit.Event
	for _, r := range records {
		event := audit.Event{At: r.At, Kind: r.Kind, Actor: r.Actor, Subject: r.Subject}
		if typesOf(event) == nil || now.Sub(r.At) > retryTime {
			continue
		}
		if opened, err := w.c.Audit.Event(r.Entry); err == nil {
			event = opened // a damaged detail tells no less than an erased one
		}
		for i, t := range typesOf(event) {
			if slices.Contains(wanted, string(t)) {
				list = append(list, Queued{
					WebhookID: hook.ID, ShareID: r.Subject, Type: t, Happened: r.At,
					Place: r.Link.Number*maxTypes + int64(i), State: Waiting,
					Until: now.Add(retryTime), DueAt: now,
				})
				events = append(events, event)
			}
		}
	}
	return w.fill(ctx, list, events)
}

// fill sets the IDs and bodies of deliveries, and drops those of shares that are unknown.
func (w *Worker) fill(
	ctx context.Context, list []Queued, events []audit.Event,
) (filled []Queued, err error) {
	shares, err := w.sharesOf(ctx, list)
	if err != nil {
		return nil, err
	}
	for i, q := range list {
		share, known := shares[q.ShareID]
		if !known {
			continue
		}
		body, err := bodyOf(q.Type, events[i], share)
		if err != nil {
			return nil, err
		}
		if q.ID, err = seal.NewID(w.c.Clock(), w.c.Random); err != nil {
			return nil, err
		}
		if q.Body, err = sealBody(w.c.Box, q, body); err != nil {
			return nil, err
		}
		filled = append(filled, q)
	}
	return filled, nil
}

func (w *Worker) sharesOf(ctx context.Context, list []Queued) (map[string]Share, error) {
	var ids []string
	for _, q := range list {
		ids = append(ids, q.ShareID)
	}
	slices.Sort(ids)
	shares, err := w.c.Queue.SharesToTell(ctx, slices.Compact(ids))
	byID := map[string]Share{}
	for _, s := range shares {
		byID[s.ID] = s
	}
	return byID, fault.Wrap("read shares", err)
}

// send sends one batch of what is due, and returns how many messages that were.
func (w *Worker) send(ctx context.Context, hook Stored, t target) (int, error) {
	batch, err := w.c.Queue.TakeDeliveries(ctx, hook.ID, w.c.Clock(), leaseTime, inFlight)
	if err != nil {
		return 0, fmt.Errorf("take deliveries: %w", err)
	}
	errs := make([]error, len(batch))
	var sending sync.WaitGroup
	for i, q := range batch {
		sending.Go(func() { errs[i] = w.deliver(ctx, q, t) })
	}
	sending.Wait()
	return len(batch), errors.Join(errs...)
}

// deliver tries one message and records the outcome. If recording fails, the lease ends and the
// message is due again.
func (w *Worker) deliver(ctx context.Context, q Queued, t target) error {
	now := w.c.Clock()
	var answer Answer
	body, err := openBody(w.c.Box, q)
	if err == nil {
		answer = w.c.Sender.Send(ctx, message{t.URL, q.ID, t.secrets(now), now, body})
	} else {
		answer.Words = "The stored message is damaged."
		q.Until = now // no retry mends it
	}
	if ctx.Err() != nil && !answer.Accepted() {
		return nil // the server stops, which says nothing about the receiver
	}
	try, err := w.outcome(q, answer, now)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	return fault.Wrap("record a try", w.c.Queue.NoteTry(ctx, try))
}

// outcome returns what becomes of a message after an answer.
func (w *Worker) outcome(q Queued, a Answer, now time.Time) (try Try, err error) {
	try = Try{ID: q.ID, State: Delivered, At: now, Status: a.Status, DueAt: now}
	if try.Answer, err = sealAnswer(w.c.Box, q.ID, a.Words); err != nil || a.Accepted() {
		return try, err
	}
	try.State, try.DueAt = Waiting, w.c.Clock().Add(w.wait(q.Tries))
	if !try.DueAt.Before(q.Until) {
		try.State = Failed
	}
	w.c.Log.Warn("a webhook's message was not accepted",
		"webhook", q.WebhookID, "id", q.ID, "status", a.Status, "tries", q.Tries+1)
	if a.Status == statusGone {
		entry, err := w.c.Audit.Entry(audit.Event{
			At: now, Kind: audit.WebhookGone, Subject: q.WebhookID,
		})
		try.Gone = &entry
		return try, err
	}
	return try, nil
}

// wait returns how long to wait after some tries. Up to a quarter more or less spreads the tries of
// many messages, so that they don't all meet a receiver at its worst moments.
func (w *Worker) wait(tries int) time.Duration {
	wait := waits[min(tries, len(waits)-1)]
	var raw [8]byte
	if _, err := io.ReadFull(w.c.Random, raw[:]); err != nil {
		return wait
	}
	return wait*3/4 + time.Duration(binary.BigEndian.Uint64(raw[:])%uint64(wait/2))
}
