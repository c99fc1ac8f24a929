package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
)

// reseal makes new keys under the master key and seals everything with them, unless something is left
// of a run that was interrupted: then it finishes that.
func (p *program) reseal(key seal.MasterKey) error {
	database, err := db.Open(p.ctx, db.Config{URL: p.set.databaseURL(), Clock: p.clock, Log: p.log})
	if err != nil {
		return err
	}
	return errors.Join(p.resealDatabase(key, database), database.Close())
}

func (p *program) resealDatabase(key seal.MasterKey, database *db.DB) error {
	left, err := p.sealAnew(key, database)
	if err != nil {
		return err
	}
	if left.changed > 0 {
		return p.tellResealed(left, "which earlier keys had sealed, as after a run that was interrupted. "+
			"Run this again for new keys.")
	}
	if err := p.renewKeys(key, database); err != nil {
		return err
	}
	renewed := time.Now()
	all, err := p.sealAnew(key, database)
	if err == nil {
		err = p.sleep(noticeTime - time.Since(renewed))
	}
	if err == nil { // what servers sealed before they noticed
		left, err = p.sealAnew(key, database)
	}
	if err != nil {
		return fmt.Errorf("there are new keys, but not everything is sealed with them (run this again): %w", err)
	}
	all = resealed{changed: all.changed + left.changed, damaged: left.damaged}
	return p.tellResealed(all, "with new keys. Entries of the audit log keep the old ones, which open "+
		"what they sealed, backups included.")
}

// noticeTime is by when every server uses new keys.
const noticeTime = followTime + 2*time.Second

// sleep waits, unless the command is interrupted.
func (p *program) sleep(wait time.Duration) error {
	select {
	case <-time.After(wait):
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// renewKeys adds a new key to each keyset that seals.
func (p *program) renewKeys(key seal.MasterKey, database *db.DB) error {
	keyring, err := seal.Unlock(p.ctx, key, database)
	if err != nil {
		return err
	}
	from, err := database.Keysets(p.ctx)
	if err != nil {
		return err
	}
	to, err := seal.Renew(key, from)
	if err != nil {
		return err
	}
	entry, err := audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)).
		Entry(audit.Event{At: p.clock(), Kind: audit.KeysRenewed})
	if err != nil {
		return err
	}
	return database.SwapKeysets(p.ctx, from, to, entry)
}

// resealed is how many values were sealed anew, and the places of those that are damaged, which stay as
// they are.
type resealed struct {
	changed int64
	damaged []string
}

// sealAnew seals what the newest keys haven't sealed.
func (p *program) sealAnew(key seal.MasterKey, database *db.DB) (done resealed, err error) {
	keyring, err := seal.Unlock(p.ctx, key, database)
	if err != nil {
		return done, err
	}
	done.changed, err = database.Reseal(p.ctx, func(s db.Sealed) ([]byte, error) {
		if keyring.IsNewest(s.Purpose, s.Bytes) {
			return nil, nil
		}
		plain, err := keyring.Open(s.Purpose, s.Bytes, s.Place...)
		if errors.Is(err, seal.ErrDamaged) {
			done.damaged = append(done.damaged, strings.Join(s.Place, " "))
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return keyring.Seal(s.Purpose, plain, s.Place...)
	})
	return done, err
}

// damagedShown is how many damaged values are named.
const damagedShown = 20

// tellResealed says what was done. Damaged values are an error.
func (p *program) tellResealed(done resealed, how string) error {
	_, err := fmt.Fprintf(p.stdout, "Sealed %s anew, %s\n", counted(int(done.changed), "value", "values"), how)
	if err != nil || len(done.damaged) == 0 {
		return err
	}
	return fmt.Errorf("%s: %s",
		counted(len(done.damaged), "value doesn't open and stays as it is",
			"values don't open and stay as they are"),
		firstOf(done.damaged, damagedShown))
}

// firstOf lists the first of some names, and says how many more there are.
func firstOf(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}
