package db

import (
	"context"
	"time"
)

// backupMade is the name under which the last backup is noted among the warnings, which belong to this
// installation alone and are in no backup.
const backupMade = "backup_made"

const backupVerified = "verified"

// LastBackup is when the last backup was made, and whether it was restored for a check. The zero value
// means that none was.
type LastBackup struct {
	At       time.Time
	Verified bool
}

// RecordBackup stores that a backup was made.
func (db *DB) RecordBackup(ctx context.Context, made LastBackup) error {
	detail := ""
	if made.Verified {
		detail = backupVerified
	}
	return db.SetWarning(ctx, backupMade, detail, made.At)
}

// LastBackup returns what is known of the last backup.
func (db *DB) LastBackup(ctx context.Context) (LastBackup, error) {
	warnings, err := db.Warnings(ctx)
	for _, w := range warnings {
		if w.Name == backupMade {
			return LastBackup{At: w.At, Verified: w.Detail == backupVerified}, err
		}
	}
	return LastBackup{}, err
}
