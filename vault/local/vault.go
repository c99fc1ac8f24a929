package local

import (
	"context"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// Find returns the vault with this id or, ignoring case, this name.
func (v *Vault) Find(ctx context.Context, nameOrID string) (vault.Info, error) {
	vaults, err := v.Vaults(ctx)
	if err != nil {
		return vault.Info{}, err
	}
	return vault.Find(vaults, nameOrID)
}

func findByTitle(vaults []vault.Info, name string) (vault.Info, bool) {
	for _, info := range vaults {
		if strings.EqualFold(info.Title, strings.TrimSpace(name)) {
			return info, true
		}
	}
	return vault.Info{}, false
}

// AddVault creates an empty vault, in which each of the owners gets every right. A name in use is
// fault.Conflict. by is the acting user, "" for the command line.
func (v *Vault) AddVault(
	ctx context.Context, by, name string, owners ...string,
) (vault.Info, error) {
	name, err := vault.ParseName(name)
	if err != nil {
		return vault.Info{}, err
	}
	vaults, err := v.Vaults(ctx)
	if err != nil {
		return vault.Info{}, err
	}
	if _, taken := findByTitle(vaults, name); taken {
		return vault.Info{}, nameTaken()
	}
	var added vault.Info
	err = v.inStage(ctx, by, func(s *stage) ([]audit.Event, error) {
		added, err = s.addVault(name, vault.Origin{}, len(vaults))
		s.changes.Owners, s.changes.OwnedVaults = owners, []string{added.ID}
		return append([]audit.Event{{Kind: audit.VaultAdded, Subject: added.ID}},
			ownerEvents(added.ID, owners)...), err
	})
	return added, fault.Wrap("add a vault", err)
}

// ownerEvents record that owners got every right in a vault.
func ownerEvents(vaultID string, owners []string) (events []audit.Event) {
	for _, owner := range owners {
		detail := map[string]string{"user": owner}
		for _, right := range []string{"view", "reveal", "share", "edit", "manage"} {
			detail[right] = "true"
		}
		events = append(events, audit.Event{
			Kind: audit.GrantChanged, Subject: vaultID, Detail: detail,
		})
	}
	return events
}

func nameTaken() error {
	return fault.New(fault.Conflict, fault.CodeConflict,
		"There is a vault of that name already. Choose another name.")
}

// RenameVault changes the name of a vault. A name in use is fault.Conflict.
func (v *Vault) RenameVault(ctx context.Context, by, vaultID, name string) error {
	name, err := vault.ParseName(name)
	if err != nil {
		return err
	}
	rows, err := v.c.Store.SealedVaults(ctx)
	if err != nil {
		return fault.Wrap("rename a vault", err)
	}
	var before string
	for _, row := range rows {
		title := v.openName(row)
		switch {
		case row.ID == vaultID:
			before = title
		case strings.EqualFold(title, name):
			return nameTaken()
		}
	}
	if before == name {
		return nil
	}
	sealed, err := v.sealName(vaultID, name)
	if err != nil {
		return err
	}
	entry, err := v.vaultEntry(audit.VaultRenamed, by, vaultID)
	if err != nil {
		return err
	}
	return fault.Wrap("rename a vault", v.c.Store.RenameVault(ctx, rows, vaultID, sealed, entry))
}

// ArchiveVault puts a vault out of use until it is restored.
func (v *Vault) ArchiveVault(ctx context.Context, by, vaultID string) error {
	return v.setVaultArchived(ctx, by, vaultID, v.c.Clock(), audit.VaultArchived)
}

// RestoreVault returns a vault from the archive.
func (v *Vault) RestoreVault(ctx context.Context, by, vaultID string) error {
	return v.setVaultArchived(ctx, by, vaultID, time.Time{}, audit.VaultRestored)
}

func (v *Vault) setVaultArchived(
	ctx context.Context, by, vaultID string, at time.Time, kind audit.Kind,
) error {
	entry, err := v.vaultEntry(kind, by, vaultID)
	if err != nil {
		return err
	}
	return fault.Wrap("archive a vault", v.c.Store.SetVaultArchived(ctx, vaultID, at, entry))
}

func (v *Vault) vaultEntry(kind audit.Kind, by, vaultID string) (audit.Entry, error) {
	return v.c.Audit.Entry(audit.Event{
		At: v.c.Clock(), Kind: kind, Actor: by, Subject: vaultID,
	})
}

func hasVault(vaults []vault.Info, id string) bool {
	for _, info := range vaults {
		if info.ID == id {
			return true
		}
	}
	return false
}

// newItem returns an item with a new id, the first version and its times.
func (s *stage) newItem(item vault.Item) (vault.Item, error) {
	now := s.vault.c.Clock()
	if item.CreatedAt.IsZero() {
		item.CreatedAt = now
	}
	if item.UpdatedAt.IsZero() {
		item.UpdatedAt = now
	}
	item.CreatedAt, item.UpdatedAt = wholeSeconds(item.CreatedAt), wholeSeconds(item.UpdatedAt)
	item.Version = 1
	var err error
	item.ID, err = s.vault.newID()
	return item, err
}

func wholeSeconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (v *Vault) itemAndSource(
	ctx context.Context,
	vaultID, itemID string,
) (vault.Item, provenance, error) {
	row, err := v.c.Store.SealedItem(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, provenance{}, err
	}
	item, err := v.openItem(row)
	if err != nil {
		return vault.Item{}, provenance{}, err
	}
	overview, err := v.openOverview(row)
	return item, overview.provenance, err
}

func byID(files []vault.File) map[string]vault.File {
	all := make(map[string]vault.File, len(files))
	for _, file := range files {
		all[file.ID] = file
	}
	return all
}
