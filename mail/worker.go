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

// WorkerConfig is the configuration of a Worker; every field but Failed is required.
type WorkerConfig struct {
	Queue  Queue
	Sealer *Sealer
	Sender Sender
	Clock  func() time.Time
	Random io.Reader // spreads retries
	Log    *slog.Logger
	// Failed stores the failure of a message, if it is about a share or has a person's code. It also
	// postpones the message until RetryAt, or deletes it. Nil tells nobody.
	Failed func(ctx context.Context, failure Failure) error
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
	message, result := w.try(ctx, q)
	if ctx.Err() != nil && result != nil {
		return // the worker stops, which says nothing about the message
	}
	noteCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	var err error
	if result == nil {
		err = w.c.Queue.DoneMail(noteCtx, q.ID)
	} else {
		err = w.fail(noteCtx, q, message, result)
	}
	if err != nil {
		w.c.Log.Error("cannot write the mail queue", "err", err)
	}
}

// fail records that a message was not sent. One that would be outdated at the next try is given up.
func (w *Worker) fail(ctx context.Context, q Queued, m Message, cause error) error {
	retry := w.c.Clock().Add(w.pause(q.Tries))
	givenUp := errors.Is(cause, errGiveUp) || !retry.Before(q.Until)
	w.logFailure(q, cause, givenUp)
	switch {
	case w.c.Failed != nil:
		f := Failure{MessageID: q.ID, ShareID: m.ShareID, To: m.To, Reason: ReasonOf(cause)}
		if !givenUp {
			f.RetryAt = retry
		}
		return w.c.Failed(ctx, f)
	case givenUp:
		return w.c.Queue.DoneMail(ctx, q.ID)
	}
	return w.c.Queue.RetryMail(ctx, q.ID, retry)
}

func (w *Worker) logFailure(q Queued, cause error, givenUp bool) {
	log := w.c.Log.With("id", q.ID, "err", cause)
	switch {
	case errors.Is(cause, errDamaged):
		log.Error("a queued message is damaged and was deleted")
	case errors.Is(cause, errOutdated):
		log.Warn("a message was not sent in time")
	case errors.Is(cause, ErrRejected):
		log.Warn("a message was rejected and is not retried")
	case givenUp:
		log.Warn("a message was not sent and is outdated before it could be tried again",
			"tries", q.Tries+1)
	default:
		log.Warn("a message was not sent and will be tried again", "tries", q.Tries+1)
	}
}

// errGiveUp marks a message that no retry can deliver.
var errGiveUp = errors.New("the message cannot be delivered")

var (
	errDamaged  = fmt.Errorf("%w: it does not open", errGiveUp)
	errOutdated = &sendError{"The message couldn't be sent in time.", errGiveUp}
)

// try sends one message that is due, if it is not outdated.
func (w *Worker) try(ctx context.Context, q Queued) (Message, error) {
	message, err := w.c.Sealer.Open(q)
	switch {
	case err != nil:
		return Message{}, errDamaged
	case message.Drop:
		return message, nil
	case !w.c.Clock().Before(q.Until):
		return message, errOutdated
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	err = w.c.Sender.Send(ctx, message)
	if errors.Is(err, ErrRejected) {
		err = fmt.Errorf("%w: %w", errGiveUp, err)
	}
	return message, err
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
