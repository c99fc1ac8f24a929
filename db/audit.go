package db

import (
	"fmt"

	"itemshare/audit"
)

// insertEntry keeps an audit entry in the transaction of what it tells of. The
// sealer numbers it within a second.
func insertEntry(t *tx, e audit.Entry) error {
	hash := e.DetailHash()
	_, err := t.exec(`INSERT INTO audit_events (at, kind, actor, subject, detail, detail_hash) VALUES (?, ?, ?, ?, ?, ?)`,
		e.At.UnixMilli(), string(e.Kind), e.Actor, e.Subject, e.Detail, hash[:])
	if err != nil {
		return fmt.Errorf("keep audit entry: %w", err)
	}
	return nil
}
