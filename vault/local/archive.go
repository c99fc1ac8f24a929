package local

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// ArchiveItem archives an item.
func (v *Vault) ArchiveItem(ctx context.Context, by, vaultID, itemID string) error {
	return fault.Wrap("archive an item",
		v.setArchived(ctx, by, vaultID, itemID, v.c.Clock(), audit.ItemArchived))
}

// RestoreItem returns an item from the archive.
func (v *Vault) RestoreItem(ctx context.Context, by, vaultID, itemID string) error {
	return fault.Wrap("restore an item",
		v.setArchived(ctx, by, vaultID, itemID, time.Time{}, audit.ItemRestored))
}

// setArchived also archives an item that is damaged.
func (v *Vault) setArchived(
	ctx context.Context, by, vaultID, itemID string, at time.Time, kind audit.Kind,
) error {
	overview, err := v.overview(ctx, vaultID, itemID)
	if err != nil {
		return err
	}
	event := itemEvent(kind, vault.Item{ID: itemID, VaultID: vaultID, Version: overview.Version})
	event.At, event.Actor = v.c.Clock(), by
	entry, err := v.c.Audit.Entry(event)
	if err != nil {
		return err
	}
	_, err = v.c.Store.SetArchived(ctx, vaultID, itemID, at, entry)
	return err
}

// overview returns what lists show of an item.
func (v *Vault) overview(
	ctx context.Context, vaultID, itemID string,
) (vault.Overview, error) {
	found, err := v.Overviews(ctx, vaultID, []string{itemID})
	if err != nil {
		return vault.Overview{}, err
	}
	if len(found) == 0 {
		return vault.Overview{}, fault.Of(fault.NotFound)
	}
	return found[0], nil
}

// DeleteItem erases an archived item for good, also a damaged one.
func (v *Vault) DeleteItem(ctx context.Context, by, vaultID, itemID string) error {
	overview, err := v.overview(ctx, vaultID, itemID)
	if err != nil {
		return fault.Wrap("delete an item", err)
	}
	err = v.inStage(ctx, by, func(s *stage) ([]audit.Event, error) {
		s.changes.DropItems = []DroppedItem{{VaultID: vaultID, ID: itemID, Archived: true}}
		return []audit.Event{itemEvent(audit.ItemDeleted, vault.Item{
			ID: itemID, VaultID: vaultID, Version: overview.Version,
		})}, nil
	})
	return fault.Wrap("delete an item", err)
}
