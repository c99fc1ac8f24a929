package local

import (
	"context"
	"io"
	"strconv"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// Versions returns the current version of an item and the earlier ones, newest first.
func (v *Vault) Versions(ctx context.Context, vaultID, itemID string) ([]vault.Version, error) {
	current, err := v.c.Store.SealedItem(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	rows, err := v.c.Store.SealedVersions(ctx, vaultID, itemID)
	if err != nil {
		return nil, err
	}
	all := []vault.Version{v.version(current)}
	for _, row := range rows {
		// A change in between has made the current version an earlier one.
		if row.Version < current.Version {
			all = append(all, v.version(row))
		}
	}
	return all, nil
}

func (v *Vault) version(row SealedItem) vault.Version {
	overview, err := v.openOverview(row)
	if err != nil {
		return vault.Version{Number: row.Version, Title: "Damaged version", Damaged: true}
	}
	at := overview.SavedAt
	if at.IsZero() {
		at = overview.UpdatedAt // saved before versions were kept
	}
	return vault.Version{
		Number: row.Version, By: overview.By, At: at, Title: overview.Title,
	}
}

// ItemVersion returns the item as it was in a version.
func (v *Vault) ItemVersion(
	ctx context.Context, vaultID, itemID string, version uint32,
) (vault.Item, error) {
	current, err := v.c.Store.SealedItem(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	if current.Version == version {
		return v.openItem(current)
	}
	row, err := v.c.Store.SealedVersion(ctx, vaultID, itemID, version)
	if err != nil {
		return vault.Item{}, err
	}
	row.ArchivedAt = current.ArchivedAt
	return v.openItem(row)
}

// OpenVersionFile opens a file that a version has.
func (v *Vault) OpenVersionFile(
	ctx context.Context, vaultID, itemID string, version uint32, fileID string,
) (io.ReadCloser, error) {
	item, err := v.ItemVersion(ctx, vaultID, itemID, version)
	if err != nil {
		return nil, err
	}
	return v.openFile(ctx, item, fileID)
}

// RestoreVersion makes an earlier version the item's next. A damaged item can be restored too.
func (v *Vault) RestoreVersion(
	ctx context.Context, by, vaultID, itemID string, version, current uint32,
) (vault.Item, error) {
	before, was, err := v.changeable(ctx, vaultID, itemID, current)
	if fault.CodeOf(err) == fault.CodeDamaged {
		before, was = vault.Item{ID: itemID, VaultID: vaultID, Version: current}, provenance{}
	} else if err != nil {
		return vault.Item{}, err
	}
	if version == current {
		return before, nil
	}
	content, err := v.ItemVersion(ctx, vaultID, itemID, version)
	if err != nil {
		return vault.Item{}, err
	}
	item := next(before, content, v)
	if item.CreatedAt.IsZero() {
		item.CreatedAt = content.CreatedAt
	}
	err = v.inStage(ctx, by, func(s *stage) ([]audit.Event, error) {
		item, err = s.put(ctx, item, byID(content.Files), nil, was)
		s.replaceFiles(before.Files, item)
		for _, file := range item.Files {
			s.changes.GoneFiles = append(s.changes.GoneFiles, GoneFile{file.ID, 0})
		}
		event := itemEvent(audit.VersionRestored, item)
		event.Detail["restored"] = strconv.FormatUint(uint64(version), 10)
		return []audit.Event{event}, err
	})
	return item, fault.Wrap("restore a version", err)
}
