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
	File string `arg:"" help:"Where the copy goes. It must not be there yet."`
}

// Run copies the database, of a running server too. The copy holds no sealed
// share content and no key.
func (c *backupCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		if err := in.db.Backup(p.ctx, c.File); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Copied the database to %s. Keep the master key elsewhere: nobody reads the copy without it.\n", c.File)
		return err
	})
}

type restoreCommand struct {
	File string `arg:"" type:"existingfile" help:"The backup."`
}

// Run puts a backup in place of an empty database. Its master key must be there.
func (c *restoreCommand) Run(p *program) error {
	if err := p.checkDatabase(); err != nil {
		return err
	}
	key, err := p.set.readKey()
	if errors.Is(err, errNoKey) {
		return fmt.Errorf("a backup opens with its own master key alone: put it at %s or set ITEMSHARE_MASTER_KEY", p.set.keyFile())
	}
	if err != nil {
		return err
	}
	if err := p.set.makeFolder(); err != nil {
		return err
	}
	config := db.Config{URL: p.set.databaseURL(), Clock: p.clock, Log: p.log}
	err = db.Restore(p.ctx, config, c.File, func(ctx context.Context, database *db.DB) (audit.Entry, error) {
		return p.restored(ctx, key, database)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "The backup is in place. Every link and every service account's token in it has ended: make new ones where they are still needed.")
	return err
}

// restored shows that the key fits, and makes the entry that tells of the restoration.
func (p *program) restored(ctx context.Context, key seal.MasterKey, database *db.DB) (audit.Entry, error) {
	keysets, err := database.Keysets(ctx)
	if err != nil {
		return audit.Entry{}, err
	}
	if len(keysets) == 0 {
		return audit.Entry{}, errors.New("this is no backup of itemshare: it holds no keys")
	}
	keyring, err := seal.Unlock(ctx, key, database)
	if err != nil {
		return audit.Entry{}, err
	}
	return audit.NewLog(keyring.Box(seal.Audit)).Entry(audit.Event{At: p.clock(), Kind: audit.Restored})
}
