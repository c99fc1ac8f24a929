package local

import (
	"context"
	"io"
	"strconv"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/vault"
)

var _ vault.Editor = (*Vault)(nil)

// CreateItem stores a new item.
func (v *Vault) CreateItem(
	ctx context.Context, by string, item vault.Item, open vault.Opener,
) (vault.Item, error) {
	item, err := v.tidy(item)
	if err != nil {
		return vault.Item{}, err
	}
	item, err = v.addItem(ctx, by, item, open, audit.ItemCreated)
	return item, fault.Wrap("create an item", err)
}

// AddItem stores a new item as it is, for tests: the database may hold what CheckItem rejects, from an
// import. It stores no event.
// open may be nil for an item without files.
func (v *Vault) AddItem(
	ctx context.Context, item vault.Item, open vault.Opener,
) (vault.Item, error) {
	item, err := v.addItem(ctx, "", item, open, "")
	return item, fault.Wrap("add an item", err)
}

// addItem stores a new item with an event, unless that is "".
func (v *Vault) addItem(
	ctx context.Context, by string, item vault.Item, open vault.Opener, kind audit.Kind,
) (vault.Item, error) {
	if err := v.requireVault(ctx, item.VaultID); err != nil {
		return vault.Item{}, err
	}
	err := v.inStage(ctx, by, func(s *stage) (events []audit.Event, err error) {
		if item, err = s.newItem(item); err != nil {
			return nil, err
		}
		if item, err = s.put(ctx, item, nil, open, provenance{}); err != nil || kind == "" {
			return nil, err
		}
		return []audit.Event{itemEvent(kind, item)}, nil
	})
	return item, err
}

func (v *Vault) requireVault(ctx context.Context, id string) error {
	vaults, err := v.Vaults(ctx)
	if err != nil {
		return err
	}
	if !hasVault(vaults, id) {
		return fault.Of(fault.NotFound)
	}
	return nil
}

// itemEvent returns an event about an item. It does not name the title: who reads the audit log may
// not see the vault.
func itemEvent(kind audit.Kind, item vault.Item) audit.Event {
	return audit.Event{
		Kind: kind, Subject: item.VaultID + "/" + item.ID,
		Detail: map[string]string{"version": strconv.FormatUint(uint64(item.Version), 10)},
	}
}

// tidy adds the IDs that sections and fields lack, then checks the item.
func (v *Vault) tidy(item vault.Item) (vault.Item, error) {
	item, err := vault.TidyItem(item, v.newID)
	if err != nil {
		return item, err
	}
	return item, vault.CheckItem(item)
}

// UpdateItem replaces an item by its next version. One that changes nothing is none.
func (v *Vault) UpdateItem(
	ctx context.Context, by string, item vault.Item, open vault.Opener,
) (vault.Item, error) {
	item, err := v.tidy(item)
	if err != nil {
		return vault.Item{}, err
	}
	before, was, err := v.changeable(ctx, item.VaultID, item.ID, item.Version)
	if err != nil {
		return vault.Item{}, err
	}
	if vault.SameContent(before, item) {
		return before, nil
	}
	changed := vault.Names(vault.Compare(before, item))
	item = next(before, item, v)
	err = v.inStage(ctx, by, func(s *stage) ([]audit.Event, error) {
		item, err = s.put(ctx, item, byID(before.Files), open, was)
		s.replaceFiles(before.Files, item)
		event := itemEvent(audit.ItemEdited, item)
		event.Detail["changed"] = changed
		return []audit.Event{event}, err
	})
	return item, fault.Wrap("change an item", err)
}

// next returns the version of an item that follows another, with its content.
func next(before, content vault.Item, v *Vault) vault.Item {
	content.ID, content.VaultID, content.Version = before.ID, before.VaultID, before.Version+1
	content.CreatedAt, content.UpdatedAt = before.CreatedAt, wholeSeconds(v.c.Clock())
	content.ArchivedAt = before.ArchivedAt
	return content
}

// changeable returns an item that is at a version and not archived.
func (v *Vault) changeable(
	ctx context.Context, vaultID, itemID string, version uint32,
) (vault.Item, provenance, error) {
	item, was, err := v.itemAndSource(ctx, vaultID, itemID)
	switch {
	case err != nil:
	case item.Archived():
		err = vault.Archived()
	case item.Version != version:
		err = vault.Changed()
	}
	return item, was, err
}

// DuplicateItem stores a copy of an item in the same vault.
func (v *Vault) DuplicateItem(
	ctx context.Context, by, vaultID, itemID string,
) (vault.Item, error) {
	item, err := v.Item(ctx, vaultID, itemID)
	if err != nil {
		return vault.Item{}, err
	}
	if item.Archived() {
		return vault.Item{}, vault.Archived()
	}
	original := item
	item.Title = vault.CopyTitle(item.Title)
	now := wholeSeconds(v.c.Clock())
	item.CreatedAt, item.UpdatedAt = now, now
	item, err = v.addItem(ctx, by, item, v.filesOf(ctx, original), audit.ItemDuplicated)
	return item, fault.Wrap("duplicate an item", err)
}

// filesOf returns an Opener of an item's stored files.
func (v *Vault) filesOf(ctx context.Context, item vault.Item) vault.Opener {
	return func(fileID string) (io.ReadCloser, error) { return v.openFile(ctx, item, fileID) }
}
