package cli

import (
	"context"
	"errors"
	"fmt"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
)

type backupCommand struct {
	File string `arg:"" help:"The new file. It must not exist yet."`
}

// Run backs up the database, also while a server runs on it. The backup holds no content of
// shares and no key.
func (c *backupCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		if err := in.db.Backup(p.ctx, c.File); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Backed up the database to %s. "+
			"Keep the master key in another place: the backup can't be read without it.\n", c.File)
		return err
	})
}

type restoreCommand struct {
	File string `arg:"" type:"existingfile" help:"The backup."`
}

// Run restores a backup into an empty database. The master key of the backup is required.
func (c *restoreCommand) Run(p *program) error {
	if err := p.checkDatabase(); err != nil {
		return err
	}
	key, err := p.set.readKey()
	if errors.Is(err, errNoKey) {
		return fmt.Errorf(
			"restoring needs the backup's master key: put it at %s or set ITEMSHARE_MASTER_KEY",
			p.set.keyFile(),
		)
	}
	if err != nil {
		return err
	}
	if err := p.set.createFolder(); err != nil {
		return err
	}
	config := db.Config{URL: p.set.databaseURL(), Clock: p.clock, Log: p.log}
	err = db.Restore(
		p.ctx,
		config,
		c.File,
		func(ctx context.Context, database *db.DB) (audit.Entry, error) {
			return p.approveBackup(ctx, key, database)
		},
	)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "Backup restored. "+
		"Its links and service account tokens are revoked: create new ones where you need them.")
	return err
}

// approveBackup returns an error unless the key opens the backup, and otherwise the audit entry
// of the restoration.
func (p *program) approveBackup(
	ctx context.Context,
	key seal.MasterKey,
	database *db.DB,
) (audit.Entry, error) {
	keysets, err := database.Keysets(ctx)
	if err != nil {
		return audit.Entry{}, err
	}
	if len(keysets) == 0 {
		return audit.Entry{}, errors.New("this is not a backup of itemshare: it holds no keys")
	}
	keyring, err := seal.Unlock(ctx, key, database)
	if err != nil {
		return audit.Entry{}, err
	}
	return audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)).
		Entry(audit.Event{At: p.clock(), Kind: audit.Restored})
}
