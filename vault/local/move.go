package local

import (
	"context"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

// MoveItem moves an item to another vault. Everything is sealed anew, since sealed bytes open only
// in their own vault.
func (v *Vault) MoveItem(
	ctx context.Context, by, vaultID, itemID, toVaultID string,
) (vault.Item, error) {
	item, err := v.Item(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	if item.Archived() {
		return vault.Item{}, vault.Archived()
	}
	if toVaultID == vaultID {
		return item, nil
	}
	if err := v.requireVault(ctx, toVaultID); err != nil {
		return vault.Item{}, err
	}
	var moved vault.Item
	err = v.inStage(ctx, by, func(s *stage) ([]audit.Event, error) {
		m := move{stage: s, to: toVaultID, files: map[string]movedFile{}}
		if moved, err = m.all(ctx, item); err != nil {
			return nil, err
		}
		event := itemEvent(audit.ItemMoved, moved)
		event.Detail["from_vault"] = vaultID
		return []audit.Event{event}, nil
	})
	return moved, fault.Wrap("move an item", err)
}

// move is one move of an item.
type move struct {
	*stage
	to    string
	files map[string]movedFile // by their IDs before
}

// movedFile is a file in the new vault, and the newest version that has it.
type movedFile struct {
	id      string
	version uint32
}

// all stages the item and its versions, newest first.
func (m *move) all(ctx context.Context, item vault.Item) (vault.Item, error) {
	content := next(item, item, m.vault)
	moved, err := m.item(ctx, content, item)
	if err != nil {
		return moved, err
	}
	row, err := m.seal(moved, provenance{})
	if err != nil {
		return moved, err
	}
	row.Base = 0
	if err := m.add(ctx, row); err != nil {
		return moved, err
	}
	if err := m.versions(ctx, item); err != nil {
		return moved, err
	}
	for _, file := range m.files {
		if file.version < moved.Version {
			m.changes.GoneFiles = append(m.changes.GoneFiles, GoneFile{file.id, file.version + 1})
		}
	}
	m.changes.DropItems = []DroppedItem{{
		VaultID: item.VaultID, ID: item.ID, Version: item.Version, MovedTo: m.to,
	}}
	return moved, nil
}

// item returns an item as it is in the new vault, its files stored there. Its files are read as
// those of the item before.
func (m *move) item(ctx context.Context, item, before vault.Item) (vault.Item, error) {
	item.VaultID = m.to
	var files []vault.File
	for _, file := range before.Files {
		moved, ok := m.files[file.ID]
		if !ok {
			stored, err := m.file(ctx, item, file, nil, m.vault.filesOf(ctx, before))
			if err != nil {
				return item, err
			}
			moved = movedFile{stored.ID, item.Version}
			m.files[file.ID] = moved
		}
		file.ID = moved.id
		files = append(files, file)
	}
	item.Files = files
	return item, nil
}

// versions stages the current version and the earlier ones as earlier versions in the new vault.
func (m *move) versions(ctx context.Context, current vault.Item) error {
	rows, err := m.vault.c.Store.SealedVersions(ctx, current.VaultID, current.ID)
	if err != nil {
		return err
	}
	overview, err := m.vault.c.Store.SealedItem(ctx, current.VaultID, current.ID)
	if err != nil {
		return err
	}
	if overview.Version != current.Version {
		return vault.Changed()
	}
	for _, row := range append([]SealedItem{overview}, rows...) {
		if row.Version != current.Version {
			row, err = m.vault.c.Store.SealedVersion(ctx, row.VaultID, row.ID, row.Version)
			if fault.KindOf(err) == fault.NotFound {
				return vault.Changed()
			}
			if err != nil {
				return err
			}
		}
		if err := m.version(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// version stages one earlier version. One that is damaged is damaged in the new vault too.
func (m *move) version(ctx context.Context, row SealedItem) error {
	item, err := m.vault.openItem(row)
	overview, damage := m.vault.openOverview(row)
	sealed := row
	sealed.VaultID = m.to
	if err == nil && damage == nil {
		if item, err = m.item(ctx, item, item); err != nil {
			return err
		}
		if sealed, err = m.vault.sealItem(item, overview.provenance); err != nil {
			return err
		}
	}
	return m.vault.c.Store.StageVersions(ctx, m.id, []SealedItem{sealed}, m.vault.c.Clock())
}
