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
	"itemshare/fault"
)

// prover is a running Prover.
type prover struct {
	*audit.Prover
	log  *bytes.Buffer // to be read after stop
	stop func()
}

// startProver starts a Prover, which ends with the test.
func (f *logFixture) startProver(t *testing.T, clock func() time.Time) *prover {
	t.Helper()
	var log bytes.Buffer
	p := audit.NewProver(audit.ProverConfig{
		Store: f.db, Checkpoints: f.db, MAC: f.mac, Clock: clock,
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.Run(ctx) })
	stop := func() { cancel(); running.Wait() }
	t.Cleanup(stop)
	return &prover{p, &log, stop}
}

// await waits for a state.
func (p *prover) await(t *testing.T, why string, ok func(audit.State) bool) audit.State {
	t.Helper()
	for range 2000 {
		if state := p.State(); ok(state) {
			return state
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s: still %+v", why, p.State())
	return audit.State{}
}

func wasChecked(s audit.State) bool { return !s.At.IsZero() && !s.Running }

// proveOnce runs a Prover until it has checked once.
func (f *logFixture) proveOnce(t *testing.T) audit.State {
	t.Helper()
	p := f.startProver(t, time.Now)
	defer p.stop()
	return p.await(t, "the first check", wasChecked)
}

func TestProverChecksTheWholeChainFirst(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 1203) // more than two batches
	f.seal(t)
	state := f.proveOnce(t)
	if state.Count != 1203 || len(state.Head) != 64 || state.Broken != nil ||
		state.WholeAt.IsZero() || state.Checked != 1203 {
		t.Errorf("%+v", state)
	}
}

// TestProverGoesOnFromItsCheckpoint: after a restart only new events are read. The whole chain is
// checked when someone asks, and once a day.
func TestProverGoesOnFromItsCheckpoint(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	first := f.proveOnce(t)
	f.add(t, 20, 5)
	f.seal(t)
	f.tamper(t, `UPDATE audit_events SET actor = 'eve' WHERE number = 7`)

	p := f.startProver(t, time.Now)
	state := p.await(t, "new events", wasChecked)
	if state.Count != 25 || state.Broken != nil || state.Checked != 0 ||
		!state.WholeAt.Equal(first.WholeAt.Truncate(time.Millisecond)) {
		t.Errorf("the checkpoint was not used: %+v, after %+v", state, first)
	}
	p.CheckAll()
	state = p.await(t, "the whole chain", func(s audit.State) bool { return s.Broken != nil })
	if state.Count != 6 || state.Broken.Number != 7 || state.Running || !state.WholeAt.IsZero() {
		t.Errorf("a changed event: %+v", state)
	}
	p.stop()
	if log := p.log.String(); strings.Count(log, "the audit chain is broken") != 1 ||
		!strings.Contains(log, "event=7") {
		t.Errorf("logged %q", log)
	}
	if state := f.proveOnce(t); state.Broken == nil {
		t.Errorf("forgotten after a restart: %+v", state)
	}
}

func TestProverChecksTheWholeChainDaily(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	f.proveOnce(t)
	f.tamper(t, `UPDATE audit_events SET actor = 'eve' WHERE number = 7`)
	p := f.startProver(t, func() time.Time { return time.Now().Add(25 * time.Hour) })
	p.await(t, "a day later", func(s audit.State) bool { return s.Broken != nil })
}

// TestCheckpointsAreNotForged: whoever writes to the database can neither move the checkpoint over a
// changed event nor remove events that were proved.
func TestCheckpointsAreNotForged(t *testing.T) {
	for name, change := range map[string][]string{
		"another number": {
			`UPDATE audit_events SET actor = 'eve' WHERE number = 7`,
			`UPDATE audit_checkpoints SET number = 19, hash =
				(SELECT hash FROM audit_events WHERE number = 19)`,
		},
		"a later whole check": {
			`UPDATE audit_events SET actor = 'eve' WHERE number = 7`,
			`UPDATE audit_checkpoints SET whole_at = whole_at + 1`,
		},
		"no checkpoint": {
			`UPDATE audit_events SET actor = 'eve' WHERE number = 7`,
			`DELETE FROM audit_checkpoints`,
		},
		"events gone from the end": {`DELETE FROM audit_events WHERE number > 12`},
		"the last event changed":   {`UPDATE audit_events SET hash = x'00' WHERE number = 20`},
	} {
		t.Run(name, func(t *testing.T) {
			f := newLog(t)
			f.add(t, 0, 20)
			f.seal(t)
			f.proveOnce(t)
			f.tamper(t, change...)
			p := f.startProver(t, time.Now)
			p.await(t, name, func(s audit.State) bool { return s.Broken != nil })
			p.stop()
			if _, err := f.db.Checkpoint(t.Context()); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the checkpoint stays: %v", err)
			}
		})
	}
}

// TestProversShareTheirWork: one takes over what another has proved.
func TestProversShareTheirWork(t *testing.T) {
	f := newLog(t)
	f.add(t, 0, 20)
	f.seal(t)
	first := f.proveOnce(t)
	second := f.proveOnce(t)
	if second.Checked != 0 || second.Count != first.Count || second.Head != first.Head {
		t.Errorf("%+v, want what %+v proved", second, first)
	}
}

func TestProverOfAnEmptyChain(t *testing.T) {
	f := newLog(t)
	var later time.Duration
	var mu sync.Mutex
	p := f.startProver(t, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return time.Now().Add(later)
	})
	if state := p.await(t, "nothing", wasChecked); state.Count != 0 || state.Broken != nil {
		t.Errorf("%+v", state)
	}
	f.add(t, 0, 3)
	f.seal(t)
	mu.Lock()
	later = time.Minute
	mu.Unlock()
	p.CheckAll() // wakes it
	p.await(t, "the first events", func(s audit.State) bool { return s.Count == 3 })
}
