package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"itemshare/audit"
	"itemshare/handlers"
	"itemshare/vault"
	"itemshare/vault/exporter"
)

type exportCommand struct {
	Vault string `help:"${export_vault}" required:""`
	File  string `help:"${export_file}" arg:""`
}

// Run writes the items of a vault to a new file, which nobody else can read.
func (c *exportCommand) Run(p *program) error {
	if err := p.requireEmbeddedVault("export there"); err != nil {
		return err
	}
	return p.with(p.openExisting, func(in *installation) error {
		info, err := in.findVault(p.ctx, c.Vault)
		if err != nil {
			return err
		}
		file, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s exists already", c.File)
		}
		if err != nil {
			return fmt.Errorf("create the export: %w", err)
		}
		counts, err := c.export(p, in, info, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return errors.Join(err, os.Remove(c.File))
		}
		_, err = fmt.Fprintf(p.stdout, "Exported %d items and %d files of the vault %s, unencrypted, to %s.\n",
			counts.Items, counts.Files, plain(info.Title), plain(c.File))
		return err
	})
}

func (c *exportCommand) export(
	p *program, in *installation, info vault.Info, to *os.File,
) (counts exporter.Counts, err error) {
	err = in.Record(p.ctx, audit.Event{
		At: p.clock(), Kind: audit.ItemsExported, Subject: info.ID,
	})
	if err != nil {
		return counts, err
	}
	counts, err = exporter.Write(p.ctx, to, in.exportOf(p, []vault.Info{info}))
	return counts, errors.Join(err, to.Sync())
}

func (in *installation) exportOf(p *program, vaults []vault.Info) exporter.Export {
	return exporter.Export{From: in.backend, Vaults: vaults, Account: "itemshare", Now: p.clock()}
}

// exporter returns what exports items for pages, nil for an account's vaults.
func (in *installation) exporter(p *program) handlers.Exporter {
	if in.imports() == nil {
		return nil
	}
	return func(ctx context.Context, to io.Writer, vaults []vault.Info) error {
		_, err := exporter.Write(ctx, to, in.exportOf(p, vaults))
		return err
	}
}

// imports returns what imports files for pages, nil for an account's vaults.
func (in *installation) imports() handlers.Imports {
	if in.backend != vault.Backend(in.vault) {
		return nil
	}
	return in.intake
}
