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
	Name         string   `required:"" help:"Name, shown in history and to recipients."`
	Vault        []string `help:"${service_account_add_vault}" sep:"none"`
	NoReveal     bool     `help:"Withhold concealed values, such as passwords."`
	ShareItems   bool     `help:"Allow sharing items."`
	EditItems    bool     `help:"Allow creating, changing and deleting items."`
	ReadEvents   bool     `help:"Allow reading the events of the audit log."`
	ManagePeople bool     `help:"Allow managing people, groups, vaults and access to them, as admins do."`
	LifetimeDays int      `help:"Days until the token expires (default: never)." placeholder:"N"`
}

// Run adds a service account. It prints the token alone on standard output.
func (c *serviceAccountAddCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		request := account.NewServiceAccount{
			Name:         c.Name,
			ShareItems:   c.ShareItems,
			EditItems:    c.EditItems,
			NoReveal:     c.NoReveal,
			ReadEvents:   c.ReadEvents,
			ManagePeople: c.ManagePeople,
			Lifetime:     lifetime(c.LifetimeDays),
		}
		titles := map[string]string{}
		for _, nameOrID := range c.Vault {
			found, err := in.findVault(p.ctx, nameOrID)
			if err != nil {
				return err
			}
			request.Vaults, titles[found.ID] = append(request.Vaults, found.ID), found.Title
		}
		added, token, err := in.accounts.AddServiceAccount(p.ctx, "", request)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.stdout, string(token)); err != nil {
			return fmt.Errorf("print the token of %s, which is lost: %w", added.ID, err)
		}
		_, err = fmt.Fprintf(
			p.stderr,
			"Added the service account %s (%s). It can %s. Its token is shown only once.\n",
			added.Name,
			added.ID,
			scopeWords(added, vaultsOf(added, titles)),
		)
		return err
	})
}

// lifetime converts days to a duration, which package account checks. Numbers too large for a
// duration become one that is too long.
func lifetime(days int) time.Duration {
	return time.Duration(max(min(days, 100_000), -1)) * 24 * time.Hour
}

func accessWords(a account.ServiceAccount) string {
	return rightWords([]rightWord{
		{"read", a.Reveals()},
		{"list", len(a.Grants) > 0 && !a.Reveals()},
		{"edit", a.EditsItems()},
		{"share", a.SharesItems()},
		{"follow events", a.Events},
		{"manage people", a.People},
	})
}

// scopeWords says what an account can do, and in which vaults.
func scopeWords(a account.ServiceAccount, vaults string) string {
	beyond := rightWords([]rightWord{
		{"read the events of the audit log", a.Events}, {"manage people", a.People},
	})
	if len(a.Grants) == 0 {
		return beyond
	}
	inVaults := a
	inVaults.Events, inVaults.People = false, false
	words := accessWords(inVaults) + " items in " + vaults
	if !a.Reveals() {
		words += ", but not see concealed values"
	}
	if a.Events || a.People {
		words += ", and " + beyond
	}
	return words
}

type serviceAccountListCommand struct{}

// Run lists all service accounts, including revoked ones.
func (c *serviceAccountListCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		list, err := in.accounts.ServiceAccounts(p.ctx)
		if err != nil {
			return err
		}
		titles := in.vaultTitles(p.ctx)
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tVAULTS\tACCESS\tADDED\tEXPIRES\tLAST USED\tSTATUS")
		for _, a := range list {
			fmt.Fprintln(table, strings.Join([]string{
				a.ID, a.Name, vaultsOf(a, titles), accessWords(a),
				dayOf(
					a.CreatedAt,
				), dayOf(a.ExpiresAt), dayOf(a.LastUsed), string(a.State(p.clock())),
			}, "\t"))
		}
		return table.Flush()
	})
}

// vaultTitles returns the titles of the vaults by ID, or none if the vaults cannot be listed.
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
	ID string `arg:"" help:"The service account's ID."`
}

// Run revokes a service account's token.
func (c *serviceAccountRevokeCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		if err := in.accounts.RevokeServiceAccount(p.ctx, "", c.ID); err != nil {
			return nameMissing("service account", c.ID, err)
		}
		_, err := fmt.Fprintf(p.stdout, "Token of %s revoked.\n", c.ID)
		return err
	})
}
