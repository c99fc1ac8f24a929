package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
)

type backupCommand struct {
	File   string `arg:"" help:"The new file, which must not exist yet; with --keep, a folder."`
	Keep   int    `help:"${backup_keep}" placeholder:"NUMBER"`
	Verify bool   `help:"${backup_verify}"`
}

// Run backs up the database, also while a server runs on it. The backup holds no content of
// shares and no key.
func (c *backupCommand) Run(p *program) error {
	if c.Keep < 0 {
		return errors.New("--keep must be a number of backups, at least 1")
	}
	file, err := c.newFile(p)
	if err != nil {
		return err
	}
	checked := ""
	err = p.with(p.openExisting, func(in *installation) error {
		if err := in.db.Backup(p.ctx, file); err != nil {
			return err
		}
		if checked, err = c.check(p, file); err != nil {
			return err
		}
		return p.noteBackup(in, c.Verify)
	})
	if err != nil {
		return err
	}
	if err := c.prune(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Backed up the database to %s. %s"+
		"Keep the master key in another place: the backup can't be read without it.\n", file, checked)
	return err
}

// check restores the new backup if that is asked for, and returns a sentence about what it found. A
// backup that can't be restored is removed.
func (c *backupCommand) check(p *program, file string) (string, error) {
	if !c.Verify {
		return "", nil
	}
	checked, err := p.verifyBackup(file)
	if err != nil {
		return "", errors.Join(
			fmt.Errorf("the backup was removed, since it can't be restored: %s", sentence(err)),
			os.Remove(file),
		)
	}
	return checked, nil
}

// noteBackup has doctor and the metrics know of the backup. A database that accepts no writes has a
// backup all the same.
func (p *program) noteBackup(in *installation, verified bool) error {
	err := in.db.RecordBackup(p.ctx, db.LastBackup{At: p.clock(), Verified: verified})
	if err == nil {
		return nil
	}
	_, err = fmt.Fprintf(p.stderr, "itemshare doctor won't know of this backup: %s\n", sentence(err))
	return err
}

const backupNames = "itemshare-*.backup"

// newFile returns the path of the new backup, in a folder with a name by its time.
func (c *backupCommand) newFile(p *program) (string, error) {
	if c.Keep == 0 {
		return c.File, nil
	}
	if err := os.MkdirAll(c.File, 0o700); err != nil {
		return "", fmt.Errorf("cannot create the folder of backups: %w", err)
	}
	name := "itemshare-" + p.clock().UTC().Format("20060102T150405.000Z") + ".backup"
	return filepath.Join(c.File, name), nil
}

// prune removes the oldest backups of the folder, and keeps as many as it should. Their names sort
// by time.
func (c *backupCommand) prune() error {
	if c.Keep == 0 {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(escapeGlob(c.File), backupNames))
	if err != nil {
		return fmt.Errorf("list the backups: %w", err)
	}
	slices.Sort(files)
	for _, file := range files[:max(0, len(files)-c.Keep)] {
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("remove an old backup: %w", err)
		}
	}
	return nil
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
	if err := p.restore(key, p.set.databaseURL(), c.File); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "Backup restored. "+
		"Its links and service account tokens are revoked: create new ones where you need them.")
	return err
}

func (p *program) restore(key seal.MasterKey, url, file string) error {
	approve := func(ctx context.Context, database *db.DB) (audit.Entry, error) {
		return p.approveBackup(ctx, key, database)
	}
	return db.Restore(p.ctx, p.databaseConfig(url), file, approve)
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
