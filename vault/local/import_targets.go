package local

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"itemshare/fault"
	"itemshare/vault"
)

// vaultRow is a vault as its row has it. Its origin names no item.
type vaultRow struct {
	vault.Info
	origin  vault.Origin
	changed int64
}

// target is a vault for imported items, with its items of earlier imports.
type target struct {
	ImportedVault
	origin  vault.Origin // of the vault
	earlier earlierItems
}

// chosen returns the title or id of the vault that the caller chose for a vault of the export, or "".
func (r *importRun) chosen(from vault.ImportSource) string {
	if r.in.To == nil {
		return r.in.Target
	}
	return cmp.Or(r.in.To(from), r.in.Target)
}

// count counts an entry of a vault of the export that comes to a vault.
func (r *importRun) count(from vault.ImportSource, to *target) {
	at, known := r.places[from.ID]
	if !known {
		at = len(r.sources)
		r.places[from.ID] = at
		r.sources = append(r.sources, from)
		to.Sources = append(to.Sources, from.Title)
	}
	r.sources[at].Entries++
}

// target returns the vault for an item: the chosen one, or else that of its origin. It creates one if
// there is none.
func (r *importRun) target(
	ctx context.Context, incoming vault.ImportedItem, chosen string,
) (*target, error) {
	title := cmp.Or(truncate(strings.TrimSpace(incoming.VaultTitle)), "Imported")
	if chosen != "" {
		key := "chosen\x00" + strings.ToLower(strings.TrimSpace(chosen))
		return r.cached(key, func() (*target, error) { return r.chosenTarget(ctx, chosen) })
	}
	origin := vault.Origin{Account: incoming.Origin.Account, Vault: incoming.Origin.Vault}
	if !origin.NamesVault() {
		key := strings.Join([]string{"unknown", origin.Account, origin.Vault, title}, "\x00")
		return r.cached(
			key,
			func() (*target, error) { return r.newTarget(title, vault.Origin{}, title) },
		)
	}
	return r.cached("known\x00"+origin.Account+"\x00"+origin.Vault, func() (*target, error) {
		for _, row := range r.vaults {
			if row.origin == origin {
				return r.existingTarget(ctx, row, title)
			}
		}
		return r.newTarget(title, origin, title)
	})
}

func (r *importRun) mayEdit(vaultID string) bool {
	return r.in.MayEdit == nil || r.in.MayEdit(vaultID)
}

func (r *importRun) cached(key string, find func() (*target, error)) (*target, error) {
	if to, ok := r.targets[key]; ok {
		return to, nil
	}
	to, err := find()
	if err == nil {
		r.targets[key] = to
		if !slices.Contains(r.order, to) {
			r.order = append(r.order, to)
		}
	}
	return to, err
}

// chosenTarget returns the vault that the caller chose by title or id.
func (r *importRun) chosenTarget(ctx context.Context, chosen string) (*target, error) {
	infos := make([]vault.Info, len(r.vaults))
	for i, row := range r.vaults {
		infos[i] = row.Info
	}
	found, err := vault.Find(infos, chosen)
	if fault.KindOf(err) == fault.NotFound {
		title, err := vault.ParseName(chosen)
		if err != nil {
			return nil, err
		}
		return r.newTarget(title, vault.Origin{}, "")
	}
	if err != nil {
		return nil, err
	}
	return r.existingTarget(ctx, r.vaults[slices.Index(infos, found)], "")
}

// existingTarget returns a vault that there is, the same for all vaults of the export that come to it.
func (r *importRun) existingTarget(
	ctx context.Context, row vaultRow, sourceTitle string,
) (*target, error) {
	for _, to := range r.order {
		if to.ID == row.ID {
			return to, nil
		}
	}
	if !r.mayEdit(row.ID) {
		return nil, fault.New(fault.Forbidden, fault.CodeForbidden,
			"An entry belongs to a vault that you can't edit. Choose another vault for the import.")
	}
	earlier, err := r.vault.earlierItems(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	r.changes.Unchanged = append(r.changes.Unchanged, SealedVault{ID: row.ID, Changed: row.changed})
	return &target{
		ImportedVault: ImportedVault{
			Info: row.Info, SourceTitle: sourceTitle, SameTitle: r.titles(row.Title) > 1,
		},
		origin: row.origin, earlier: earlier,
	}, nil
}

// newTarget creates a vault. Its owners get every right in it.
func (r *importRun) newTarget(
	title string,
	origin vault.Origin,
	sourceTitle string,
) (*target, error) {
	if r.in.NoNewVaults {
		return nil, fault.New(fault.Forbidden, fault.CodeForbidden,
			"Only admins can add vaults. Choose a vault for the import.")
	}
	to := &target{origin: origin, earlier: newEarlierItems(), ImportedVault: ImportedVault{
		Info: vault.Info{Title: title}, SourceTitle: sourceTitle, New: true,
		SameTitle: r.titles(title) > 0,
	}}
	if r.in.DryRun {
		return to, nil
	}
	var err error
	if to.Info, err = r.addVault(title, origin, len(r.vaults)); err != nil {
		return nil, err
	}
	r.changes.Owners = r.in.Owners
	r.changes.OwnedVaults = append(r.changes.OwnedVaults, to.ID)
	return to, nil
}

// titles counts the vaults with a title, those included that this import creates.
func (r *importRun) titles(title string) (n int) {
	for _, row := range r.vaults {
		if strings.EqualFold(row.Title, title) {
			n++
		}
	}
	for _, to := range r.order {
		if to.New && strings.EqualFold(to.Title, title) {
			n++
		}
	}
	return n
}

// truncate cuts a source vault's name to the longest allowed name.
func truncate(name string) string {
	letters := []rune(name)
	return strings.TrimSpace(string(letters[:min(len(letters), vault.MaxName)]))
}

// vaultRows returns all vaults with their origins.
func (v *Vault) vaultRows(ctx context.Context) ([]vaultRow, error) {
	rows, err := v.c.Store.SealedVaults(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]vaultRow, len(rows))
	for i, row := range rows {
		origin, err := v.openSource(row)
		if err != nil {
			return nil, err
		}
		all[i] = vaultRow{vault.Info{ID: row.ID, Title: v.openName(row)}, origin, row.Changed}
	}
	return all, nil
}
