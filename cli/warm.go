package cli

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// warmRetry is the wait after items could not be opened.
const warmRetry = time.Second

// warmth opens the items of the embedded vault when the server starts, so that the first page does
// not wait for it. Until then the server isn't ready; requests are answered, and wait.
type warmth struct{ done atomic.Bool }

// run opens the items, again and again until the database lets it.
func (w *warmth) run(p *program, in *installation) func(context.Context) {
	return func(ctx context.Context) {
		started := time.Now()
		for {
			_, err := in.vault.Vaults(ctx)
			if err == nil {
				w.done.Store(true)
				p.log.Debug("items are opened", "took", time.Since(started))
				return
			}
			p.log.Error("cannot open the items", "err", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(warmRetry):
			}
		}
	}
}

var errCold = errors.New("the items are still being opened")

// ready reports why the server isn't ready yet, nil once it is.
func (w *warmth) ready(ctx context.Context, in *installation) error {
	if err := in.db.Ready(ctx); err != nil {
		return err
	}
	if !w.done.Load() {
		return errCold
	}
	return nil
}
