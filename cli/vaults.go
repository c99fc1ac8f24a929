package cli

import (
	"fmt"
	"io"
	"strings"

	"itemshare/account"
	"itemshare/vault"
)

type vaultAddCommand struct {
	Name string `arg:"" help:"The vault's name."`
}

// Run adds a vault.
func (c *vaultAddCommand) Run(p *program) error {
	if err := p.requireEmbeddedVault("add the vault there"); err != nil {
		return err
	}
	return p.with(p.open, func(in *installation) error {
		added, err := in.vault.AddVault(p.ctx, "", c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "Added the vault %s (%s).\n", plain(added.Title), added.ID)
		return err
	})
}

type vaultListCommand struct {
	JSON bool `help:"Print a JSON list, as without a terminal." name:"json"`
}

// vaultLine is a vault in a list.
type vaultLine struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Archived bool   `json:"archived"`
}

// Run lists all vaults by name.
func (c *vaultListCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		vaults, err := in.backend.Vaults(p.ctx)
		if err != nil {
			return err
		}
		lines, rows := make([]vaultLine, len(vaults)), make([][]string, len(vaults))
		for i, v := range vaults {
			lines[i] = vaultLine(v)
			rows[i] = []string{v.ID, plain(oneLine(v.Title)), archivedWord(v.Archived)}
		}
		if c.JSON || !isTerminal(p.stdout) {
			return printJSON(p.stdout, lines)
		}
		return printTable(p.stdout, []string{"ID", "VAULT", "STATUS"}, rows)
	})
}

func archivedWord(archived bool) string {
	if archived {
		return "archived"
	}
	return "in use"
}

type vaultRenameCommand struct {
	Vault string `required:"" help:"Name or ID of the vault."`
	Name  string `arg:"" help:"The new name."`
}

// Run renames a vault.
func (c *vaultRenameCommand) Run(p *program) error {
	return p.changeVault(c.Vault, func(in *installation, v vault.Info) (string, error) {
		err := in.vault.RenameVault(p.ctx, "", v.ID, c.Name)
		return fmt.Sprintf("The vault %s is called %s now.\n", plain(v.Title), plain(c.Name)), err
	})
}

type vaultArchiveCommand struct {
	Vault string `required:"" help:"Name or ID of the vault."`
}

// Run archives a vault.
func (c *vaultArchiveCommand) Run(p *program) error {
	return p.changeVault(c.Vault, func(in *installation, v vault.Info) (string, error) {
		return fmt.Sprintf("Archived the vault %s. No one can view, share or change its items until it "+
				"is restored. Links to them keep working.\n", plain(v.Title)),
			in.vault.ArchiveVault(p.ctx, "", v.ID)
	})
}

type vaultRestoreCommand struct {
	Vault string `required:"" help:"Name or ID of the vault."`
}

// Run restores an archived vault.
func (c *vaultRestoreCommand) Run(p *program) error {
	return p.changeVault(c.Vault, func(in *installation, v vault.Info) (string, error) {
		return fmt.Sprintf("Restored the vault %s.\n", plain(v.Title)),
			in.vault.RestoreVault(p.ctx, "", v.ID)
	})
}

// changeVault changes a vault of the embedded ones, and says so.
func (p *program) changeVault(
	nameOrID string, change func(*installation, vault.Info) (string, error),
) error {
	if err := p.requireEmbeddedVault("change the vault there"); err != nil {
		return err
	}
	return p.with(p.openExisting, func(in *installation) error {
		found, err := in.findVault(p.ctx, nameOrID)
		if err != nil {
			return err
		}
		done, err := change(in, found)
		if err == nil {
			_, err = io.WriteString(p.stdout, done)
		}
		return err
	})
}

type vaultGrantCommand struct {
	Vault    string `required:"" help:"Name or ID of the vault."`
	Email    string `help:"The user's email address." placeholder:"ADDRESS" xor:"to" required:""`
	Group    string `help:"Name or ID of a group, instead of a user." xor:"to" required:""`
	View     bool   `help:"Allow viewing items."`
	NoReveal bool   `help:"${vault_grant_no_reveal}"`
	Share    bool   `help:"Allow sharing items; includes --view."`
	Edit     bool   `help:"${vault_grant_edit}"`
	Manage   bool   `help:"${vault_grant_manage}"`
}

// Run sets what a user or a group may do in a vault. Without flags, it removes their access.
func (c *vaultGrantCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		found, err := in.findVault(p.ctx, c.Vault)
		if err != nil {
			return err
		}
		grant := account.Grant{
			VaultID:  found.ID,
			View:     c.View || c.Share || c.Edit || c.Manage,
			NoReveal: c.NoReveal, Share: c.Share, Edit: c.Edit, Manage: c.Manage,
		}
		name, err := c.holder(p, in, &grant)
		if err != nil {
			return err
		}
		if err := in.accounts.SetGrant(p.ctx, "", grant); err != nil {
			return err
		}
		_, err = fmt.Fprintf(
			p.stdout, "%s %s items in %s%s.\n",
			name, grantWords(grant), plain(found.Title), manageWords(grant),
		)
		return err
	})
}

// holder sets whose grant it is, and returns their name.
func (c *vaultGrantCommand) holder(
	p *program, in *installation, grant *account.Grant,
) (string, error) {
	if c.Group != "" {
		group, err := in.accounts.FindGroup(p.ctx, c.Group)
		grant.GroupID = group.ID
		return "Members of " + plain(group.Name), nameMissing("group", c.Group, err)
	}
	user, err := in.accounts.UserByEmail(p.ctx, c.Email)
	grant.UserID = user.ID
	return user.Email, nameMissing("user", c.Email, err)
}

func manageWords(g account.Grant) string {
	if g.Manage {
		return ", and manage the vault"
	}
	return ""
}

func grantWords(g account.Grant) string {
	if !g.View {
		return "can't view"
	}
	words := "can " + rightWords([]rightWord{
		{"view", true}, {"edit", g.Edit}, {"share", g.Share},
	})
	if g.NoReveal {
		return words + ", but not reveal,"
	}
	return words
}

// rightWord is a word for a right, and whether it is granted.
type rightWord struct {
	word    string
	granted bool
}

// rightWords joins words with commas and "and".
func rightWords(words []rightWord) string {
	var all []string
	for _, w := range words {
		if w.granted {
			all = append(all, w.word)
		}
	}
	if len(all) < 3 {
		return strings.Join(all, " and ")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
