package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"itemshare/client"
)

type sharesCommand struct {
	remote
	Status string `placeholder:"STATE" help:"Those of one state alone: active, expired, viewed or revoked."`
	Vault  string `help:"Those of one vault alone: its name or id."`
	Query  string `placeholder:"TEXT" help:"Those of items with these words in the title, or of this whole address or domain."`
	Limit  int    `default:"50" placeholder:"N" help:"The newest so many, 0 for all (default: 50)."`
	JSON   bool   `name:"json" help:"Print a JSON list."`
}

// Help is what shares --help says more.
func (c *sharesCommand) Help() string {
	return "Lists what this service account shared, the newest first. No link is here: each was shown once.\n\n" + exitCodesHelp
}

// Run lists shares.
func (c *sharesCommand) Run(p *program) error { return remotely(c.list(p)) }

func (c *sharesCommand) list(p *program) error {
	if c.Limit < 0 {
		return errors.New("--limit is how many shares to list, or 0 for all")
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	options := client.ShareListOptions{Status: client.ShareStatus(c.Status), Query: c.Query}
	if c.Limit > 0 {
		options.PageSize = min(c.Limit, 100)
	}
	if c.Vault != "" {
		vault, err := vaultNamed(p.ctx, api, c.Vault)
		if err != nil {
			return err
		}
		options.VaultID = vault.ID
	}
	shares := []client.Share{}
	for one, err := range api.Items().Shares().List(p.ctx, options) {
		if err != nil {
			return err
		}
		if shares = append(shares, one); len(shares) == c.Limit {
			break
		}
	}
	if c.JSON {
		return printJSON(p.stdout, shares)
	}
	return printShares(p, shares)
}

func printShares(p *program, shares []client.Share) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tMADE\tENDS\tVIEWS\tFOR\tITEM")
	for _, s := range shares {
		views := strconv.Itoa(s.Views)
		if s.MaxViews > 0 {
			views += " of " + strconv.Itoa(s.MaxViews)
		}
		if s.Native {
			views = "see 1Password"
		}
		fmt.Fprintln(table, strings.Join([]string{
			plain(s.ID), plain(string(s.Status)), timeWords(s.CreatedAt), timeWords(s.ExpiresAt), views, plain(audienceOf(s)), plain(s.Title),
		}, "\t"))
	}
	return table.Flush()
}

func audienceOf(s client.Share) string {
	if s.Audience != client.AudienceRecipients {
		return "anyone"
	}
	var names []string
	for _, r := range s.Recipients {
		if name := r.String(); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "named people"
	}
	return strings.Join(names, ", ")
}
