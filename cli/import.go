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
	Vault string `help:"Put all items into this vault, made if missing (default: each source vault becomes one)."`
	Owner string `placeholder:"ADDRESS" help:"Who gets view and share (default: all admins)."`
	File  string `arg:"" type:"existingfile" help:"The export: a 1Password .1pux."`
}

// Run imports an export, whole or not at all.
func (c *importCommand) Run(p *program) error {
	if err := p.ownVaults("import there"); err != nil {
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
		done, err := in.vault.Import(p.ctx, local.Import{Target: c.Vault, Owners: owners, Items: archive.Items, Format: archive.Format})
		if err != nil {
			return err
		}
		return p.printImport(archive, done)
	})
	return errors.Join(err, archive.Close())
}

// owners are the ids of the one who was named, else of all admins.
func (in *installation) owners(p *program, email string) ([]string, error) {
	if email != "" {
		user, err := in.accounts.UserByEmail(p.ctx, email)
		if err != nil {
			return nil, named("user", email, err)
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
		return nil, errors.New("nobody would see the items: add an admin first, or name somebody with --owner")
	}
	return admins, nil
}

func (p *program) printImport(archive *importer.Archive, done local.Imported) error {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %d items added, %d updated, %d unchanged; %d files written.\n", archive.Format, done.Added, done.Updated, done.Equal, done.Files)
	for _, v := range done.Vaults {
		made := ""
		if v.New {
			made = " (new)"
		}
		fmt.Fprintf(&out, "  vault %s%s: %d added, %d updated, %d unchanged\n", v.Title, made, v.Added, v.Updated, v.Equal)
	}
	for _, category := range slices.Sorted(maps.Keys(archive.Counts)) {
		fmt.Fprintf(&out, "  %s: %d\n", vault.Category(category), archive.Counts[category])
	}
	if archive.ArchivedItems > 0 {
		fmt.Fprintf(&out, "%d archived items were left out.\n", archive.ArchivedItems)
	}
	if len(archive.Omissions) > 0 {
		fmt.Fprintf(&out, "Not all could be carried over as it was:\n  %s\n", strings.Join(archive.Omissions, "\n  "))
	}
	_, err := io.WriteString(p.stdout, plainLines(out.String()))
	return err
}

// named says which thing is not there.
func named(what, name string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("there is no %s %s", what, name)
	}
	return err
}
