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
	Status string `placeholder:"STATUS" help:"${shares_status}" complete:"active,expired,viewed,revoked"`
	Vault  string `help:"Only shares from this vault: its name or ID."`
	Query  string `placeholder:"TEXT" help:"${shares_query}"`

	With    string `placeholder:"RECIPIENT" help:"${shares_with}"`
	Created string `placeholder:"PERIOD" help:"${shares_created}" complete:"today,7days,30days"`
	From    string `placeholder:"DATE" help:"${shares_from}"`
	To      string `placeholder:"DATE" help:"${shares_to}"`

	Limit int  `placeholder:"N" help:"${shares_limit}" default:"50"`
	JSON  bool `help:"Print a JSON list." name:"json"`
}

// Help returns more text for shares --help.
func (c *sharesCommand) Help() string {
	return "Lists shares created by this service account, newest first. " +
		"Links aren't listed: each was shown only once.\n\n" + exitCodesHelp
}

// Run lists shares.
func (c *sharesCommand) Run(p *program) error { return remoteError(c.list(p)) }

func (c *sharesCommand) list(p *program) error {
	if c.Limit < 0 {
		return errors.New("--limit must be a number of shares, or 0 for all")
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	options := client.ShareListOptions{
		Status: client.ShareStatus(c.Status), Query: c.Query, With: c.With,
		Created: client.SharePeriod(c.Created), From: c.From, To: c.To,
	}
	if c.Limit > 0 {
		options.PageSize = min(c.Limit, 100)
	}
	if c.Vault != "" {
		vault, err := findVault(p.ctx, api, c.Vault)
		if err != nil {
			return err
		}
		options.VaultID = vault.ID
	}
	shares := []client.Share{}
	for share, err := range api.Items().Shares().List(p.ctx, options) {
		if err != nil {
			return err
		}
		if shares = append(shares, share); len(shares) == c.Limit {
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
	fmt.Fprintln(table, "ID\tSTATUS\tCREATED\tEXPIRES\tVIEWS\tRECIPIENTS\tITEM")
	for _, s := range shares {
		views := strconv.Itoa(s.Views)
		if s.MaxViews > 0 {
			views += " of " + strconv.Itoa(s.MaxViews)
		}
		if s.Native {
			views = "see 1Password"
		}
		fmt.Fprintln(table, strings.Join([]string{
			plain(
				s.ID,
			), plain(string(s.Status)), timeWords(s.CreatedAt), timeWords(s.ExpiresAt), views,
			plain(audienceWords(s)), plain(s.Title),
		}, "\t"))
	}
	return table.Flush()
}

func audienceWords(s client.Share) string {
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
		return "specific people"
	}
	return strings.Join(names, ", ")
}
