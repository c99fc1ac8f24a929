package mail

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	pollEvery = time.Second      // for messages that another process queued, and for retries
	batchSize = 4                // messages sent at the same time
	leaseTime = time.Minute      // longer than any try
	tryTime   = 30 * time.Second // for one try
	noteTime  = 5 * time.Second  // to record the outcome, also while stopping
	firstWait = 5 * time.Second
	lastWait  = time.Minute
)

// WorkerConfig is the configuration of a Worker; every field is required.
type WorkerConfig struct {
	Queue  Queue
	Sealer *Sealer
	Sender Sender
	Clock  func() time.Time
	Random io.Reader // spreads retries
	Log    *slog.Logger
}

// Worker sends the messages in the queue. Any number of workers may share a queue. A message is
// sent at least once: twice if a process dies after sending it and before recording that.
type Worker struct {
	c    WorkerConfig
	poke chan struct{}
}

// NewWorker returns a Worker; Run starts it.
func NewWorker(c WorkerConfig) *Worker { return &Worker{c, make(chan struct{}, 1)} }

// Poke wakes the worker after a message was queued. It never blocks.
func (w *Worker) Poke() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// Run sends messages until ctx ends. A message that is being sent then is sent again after the next
// start.
func (w *Worker) Run(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := w.drain(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.c.Log.Error("cannot read the mail queue", "err", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-w.poke:
		}
	}
}

// drain sends messages until none is due.
func (w *Worker) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		batch, err := w.c.Queue.TakeMail(ctx, w.c.Clock(), leaseTime, batchSize)
		if err != nil || len(batch) == 0 {
			return err
		}
		var deliveries sync.WaitGroup
		for _, q := range batch {
			deliveries.Go(func() { w.deliver(ctx, q) })
		}
		deliveries.Wait()
	}
	return nil
}

// deliver tries to send one message and records the outcome. If recording fails, the lease ends and
// the message is due again.
func (w *Worker) deliver(ctx context.Context, q Queued) {
	result := w.try(ctx, q)
	if ctx.Err() != nil && result != nil {
		return // the worker stops, which says nothing about the message
	}
	noteCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	var err error
	if result == nil || errors.Is(result, errGiveUp) {
		err = w.c.Queue.DoneMail(noteCtx, q.ID)
	} else {
		err = w.c.Queue.RetryMail(noteCtx, q.ID, w.c.Clock().Add(w.pause(q.Tries)))
	}
	if err != nil {
		w.c.Log.Error("cannot write the mail queue", "err", err)
	}
}

// errGiveUp marks a message that no retry can deliver.
var errGiveUp = errors.New("the message cannot be delivered")

func (w *Worker) try(ctx context.Context, q Queued) error {
	if !w.c.Clock().Before(q.Until) {
		return errGiveUp
	}
	message, err := w.c.Sealer.Open(q)
	if err != nil {
		w.c.Log.Error("a queued message is damaged and was deleted", "id", q.ID)
		return errGiveUp
	}
	if message.Drop {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	err = w.c.Sender.Send(ctx, message)
	switch {
	case errors.Is(err, ErrRejected):
		w.c.Log.Warn("a message was rejected and is not retried", "id", q.ID, "err", err)
		return fmt.Errorf("%w: %w", errGiveUp, err)
	case err != nil:
		w.c.Log.Warn("a message was not sent and will be tried again",
			"id", q.ID, "tries", q.Tries+1, "err", err)
	}
	return err
}

// pause doubles with each try, up to a minute. Up to a quarter more or less spreads the retries of
// many messages.
func (w *Worker) pause(tries int) time.Duration {
	wait := lastWait
	if tries < 4 {
		wait = firstWait << tries
	}
	var raw [8]byte
	if _, err := io.ReadFull(w.c.Random, raw[:]); err != nil {
		return wait
	}
	spread := binary.BigEndian.Uint64(raw[:]) % uint64(wait/2)
	return wait*3/4 + time.Duration(spread)
}
