package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/vault/importer"
	"itemshare/vault/local"
)

type importCommand struct {
	Vault string `help:"${import_vault}"`
	Owner string `help:"${import_owner}" placeholder:"ADDRESS"`
	File  string `help:"The export: a 1Password .1pux file." arg:"" type:"existingfile"`
}

// Run imports an export, completely or not at all.
func (c *importCommand) Run(p *program) error {
	if err := p.requireEmbeddedVault("import there"); err != nil {
		return err
	}
	archive, err := importer.Read(p.ctx, c.File)
	if err != nil {
		return err
	}
	err = p.with(p.open, func(in *installation) error {
		owners, err := in.owners(p, c.Owner)
		if err != nil {
			return err
		}
		imported, err := in.vault.Import(p.ctx, local.Import{
			Target: c.Vault, Owners: owners, Items: vault.ImportedItems(archive.Items...), Format: archive.Format,
		})
		if err != nil {
			return err
		}
		return p.printImport(archive, imported)
	})
	return errors.Join(err, archive.Close())
}

// owners returns the IDs of the user with that email address, or of all admins if it is "".
func (in *installation) owners(p *program, email string) ([]string, error) {
	if email != "" {
		user, err := in.accounts.UserByEmail(p.ctx, email)
		if err != nil {
			return nil, nameMissing("user", email, err)
		}
		return []string{user.ID}, nil
	}
	users, err := in.accounts.Users(p.ctx)
	if err != nil {
		return nil, err
	}
	var admins []string
	for _, u := range users {
		if u.Role == account.Admin && !u.Disabled {
			admins = append(admins, u.ID)
		}
	}
	if len(admins) == 0 {
		return nil, errors.New(
			"nobody could see the items: add an admin first, or name a user with --owner",
		)
	}
	return admins, nil
}

func (p *program) printImport(archive *importer.Archive, imported local.Imported) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %d items added, %d updated, %d unchanged; %d files imported.\n",
		archive.Format, imported.Added, imported.Updated, imported.Equal, imported.Files)
	for _, v := range imported.Vaults {
		mark := ""
		if v.New {
			mark = " (new)"
		}
		fmt.Fprintf(
			&out,
			"  vault %s%s: %d added, %d updated, %d unchanged\n",
			v.Title,
			mark,
			v.Added,
			v.Updated,
			v.Equal,
		)
	}
	for _, category := range slices.Sorted(maps.Keys(archive.Counts)) {
		fmt.Fprintf(&out, "  %s: %d\n", vault.Category(category), archive.Counts[category])
	}
	if archive.ArchivedItems > 0 {
		fmt.Fprintf(&out, "%d archived items were not imported.\n", archive.ArchivedItems)
	}
	if len(archive.Omissions) > 0 {
		fmt.Fprintf(&out, "Some data could not be imported as it was:\n  %s\n",
			strings.Join(archive.Omissions, "\n  "))
	}
	_, err := io.WriteString(p.stdout, plainLines(out.String()))
	return err
}

// nameMissing turns a fault.NotFound into a sentence with the kind and name of what is missing.
func nameMissing(what, name string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("there is no %s %s", what, name)
	}
	return err
}
