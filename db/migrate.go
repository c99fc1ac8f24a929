package db

import (
	"context"
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
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.dialect.goose == goose.DialectPostgres {
		locker, err := lock.NewPostgresSessionLocker(
			lock.WithLockTimeout(1, 300),
		) // seconds and tries
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(db.dialect.goose, db.writers, folder, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if db.keepSchema {
		return rejectOther(ctx, provider)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return err
	}
	db.logMigration(provider.ListSources(), applied)
	return rejectNewer(ctx, provider)
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
