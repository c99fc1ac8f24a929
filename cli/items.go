package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"itemshare/client"
)

type vaultsCommand struct {
	remote
	JSON bool `help:"Print a JSON list, as without a terminal." name:"json"`
}

// Help returns more text for vaults --help.
func (c *vaultsCommand) Help() string {
	return "Prints a table at a terminal, and JSON elsewhere.\n\n" + exitCodesHelp
}

// Run lists the vaults that the token can read.
func (c *vaultsCommand) Run(p *program) error { return remoteError(c.list(p)) }

func (c *vaultsCommand) list(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	vaults, err := client.All(api.Vaults().List(p.ctx))
	if err != nil {
		return err
	}
	if c.JSON || !isTerminal(p.stdout) {
		return printJSON(p.stdout, nonNil(vaults))
	}
	return printVaults(p.stdout, vaults)
}

func printVaults(w io.Writer, vaults []client.VaultOverview) error {
	rows := make([][]string, len(vaults))
	for i, v := range vaults {
		rows[i] = []string{v.ID, v.Title}
	}
	return printTable(w, []string{"ID", "VAULT"}, rows)
}

type itemsCommand struct {
	remote
	Query    string `arg:"" optional:"" help:"${items_query}"`
	Vault    string `help:"Only items of this vault: its name or ID."`
	Archived bool   `help:"List the archived items instead."`
	JSON     bool   `help:"Print a JSON list, as without a terminal." name:"json"`
}

// Help returns more text for items --help.
func (c *itemsCommand) Help() string {
	return "Lists the items that the token can read, without their values, vault by vault and by title. " +
		"Prints a table at a terminal, and JSON elsewhere.\n\n" + exitCodesHelp
}

// Run lists items.
func (c *itemsCommand) Run(p *program) error { return remoteError(c.list(p)) }

func (c *itemsCommand) list(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	vaults, err := itemName{Vault: c.Vault}.vaults(p.ctx, api)
	if err != nil {
		return err
	}
	options := client.ItemListOptions{Query: c.Query, Archived: c.Archived, PageSize: 100}
	var all []client.ItemOverview
	titles := map[string]string{}
	for _, v := range vaults {
		titles[v.ID] = v.Title
		items, err := client.All(api.Items().List(p.ctx, v.ID, options))
		if err != nil {
			return err
		}
		all = append(all, items...)
	}
	if c.JSON || !isTerminal(p.stdout) {
		return printJSON(p.stdout, nonNil(all))
	}
	return printItems(p.stdout, all, titles)
}

// printItems prints a table of items, with the titles of their vaults by ID.
func printItems(w io.Writer, items []client.ItemOverview, vaults map[string]string) error {
	rows := make([][]string, len(items))
	for i, o := range items {
		rows[i] = []string{
			o.ID, vaults[o.VaultID], o.Category, timeWords(o.UpdatedAt), short(o.Title), short(o.Subtitle),
		}
	}
	return printTable(w, []string{"ID", "VAULT", "CATEGORY", "EDITED", "TITLE", "DETAIL"}, rows)
}

// maxCell is how many characters of a title a table has, so that one long title widens no column.
const maxCell = 48

func short(text string) string {
	runes := []rune(text)
	if len(runes) <= maxCell {
		return text
	}
	return string(runes[:maxCell-1]) + "…"
}

// printTable prints rows below a head, each cell in one line without control characters.
func printTable(w io.Writer, head []string, rows [][]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(head, "\t"))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(oneLine(cell))
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// nonNil returns a list that is never null in JSON.
func nonNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
