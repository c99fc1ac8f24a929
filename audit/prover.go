package audit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Checks start this often, and take a hundredth of the time at most.
const (
	proveEvery = 30 * time.Second
	proveShare = 100
)

// ProverConfig is the configuration of a Prover; every field is required.
type ProverConfig struct {
	Store Store
	MAC   MAC
	Clock func() time.Time
	Log   *slog.Logger
}

// Prover verifies the chain in the background, for a page that shows the result.
type Prover struct {
	config ProverConfig

	mu     sync.Mutex
	report Report
	broken *Broken
}

// NewProver returns a Prover that has verified nothing yet.
func NewProver(c ProverConfig) *Prover { return &Prover{config: c} }

// LastProof returns the result of the last check; broken is nil for an intact chain.
func (p *Prover) LastProof() (report Report, broken *Broken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report, p.broken
}

// Run verifies the chain again and again until ctx ends.
func (p *Prover) Run(ctx context.Context) {
	for {
		start := p.config.Clock()
		p.prove(ctx)
		took := p.config.Clock().Sub(start)
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(proveEvery, proveShare*took)):
		}
	}
}

// prove verifies the chain once. A check that could not finish leaves the last result as it is.
func (p *Prover) prove(ctx context.Context) {
	began := p.config.Clock()
	report, err := Verify(ctx, p.config.Store, p.config.MAC, "")
	report.At = began
	var broken *Broken
	if err != nil && !errors.As(err, &broken) {
		if ctx.Err() == nil {
			p.config.Log.Error("the audit chain could not be checked", "err", err)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken != nil && p.broken == nil {
		p.config.Log.Error(
			"the audit chain is broken",
			"event",
			broken.Number,
			"reason",
			broken.Reason,
		)
	}
	p.report, p.broken = report, broken
}
