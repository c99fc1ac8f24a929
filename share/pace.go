package share

import (
	"context"
	"time"
)

const (
	batchLeast = 16 // rows of one transaction
	batchMost  = 1024
)

// pace sizes the batches of background work, so that no request waits long for one and
// requests have half of the time.
type pace struct {
	aim   time.Duration // that one transaction should take
	batch int           // rows of the next one
}

func newPace(aim time.Duration) pace { return pace{aim, batchLeast} }

// rest sizes the next batch after one of n rows, and waits as long as that one took.
func (p *pace) rest(ctx context.Context, n int, took time.Duration) error {
	p.size(n, took)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(took):
		return nil
	}
}

// size doubles or halves the batch where one of n rows took much less or more time than
// it should. Few sizes also mean few texts of statements.
func (p *pace) size(n int, took time.Duration) {
	switch {
	case took > 2*p.aim:
		p.batch = max(p.batch/2, batchLeast)
	case took < p.aim/2 && n == p.batch:
		p.batch = min(p.batch*2, batchMost)
	}
}
