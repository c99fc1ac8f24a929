package audit_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"itemshare/audit"
)

// prove runs a prover until it has checked once, and returns it and its log.
func (f *logFixture) prove(t *testing.T) (*audit.Prover, string) {
	t.Helper()
	var log bytes.Buffer
	prover := audit.NewProver(audit.ProverConfig{
		Store: f.db, MAC: f.mac, Clock: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { prover.Run(ctx) })
	for range 1000 {
		if report, broken := prover.LastProof(); report.Count > 0 || broken != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	running.Wait()
	return prover, log.String()
}

func TestProver(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	intact, log := f.prove(t)
	report, broken := intact.LastProof()
	if report.At.IsZero() {
		t.Error("a check that ended has no time")
	}
	if report.Count != 20 || len(report.Head) != 64 || broken != nil || log != "" {
		t.Errorf("an intact chain: %+v, %v, logged %q", report, broken, log)
	}
	f.tamper(t, `UPDATE audit_events SET actor = 'eve' WHERE number = 7`)
	tampered, log := f.prove(t)
	report, broken = tampered.LastProof()
	if report.Count != 6 || broken == nil || broken.Number != 7 {
		t.Errorf("a changed event: %+v, %v", report, broken)
	}
	if strings.Count(log, "the audit chain is broken") != 1 || !strings.Contains(log, "event=7") {
		t.Errorf("logged %q", log)
	}
}
