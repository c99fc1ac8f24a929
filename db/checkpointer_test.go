package db

import (
	"path/filepath"
	"testing"
	"time"
)

// TestTheLogMovesBesideTheWriter writes more than waits for the checkpointer and less than the writer
// moves itself, and has the log moved while the writer is busy.
func TestTheLogMovesBesideTheWriter(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"))
	noError(t, db.write(t.Context(), "fill", func(t *tx) error {
		_, err := t.exec(`CREATE TABLE filler AS SELECT zeroblob(?) AS bytes`, 2*checkpointPages*4096)
		return err
	}))
	release := blockWriter(t, db)
	defer release()
	deadline := time.Now().Add(10 * time.Second)
	for {
		_, log, moved, err := checkpoint(db.checkpointer.pool, "NOOP")
		noError(t, err)
		if log > 2*checkpointPages && moved == log {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d pages are in the file", moved, log)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
