package db

import (
	"context"
	"fmt"
	"io/fs"

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
	if _, err = provider.Up(ctx); err != nil {
		return err
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
