package local

import (
	"context"

	"itemshare/vault"
)

// Import says what comes in and where it goes.
type Import struct {
	By     string   // the user who does it, "" for the command line
	Target string   // name of the vault that takes all; "" = each item goes to the vault named as its source
	Owners []string // ids of users who get view and share on every vault touched
	Items  []vault.Incoming
	Format string // for the audit entry
}

// Imported says what an import did.
type Imported struct {
	Vaults  []vault.Info // touched, by name
	Made    int          // vaults that are new
	Added   int
	Updated int
	Equal   int // left alone, since nothing of them changed
	Files   int // written
}

// Import takes items in: all of them or none.
func (v *Vault) Import(ctx context.Context, in Import) (Imported, error) {
	return Imported{}, errSoon
}
