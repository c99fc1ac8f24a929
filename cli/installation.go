package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/db"
	"itemshare/seal"
	"itemshare/vault"
	"itemshare/vault/intake"
	"itemshare/vault/local"
	"itemshare/vault/strength"
)

// installation is an open database with its keys, and the services built on both. Commands may
// work on one while a server runs: the database keeps them apart.
type installation struct {
	db       *db.DB
	keyring  *seal.Keyring
	log      *audit.Log
	accounts *account.Service
	vault    *local.Vault // the embedded vault
	intake   *intake.Service
	backend  vault.Backend // the vault that is served: the embedded one or an account
}

// open opens the installation, and creates one if there is none.
func (p *program) open() (*installation, error) {
	if err := p.checkDatabase(); err != nil {
		return nil, err
	}
	account, err := p.account()
	if err != nil {
		return nil, err
	}
	if err := p.set.checkFolder(); err != nil {
		return nil, err
	}
	// With an unusable key, nothing is created.
	if _, err := p.set.readKey(); err != nil && !errors.Is(err, errNoKey) {
		return nil, err
	}
	if err := p.set.createFolder(); err != nil {
		return nil, err
	}
	key, err := p.set.masterKey(p.random)
	if err != nil {
		return nil, err
	}
	config := db.Config{URL: p.set.databaseURL(), Clock: p.clock, Log: p.log}
	if p.telemetry != nil {
		config.Telemetry = p.telemetry
	}
	database, err := db.Open(p.ctx, config)
	if err != nil {
		return nil, err
	}
	in, err := p.unlock(key, database)
	if err != nil {
		return nil, errors.Join(err, database.Close())
	}
	if account != nil {
		in.backend = account
	}
	return in, nil
}

// openExisting opens an existing installation, and creates nothing.
func (p *program) openExisting() (*installation, error) {
	if p.set.databaseFile() != "" && !p.set.databaseExists() {
		return nil, fmt.Errorf("there is no database at %s", p.set.databaseFile())
	}
	return p.open()
}

func (p *program) checkDatabase() error {
	if !knownDatabase(p.set.databaseURL()) {
		return errors.New("ITEMSHARE_DATABASE must be sqlite:PATH or begin with postgres://")
	}
	return nil
}

func knownDatabase(url string) bool {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if rest, ok := strings.CutPrefix(url, scheme); ok && rest != "" {
			return true
		}
	}
	return false
}

func (p *program) unlock(key seal.MasterKey, database *db.DB) (*installation, error) {
	keyring, err := seal.Unlock(p.ctx, key, database)
	if err != nil {
		return nil, err
	}
	keyring.ReadKeyBy(p.set.readKey)
	in := &installation{
		db: database, keyring: keyring,
		log: audit.NewLog(keyring.Box(seal.Audit), keyring.Hasher(seal.Addresses)),
	}
	in.accounts = account.New(account.Config{
		Users: database, Own: database, Factors: database,
		Externals: database, Passkeys: database, Sessions: database, Attempts: database, Programs: database,
		Audit: in.log, Keyring: keyring, Clock: p.clock, Random: p.random, Strength: scoreOf,
	})
	in.vault = local.New(local.Config{
		Store: database, Box: keyring.Box(seal.Items), Audit: in.log, Clock: p.clock, Random: p.random,
	})
	in.intake = intake.New(intake.Config{
		Store: database, Vault: in.vault, Box: keyring.Box(seal.Items), Clock: p.clock,
		Random: p.random, Log: p.log,
	})
	in.backend = in.vault
	return in, nil
}

// findVault returns the vault with that ID or name, among the vaults that are served.
func (in *installation) findVault(ctx context.Context, nameOrID string) (vault.Info, error) {
	vaults, err := in.backend.Vaults(ctx)
	if err != nil {
		return vault.Info{}, err
	}
	found, err := vault.Find(vaults, nameOrID)
	return found, nameMissing("vault", nameOrID, err)
}

// with opens the installation, calls do and closes it.
func (p *program) with(open func() (*installation, error), do func(*installation) error) error {
	in, err := open()
	if err != nil {
		return err
	}
	return errors.Join(do(in), in.db.Close())
}

// chainMAC is the audit.MAC of the installation.
func (in *installation) chainMAC(
	parts ...string,
) []byte {
	return in.keyring.MAC(seal.Chain, parts...)
}

// Record stores an audit event that belongs to no other change.
func (in *installation) Record(ctx context.Context, event audit.Event) error {
	entry, err := in.log.Entry(event)
	if err != nil {
		return err
	}
	return in.db.Record(ctx, entry)
}

// scoreOf is how hard a password is to guess, as account counts.
func scoreOf(text string, known ...string) int {
	return int(strength.Estimate(text, known...))
}
