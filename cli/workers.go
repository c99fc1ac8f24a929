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
