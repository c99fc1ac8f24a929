package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"itemshare/account"
)

type serviceAccountAddCommand struct {
	Name         string   `required:"" help:"What it is for, as the history shows it."`
	Vault        []string `required:"" sep:"none" help:"Name or id of a vault that it may read; give it again for more."`
	ShareItems   bool     `help:"It may share items too."`
	LifetimeDays int      `placeholder:"N" help:"After how many days the token expires; without it, never."`
}

// Run adds a service account. Standard output gets the token alone.
func (c *serviceAccountAddCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		n := account.NewServiceAccount{Name: c.Name, ShareItems: c.ShareItems, Lifetime: lifetime(c.LifetimeDays)}
		titles := map[string]string{}
		for _, nameOrID := range c.Vault {
			found, err := in.findVault(p.ctx, nameOrID)
			if err != nil {
				return err
			}
			n.Vaults, titles[found.ID] = append(n.Vaults, found.ID), found.Title
		}
		made, token, err := in.accounts.AddServiceAccount(p.ctx, "", n)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.stdout, string(token)); err != nil {
			return fmt.Errorf("print the token of %s, which is of no use now: %w", made.ID, err)
		}
		_, err = fmt.Fprintf(p.stderr, "Added the service account %s (%s), which may %s in %s. Its token is shown only now.\n",
			made.Name, made.ID, mayWords(c.ShareItems), vaultsOf(made, titles))
		return err
	})
}

// lifetime is so many days, which account judges; more than it can count are too many.
func lifetime(days int) time.Duration {
	return time.Duration(max(min(days, 100_000), -1)) * 24 * time.Hour
}

func mayWords(share bool) string {
	if share {
		return "read and share"
	}
	return "read"
}

type serviceAccountListCommand struct{}

// Run lists all service accounts, the revoked ones too.
func (c *serviceAccountListCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		list, err := in.accounts.ServiceAccounts(p.ctx)
		if err != nil {
			return err
		}
		titles := in.vaultTitles(p.ctx)
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tVAULTS\tMAY\tADDED\tEXPIRES\tLAST USED\tTOKEN")
		for _, a := range list {
			fmt.Fprintln(table, strings.Join([]string{
				a.ID, a.Name, vaultsOf(a, titles), mayWords(a.SharesItems()),
				dayOf(a.CreatedAt), dayOf(a.ExpiresAt), dayOf(a.LastUsed), string(a.State(p.clock())),
			}, "\t"))
		}
		return table.Flush()
	})
}

// vaultTitles names the vaults; a list of accounts is there without them too.
func (in *installation) vaultTitles(ctx context.Context) map[string]string {
	titles := map[string]string{}
	if vaults, err := in.backend.Vaults(ctx); err == nil {
		for _, v := range vaults {
			titles[v.ID] = v.Title
		}
	}
	return titles
}

func vaultsOf(a account.ServiceAccount, titles map[string]string) string {
	var names []string
	for _, g := range a.Grants {
		name := titles[g.VaultID]
		if name == "" {
			name = g.VaultID
		}
		names = append(names, plain(oneLine(name)))
	}
	return strings.Join(names, ", ")
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}

type serviceAccountRevokeCommand struct {
	ID string `arg:"" help:"The service account's id."`
}

// Run ends a service account's token.
func (c *serviceAccountRevokeCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		if err := in.accounts.RevokeServiceAccount(p.ctx, "", c.ID); err != nil {
			return named("service account", c.ID, err)
		}
		_, err := fmt.Fprintf(p.stdout, "The token of %s is revoked: it opens nothing any more.\n", c.ID)
		return err
	})
}
