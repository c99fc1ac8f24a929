package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"itemshare/client"
)

type shareCommand struct {
	remote
	Item    string   `arg:"" help:"Which item: its id, its title, or Vault/Title."`
	Vault   string   `help:"Name or id of the vault that it is in."`
	To      []string `placeholder:"ADDRESS" help:"Who may open it: an email address, or a domain for everybody there; give it again for more. Without it, anyone who has the link."`
	Expires string   `placeholder:"DURATION" help:"OneHour, OneDay, SevenDays, FourteenDays or ThirtyDays; without it, the policy's default."`
	Once    bool     `help:"It opens once, or once for each recipient."`
	Files   bool     `help:"The item's files come along."`
	TOTP    bool     `name:"totp" help:"Seeds of one-time passwords come along; else they stay out."`
	JSON    bool     `name:"json" help:"Print id, link and end as JSON."`
}

// Help is what share --help says more.
func (c *shareCommand) Help() string {
	return "Prints the link alone on standard output, this once: nobody can show it again.\n\n" + exitCodesHelp
}

const exitCodesHelp = "Exit codes: 0 done; 1 refused or asked for wrongly; 2 not found; 3 the link has ended; 4 a mailed code is needed or was wrong; 5 the server cannot be reached or is busy."

// Run makes a link to an item.
func (c *shareCommand) Run(p *program) error { return remotely(c.share(p)) }

func (c *shareCommand) share(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	item, err := c.find(p.ctx, api)
	if err != nil {
		return err
	}
	made, err := c.create(p.ctx, api, item)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p.stdout, made)
	}
	if _, err := fmt.Fprintln(p.stdout, plain(made.Link)); err != nil {
		return fmt.Errorf("print the link of share %s, which is lost now: %w", made.ID, err)
	}
	_, err = fmt.Fprintf(p.stderr, "Shared %s until %s. %s\n", plain(item.Title), timeWords(made.ExpiresAt), c.howToEnd(made))
	return err
}

func (c *shareCommand) howToEnd(made client.CreatedShare) string {
	if made.Native {
		return "1Password made this link: its views are seen, and it is ended, there."
	}
	return "To end it: itemshare revoke " + plain(made.ID)
}

// create takes the documentation's steps: the policy, the recipients, the link.
func (c *shareCommand) create(ctx context.Context, api *client.Client, item client.Item) (client.CreatedShare, error) {
	shares := api.Items().Shares()
	policy, err := shares.GetAccountPolicy(ctx, item.VaultID, item.ID)
	if err != nil {
		return client.CreatedShare{}, err
	}
	params := client.ItemShareParams{OneTimeOnly: c.Once, Files: c.Files, TOTP: c.TOTP}
	if c.Expires != "" {
		params.ExpireAfter = new(client.ItemShareDuration(c.Expires))
	}
	if len(c.To) > 0 {
		if params.Recipients, err = shares.ValidateRecipients(ctx, policy, c.To); err != nil {
			return client.CreatedShare{}, err
		}
	}
	return shares.Create(ctx, item, policy, params)
}

func timeWords(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// printJSON prints one value on lines of its own. What a terminal might obey is
// written as JSON's escapes, which mean the same.
func printJSON(w io.Writer, value any) error {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := io.WriteString(w, plainLines(text.String()))
	return err
}
