package audit

import (
	"context"
	"log/slog"
	"time"
)

const (
	sealEvery = time.Second
	sealBatch = 64 // small, because other writes wait for it
)

// Sealer links new events to the chain. Any number may run, in any number of processes: the store's
// lock lets one work at a time.
type Sealer struct {
	store Store
	mac   MAC
	log   *slog.Logger
}

// NewSealer returns a Sealer that links with mac.
func NewSealer(store Store, mac MAC, log *slog.Logger) *Sealer { return &Sealer{store, mac, log} }

// Run seals once per second until ctx ends, and then once more.
func (s *Sealer) Run(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			lastCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealEvery)
			defer cancel()
			s.report(s.Seal(lastCtx), &failing)
			return
		case <-ticker.C:
			s.report(s.Seal(ctx), &failing)
		}
	}
}

// report logs the first of several failures, and their end.
func (s *Sealer) report(err error, failing *bool) {
	switch {
	case err != nil && !*failing:
		s.log.Error("audit events are not sealed", "err", err)
	case err == nil && *failing:
		s.log.Info("audit events are sealed again")
	}
	*failing = err != nil
}

// Seal links all events that are not linked yet, in short transactions.
func (s *Sealer) Seal(ctx context.Context) error {
	for {
		n, err := s.store.SealRecords(ctx, sealBatch, s.mac.next)
		if err != nil || n < sealBatch {
			return err
		}
	}
}
