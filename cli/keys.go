package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
)

type keysRotateCommand struct {
	NewKey string `placeholder:"FILE" help:"${keys_rotate_new_key}"`
	Reseal bool   `help:"${keys_rotate_reseal}"`
}

// Run changes the master key or the keys under it. A running server continues, and reads the keys
// anew when it needs them. If it is interrupted, it finishes when run again.
func (c *keysRotateCommand) Run(p *program) error {
	switch {
	case c.NewKey == "" && !c.Reseal:
		return errors.New("choose --new-key FILE for another master key, or --reseal for new keys under it")
	case c.NewKey != "" && c.Reseal:
		return errors.New("--new-key and --reseal take two runs: change the master key, restart the " +
			"servers, and then reseal")
	}
	if err := p.checkDatabase(); err != nil {
		return err
	}
	if p.set.databaseFile() != "" && !p.set.databaseExists() {
		return fmt.Errorf("there is no database at %s", p.set.databaseFile())
	}
	old, err := p.set.readKey()
	if err != nil {
		return err
	}
	if c.Reseal {
		return p.reseal(old)
	}
	fresh, err := seal.ReadMasterKey(c.NewKey)
	if errors.Is(err, fs.ErrNotExist) {
		fresh, err = seal.CreateMasterKey(c.NewKey, p.random)
	}
	if err != nil {
		return err
	}
	if fresh == old {
		return fmt.Errorf("%s holds the current master key: name another file", c.NewKey)
	}
	if err := p.rewrap(old, fresh); err != nil {
		return err
	}
	return p.placeKey(old, fresh)
}

// rewrap replaces all keysets in one transaction, unless the new key opens them already.
func (p *program) rewrap(old, fresh seal.MasterKey) error {
	database, err := db.Open(p.ctx, db.Config{URL: p.set.databaseURL(), Clock: p.clock, Log: p.log})
	if err != nil {
		return err
	}
	swap := func() error {
		keyring, err := seal.Unlock(p.ctx, old, database)
		if errors.Is(err, seal.ErrWrongKey) {
			if _, err := seal.Unlock(p.ctx, fresh, database); err == nil {
				return nil
			}
		}
		if err != nil {
			return err
		}
		from, err := database.Keysets(p.ctx)
		if err != nil {
			return err
		}
		to, err := seal.Rewrap(old, fresh, from)
		if err != nil {
			return err
		}
		entry, err := audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)).
			Entry(audit.Event{At: p.clock(), Kind: audit.KeysRotated})
		if err != nil {
			return err
		}
		return database.SwapKeysets(p.ctx, from, to, entry)
	}
	return errors.Join(swap(), database.Close())
}

// placeKey puts the new key where the next start loads it. It keeps the old key, which earlier
// backups need.
func (p *program) placeKey(old, fresh seal.MasterKey) error {
	if p.set.MasterKey != "" {
		_, err := fmt.Fprintln(
			p.stdout,
			"Master key rotated. Set ITEMSHARE_MASTER_KEY to the new key "+
				"before the next start. Keep the old key: earlier backups need it.",
		)
		return err
	}
	keep := p.set.keyFile() + "." + p.clock().UTC().Format("20060102T150405Z")
	keep, err := seal.ReplaceMasterKey(p.set.keyFile(), old, fresh, keep)
	if err != nil {
		return fmt.Errorf(
			"the keys are rotated, but %s still holds the old master key (run this again): %w",
			p.set.keyFile(),
			err,
		)
	}
	_, err = fmt.Fprintf(
		p.stdout,
		"Master key rotated. The new key is in %s, so you can remove the file of --new-key. "+
			"The old key is in %s: keep it, because earlier backups need it.\n",
		p.set.keyFile(),
		keep,
	)
	return err
}
