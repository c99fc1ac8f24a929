package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"itemshare/audit"
)

type auditVerifyCommand struct {
	Head string `placeholder:"HEX" help:"The head that an earlier check printed: shows whether the end was cut off since."`
}

// The exit codes of audit verify, beside 0 for an intact chain.
const (
	chainBroken    = 1
	chainUnchecked = 2
)

// Run checks the whole chain.
func (c *auditVerifyCommand) Run(p *program) error {
	var report audit.Report
	err := p.with(p.openExisting, func(in *installation) (err error) {
		report, err = audit.Verify(p.ctx, in.db, in.chainMAC, c.Head)
		return err
	})
	var broken *audit.Broken
	if errors.As(err, &broken) {
		return exitError{chainBroken, fmt.Sprintf("the audit chain is broken at event %d: %s", broken.Number, broken.Reason)}
	}
	if err != nil {
		return exitError{chainUnchecked, "the audit chain could not be checked: " + sentence(err)}
	}
	_, err = fmt.Fprintf(p.stdout, "The audit chain is intact: %d events, head %s, %d not sealed yet.\n", report.Count, report.Head, report.Unsealed)
	return err
}

// prover checks the chain in the background for the audit page.
type prover struct {
	store  audit.Store
	mac    audit.MAC
	clock  func() time.Time
	log    *slog.Logger
	mu     sync.Mutex
	report audit.Report
	broken *audit.Broken
}

// LastProof tells what the last check found.
func (p *prover) LastProof() (audit.Report, *audit.Broken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report, p.broken
}

// Proofs come about so often, and never take more than a hundredth of the time.
const (
	proveEvery = 30 * time.Second
	proveShare = 100
)

// run checks again and again until ctx ends.
func (p *prover) run(ctx context.Context) {
	for {
		start := p.clock()
		p.prove(ctx)
		took := p.clock().Sub(start)
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(proveEvery, proveShare*took)):
		}
	}
}

func (p *prover) prove(ctx context.Context) {
	report, err := audit.Verify(ctx, p.store, p.mac, "")
	var broken *audit.Broken
	if err != nil && !errors.As(err, &broken) {
		if ctx.Err() == nil {
			p.log.Error("the audit chain could not be checked", "err", err)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken != nil && p.broken == nil {
		p.log.Error("the audit chain is broken", "event", broken.Number, "reason", broken.Reason)
	}
	p.report, p.broken = report, broken
}
