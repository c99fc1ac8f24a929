package local

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"itemshare/fault"
	"itemshare/seal"
	"itemshare/vault"
)

// The stored form is the JSON of vault's types, sealed to its place: table,
// vault, item and version. TestStoredForm holds it.

// storedOverview is the stored form of an overview, with the provenance of the version.
type storedOverview struct {
	vault.Overview
	provenance
}

// provenance says where a version of an item comes from. By is the ID of who saved it at SavedAt.
// Source and Digest are set for an imported item: the hash of its name at the source, and of its
// content as imported.
type provenance struct {
	By      string    `json:",omitempty"`
	SavedAt time.Time `json:",omitzero"`
	Source  []byte    `json:",omitempty"`
	Digest  []byte    `json:",omitempty"`
}

func overviewPlace(row SealedItem) []string {
	return []string{"items", row.VaultID, row.ID, strconv.FormatUint(uint64(row.Version), 10)}
}

func bodyPlace(row SealedItem) []string {
	return []string{"item_bodies", row.VaultID, row.ID, strconv.FormatUint(uint64(row.Version), 10)}
}

func (v *Vault) sealItem(item vault.Item, from provenance) (SealedItem, error) {
	row := SealedItem{VaultID: item.VaultID, ID: item.ID, Version: item.Version}
	if item.Version > 0 {
		row.Base = item.Version - 1
	}
	body, err := json.Marshal(item)
	if err != nil {
		return row, fmt.Errorf("write an item: %w", err)
	}
	if len(body) > vault.MaxItemBytes {
		return row, fault.New(
			fault.Invalid,
			fault.CodeTooLarge,
			"An item holds at most 2 MiB of text.",
		)
	}
	overview, err := json.Marshal(storedOverview{vault.OverviewOf(item), from})
	if err != nil {
		return row, fmt.Errorf("write an overview: %w", err)
	}
	if row.Overview, err = v.c.Box.Seal(overview, overviewPlace(row)...); err != nil {
		return row, fmt.Errorf("seal an overview: %w", err)
	}
	if row.Body, err = v.c.Box.Seal(body, bodyPlace(row)...); err != nil {
		return row, fmt.Errorf("seal an item: %w", err)
	}
	return row, nil
}

func (v *Vault) openItem(row SealedItem) (item vault.Item, err error) {
	body, err := v.c.Box.Open(row.Body, bodyPlace(row)...)
	if err != nil {
		return vault.Item{}, damaged("item "+row.ID, err)
	}
	if err := json.Unmarshal(body, &item); err != nil {
		return vault.Item{}, damaged("item "+row.ID, err)
	}
	item.Title, item.ArchivedAt = vault.ShownTitle(item.Title), timeOf(row.ArchivedAt)
	return item, nil
}

func (v *Vault) openOverview(row SealedItem) (overview storedOverview, err error) {
	opened, err := v.c.Box.Open(row.Overview, overviewPlace(row)...)
	if err != nil {
		return overview, damaged("overview of item "+row.ID, err)
	}
	if err := json.Unmarshal(opened, &overview); err != nil {
		return overview, damaged("overview of item "+row.ID, err)
	}
	overview.Overview = shownOverview(overview.Overview, row)
	return overview, nil
}

func shownOverview(stored vault.Overview, row SealedItem) vault.Overview {
	stored.Title, stored.ArchivedAt = vault.ShownTitle(stored.Title), timeOf(row.ArchivedAt)
	return stored
}

// timeOf returns the time of Unix seconds, the zero time for 0.
func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func (v *Vault) sealName(id, name string) ([]byte, error) {
	sealed, err := v.c.Box.Seal([]byte(name), "vaults", id)
	return sealed, fault.Wrap("seal a vault's name", err)
}

// storedSource is what stands in the place of a vault's source.
type storedSource struct{ Account, Vault string }

// sealSource seals what names a vault where it comes from. It returns nil if nothing does.
func (v *Vault) sealSource(id string, origin vault.Origin) ([]byte, error) {
	if !origin.NamesVault() {
		return nil, nil
	}
	source, err := json.Marshal(storedSource{origin.Account, origin.Vault})
	if err != nil {
		return nil, fmt.Errorf("write a vault's source: %w", err)
	}
	sealed, err := v.c.Box.Seal(source, "vault_sources", id)
	return sealed, fault.Wrap("seal a vault's source", err)
}

// openSource returns a vault's origin, a zero one if the vault has none.
func (v *Vault) openSource(row SealedVault) (vault.Origin, error) {
	if row.Source == nil {
		return vault.Origin{}, nil
	}
	var source storedSource
	opened, err := v.c.Box.Open(row.Source, "vault_sources", row.ID)
	if err == nil {
		err = json.Unmarshal(opened, &source)
	}
	if err != nil {
		return vault.Origin{}, damaged("source of vault "+row.ID, err)
	}
	return vault.Origin{Account: source.Account, Vault: source.Vault}, nil
}

// openName returns a placeholder for a damaged name: the vault's items may be intact.
func (v *Vault) openName(row SealedVault) string {
	name, err := v.c.Box.Open(row.Name, "vaults", row.ID)
	if err != nil {
		return "Damaged vault"
	}
	return string(name)
}

// damaged returns the error for stored bytes that do not open. It differs from missing
// and from unreachable: trying again does not help.
func damaged(what string, cause error) error {
	if cause == nil {
		cause = seal.ErrDamaged
	}
	return fmt.Errorf(
		"%s: %w: %w",
		what,
		cause,
		fault.New(
			fault.Internal,
			fault.CodeDamaged,
			"The stored item is damaged. An admin can restore it from a backup.",
		),
	)
}
