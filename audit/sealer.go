package audit

import (
	"context"
	"log/slog"
	"time"
)

const (
	sealEvery = time.Second
	sealBatch = 256 // a short transaction: others wait for it
)

// Sealer links new events to the chain. Any number of them may run, in any
// number of processes: the store's lock lets one at a time.
type Sealer struct {
	store Store
	mac   MAC
	log   *slog.Logger
}

// NewSealer makes a Sealer that links under mac.
func NewSealer(store Store, mac MAC, log *slog.Logger) *Sealer { return &Sealer{store, mac, log} }

// Run seals once a second until ctx ends, and then once more.
func (s *Sealer) Run(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealEvery)
			defer cancel()
			s.report(s.Seal(last), &failing)
			return
		case <-ticker.C:
			s.report(s.Seal(ctx), &failing)
		}
	}
}

// report logs the first failure of a row, and its end.
func (s *Sealer) report(err error, failing *bool) {
	switch {
	case err != nil && !*failing:
		s.log.Error("audit events are not sealed", "err", err)
	case err == nil && *failing:
		s.log.Info("audit events are sealed again")
	}
	*failing = err != nil
}

// Seal links everything that waits, in short transactions.
func (s *Sealer) Seal(ctx context.Context) error {
	for {
		n, err := s.store.SealRecords(ctx, sealBatch, s.mac.next)
		if err != nil || n < sealBatch {
			return err
		}
	}
}
