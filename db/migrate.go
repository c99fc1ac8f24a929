package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"itemshare/migrations"
)

// migrate applies the migrations that the database lacks. A database with more than those is
// ErrNewer, and unchanged.
func (db *DB) migrate(ctx context.Context) error {
	folder, err := fs.Sub(migrations.Files, db.dialect.migrations)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(db.dialect.goose, db.writers, folder,
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if db.keepSchema {
		return rejectOther(ctx, provider)
	}
	applied, err := db.migrateAlone(ctx, provider)
	if err != nil {
		return err
	}
	db.logMigration(provider.ListSources(), applied)
	return rejectNewer(ctx, provider)
}

// migrateAlone migrates while no other process does.
func (db *DB) migrateAlone(
	ctx context.Context,
	provider *goose.Provider,
) ([]*goose.MigrationResult, error) {
	if db.dialect.migrating == nil {
		return provider.Up(ctx)
	}
	unlock, err := db.dialect.migrating(ctx, db.writers)
	if err != nil {
		return nil, err
	}
	applied, err := provider.Up(ctx)
	return applied, errors.Join(err, unlock())
}

// lockPostgresMigrations holds the lock in a transaction of its own: behind a pooler a session's
// lock would stay with a server connection that others use. Goose's own number keeps out
// processes of versions whose lock was a session's.
func lockPostgresMigrations(ctx context.Context, writers *sql.DB) (func() error, error) {
	sqlTx, err := writers.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`SET LOCAL lock_timeout = '5min'`,
		`SET LOCAL idle_in_transaction_session_timeout = 0`,
		fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, lock.DefaultLockID),
	} {
		if _, err := sqlTx.ExecContext(ctx, statement); err != nil {
			return nil, errors.Join(err, sqlTx.Rollback())
		}
	}
	return sqlTx.Rollback, nil
}

// logMigration logs that an existing schema was migrated. A new database is no migration.
func (db *DB) logMigration(sources []*goose.Source, applied []*goose.MigrationResult) {
	if len(applied) == 0 {
		return
	}
	first := slices.IndexFunc(sources, func(s *goose.Source) bool {
		return s.Version == applied[0].Source.Version
	})
	if first <= 0 {
		return
	}
	db.log.Info("the database was migrated for this version of itemshare",
		"from", sources[first-1].Version, "to", applied[len(applied)-1].Source.Version)
}

// rejectOther returns ErrNewer or ErrOlder unless the schema is this version's.
func rejectOther(ctx context.Context, provider *goose.Provider) error {
	if pending, err := provider.HasPending(ctx); err != nil {
		return err
	} else if pending {
		return ErrOlder
	}
	return rejectNewer(ctx, provider)
}

// rejectNewer returns ErrNewer if the database has a migration that this program lacks.
func rejectNewer(ctx context.Context, provider *goose.Provider) error {
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if version > sources[len(sources)-1].Version {
		return ErrNewer
	}
	return nil
}
