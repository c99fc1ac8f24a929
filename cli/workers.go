package cli

import (
	"context"
	"time"

	"itemshare/seal"
	"itemshare/share"
	"itemshare/webhook"
)

// sweeper erases what ended, and calls also once in each sweep.
func (c *serveCommand) sweeper(
	p *program, in *installation, also share.EraseFunc,
) *share.Sweeper {
	started := time.Now() // carries the monotonic clock
	return share.NewSweeper(share.SweeperConfig{
		Eraser: in.db, Audit: in.log, Clock: p.clock, Uptime: func() time.Duration { return time.Since(started) },
		HistoryDays: c.HistoryDays, Log: p.log,
		Also: []share.EraseFunc{
			also,
			in.db.EraseMail,
			in.db.EraseMailFailures,
			in.db.EraseDeliveries,
			in.db.EraseRevocations,
			in.intake.Sweep,
			func(ctx context.Context, _ time.Time, limit int) (int, error) {
				return in.accounts.EraseSessions(ctx, limit)
			},
			func(ctx context.Context, _ time.Time, _ int) (int, error) {
				return 0, in.vault.SweepStages(ctx)
			},
		},
	})
}

// webhooks returns the service for admins and the worker that sends.
func (c *serveCommand) webhooks(p *program, in *installation) (*webhook.Service, *webhook.Worker) {
	box, sender := in.keyring.Box(seal.Webhooks), webhook.NewSender(c.networks)
	return webhook.New(webhook.Config{
			Store: in.db, Box: box, Audit: in.log, Sender: sender, Allowed: c.networks, Clock: p.clock,
			Random: p.random,
		}), webhook.NewWorker(webhook.WorkerConfig{
			Queue: in.db, Box: box, Audit: in.log, Sender: sender, Clock: p.clock, Random: p.random,
			Log: p.log,
		})
}

// followTime is how often a server reads whether its keys were renewed.
const followTime = 2 * time.Second

// followKeys returns a worker that notices new keys, also in a server that opens nothing.
func followKeys(p *program, in *installation) func(context.Context) {
	return func(ctx context.Context) {
		tick := time.NewTicker(followTime)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			// Of an error the database's own log lines tell, and the next time may do.
			if renewed, err := in.keyring.Refresh(); err == nil && renewed {
				p.log.Info("the keys were renewed, and are used from now on")
			}
		}
	}
}
