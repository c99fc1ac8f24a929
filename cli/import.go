package cli

import (
	"errors"
	"fmt"
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
	Vault      string            `help:"${import_vault}"`
	Map        map[string]string `help:"${import_map}" placeholder:"SOURCE=VAULT" mapsep:"none"`
	Owner      string            `help:"${import_owner}" placeholder:"ADDRESS"`
	DryRun     bool              `help:"Print what an import would do, and change nothing."`
	JSON       bool              `help:"Print the report as JSON, with every entry." name:"json"`
	Strict     bool              `help:"${import_strict}"`
	Archived   bool              `help:"Import archived items too."`
	Duplicates string            `help:"${import_duplicates}" enum:",skip,update,keep" default:""`
	Columns    map[string]string `help:"${import_columns}" placeholder:"NAME=ROLE" mapsep:","`
	File       string            `help:"${import_file}" arg:"" type:"existingfile"`
}

// Run imports an export, completely or not at all.
func (c *importCommand) Run(p *program) error {
	if err := p.requireEmbeddedVault("import there"); err != nil {
		return err
	}
	archive, err := c.read(p)
	if err != nil {
		return err
	}
	open := p.open
	if c.DryRun {
		open = p.openExisting
	}
	err = p.with(open, func(in *installation) error {
		if c.Strict && archive.Report.Problems > 0 {
			return errors.Join(p.printImport(c, archive, nil), fmt.Errorf(
				"the export has problems (%d), so nothing was imported: import without --strict to leave them out",
				archive.Report.Problems,
			))
		}
		owners, err := in.owners(p, c.Owner)
		if err != nil {
			return err
		}
		var done importDone
		done.Imported, err = in.vault.Import(p.ctx, local.Import{
			Target: c.Vault, To: c.mapped, Owners: owners, Items: archive.Items(),
			Format: archive.Format, DryRun: c.DryRun, Duplicates: vault.Duplicates(c.Duplicates),
			Each: done.add, Finish: c.checkMap,
		})
		if err == nil && c.DryRun {
			_, err = c.checkMap(done.Imported)
		}
		if err != nil {
			return err
		}
		return p.printImport(c, archive, &done)
	})
	return errors.Join(err, archive.Close())
}

// mapped returns the vault that --map names for a vault of the export, "" for none.
func (c *importCommand) mapped(from vault.ImportSource) string {
	for name, to := range c.Map {
		if isSource(from, name) {
			return to
		}
	}
	return ""
}

// checkMap rejects a --map of a vault that the export doesn't have, before anything is imported.
func (c *importCommand) checkMap(done local.Imported) (none local.FinishedImport, err error) {
	for _, name := range slices.Sorted(maps.Keys(c.Map)) {
		if slices.ContainsFunc(done.Sources, func(from vault.ImportSource) bool {
			return isSource(from, name)
		}) {
			continue
		}
		var names []string
		for _, from := range done.Sources {
			names = append(names, from.Title)
		}
		return none, fmt.Errorf("the export has no vault %s to map, but: %s; nothing was imported", plain(name),
			plain(strings.Join(names, ", ")))
	}
	return none, nil
}

func isSource(from vault.ImportSource, name string) bool {
	return strings.EqualFold(from.Title, strings.TrimSpace(name))
}

// read reads the export, with the columns that were chosen if it is a CSV file of no known program.
func (c *importCommand) read(p *program) (*importer.Archive, error) {
	options := importer.Options{Archived: c.Archived}
	archive, err := importer.Read(p.ctx, c.File, options)
	var unknown *importer.UnknownColumns
	if !errors.As(err, &unknown) {
		return archive, err
	}
	if len(c.Columns) == 0 {
		return nil, fmt.Errorf("this CSV file isn't from a known program: say what its columns hold, such as "+
			"--columns %s", plain(exampleColumns(unknown)))
	}
	options.Columns = make([]importer.Role, len(unknown.Header))
	for name, role := range c.Columns {
		at := slices.IndexFunc(unknown.Header, func(header string) bool {
			return strings.EqualFold(header, strings.TrimSpace(name))
		})
		if at < 0 {
			return nil, fmt.Errorf("the file has no column %s, but: %s", name,
				plain(strings.Join(unknown.Header, ", ")))
		}
		options.Columns[at] = importer.Role(strings.TrimSpace(role))
	}
	return importer.Read(p.ctx, c.File, options)
}

// exampleColumns returns the value of --columns that the names of the columns suggest.
func exampleColumns(unknown *importer.UnknownColumns) string {
	pairs := make([]string, len(unknown.Header))
	for i, name := range unknown.Header {
		pairs[i] = name + "=" + string(unknown.Guess[i])
	}
	return "'" + strings.Join(pairs, ",") + "'"
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

// nameMissing turns a fault.NotFound into a sentence with the kind and name of what is missing.
func nameMissing(what, name string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("there is no %s %s", what, name)
	}
	return err
}
