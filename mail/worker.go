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
	pollEvery = time.Second      // for what another process queued, and for retries
	atOnce    = 4                // messages sent side by side
	leaseTime = time.Minute      // longer than any try takes
	tryTime   = 30 * time.Second // for one try
	noteTime  = 5 * time.Second  // for telling the queue what came of it, also while stopping
	firstWait = 5 * time.Second
	lastWait  = time.Minute
)

// WorkerConfig is what a Worker is built from; every field is needed.
type WorkerConfig struct {
	Queue  Queue
	Sealer *Sealer
	Sender Sender
	Clock  func() time.Time
	Random io.Reader // spreads retries
	Log    *slog.Logger
}

// Worker sends what waits in the queue. Any number may run on one queue. A
// message is sent at least once: twice where a process dies between sending and
// saying so.
type Worker struct {
	c    WorkerConfig
	poke chan struct{}
}

// NewWorker makes a Worker.
func NewWorker(c WorkerConfig) *Worker { return &Worker{c, make(chan struct{}, 1)} }

// Poke tells the worker that something was queued. It never blocks.
func (w *Worker) Poke() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends. What is being sent then goes out again after the
// next start.
func (w *Worker) Run(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	failing := false
	for {
		err := w.drain(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.c.Log.Error("mail queue cannot be read", "err", err)
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

// drain works until nothing is due.
func (w *Worker) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		batch, err := w.c.Queue.TakeMail(ctx, w.c.Clock(), leaseTime, atOnce)
		if err != nil || len(batch) == 0 {
			return err
		}
		var all sync.WaitGroup
		for _, q := range batch {
			all.Go(func() { w.deliver(ctx, q) })
		}
		all.Wait()
	}
	return nil
}

// deliver tries one message and tells the queue what came of it. Where that
// fails the lease ends and the message comes again.
func (w *Worker) deliver(ctx context.Context, q Queued) {
	result := w.try(ctx, q)
	if ctx.Err() != nil && result != nil {
		return // we are stopping, which says nothing about the message
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	var err error
	if result == nil || errors.Is(result, errGiveUp) {
		err = w.c.Queue.DoneMail(note, q.ID)
	} else {
		err = w.c.Queue.RetryMail(note, q.ID, w.c.Clock().Add(w.pause(q.Tries)))
	}
	if err != nil {
		w.c.Log.Error("mail queue cannot be written", "err", err)
	}
}

// errGiveUp marks a message that no retry will bring to its reader.
var errGiveUp = errors.New("mail is given up")

func (w *Worker) try(ctx context.Context, q Queued) error {
	if !w.c.Clock().Before(q.Until) {
		return errGiveUp
	}
	message, err := w.c.Sealer.Open(q)
	if err != nil {
		w.c.Log.Error("queued mail is damaged and was erased", "id", q.ID)
		return errGiveUp
	}
	if message.Drop {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	err = w.c.Sender.Send(ctx, message)
	switch {
	case errors.Is(err, ErrRefused):
		w.c.Log.Warn("mail was refused and is given up", "id", q.ID, "err", err)
		return fmt.Errorf("%w: %w", errGiveUp, err)
	case err != nil:
		w.c.Log.Warn("mail was not sent and will be tried again",
			"id", q.ID, "tries", q.Tries+1, "err", err)
	}
	return err
}

// pause doubles with each try up to a minute; up to a quarter more or less keeps
// many messages from coming back together.
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
