package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"itemshare/client"
)

type shareCommand struct {
	remote
	Item    string   `arg:"" optional:"" help:"The item: its ID, its title, or Vault/Title."`
	Text    string   `help:"${share_text}" placeholder:"TEXT|-"`
	File    []string `help:"${share_file}" placeholder:"FILE" sep:"none"`
	Title   string   `help:"Title of what --text or --file shares."`
	Vault   string   `help:"Name or ID of the item's vault."`
	To      []string `help:"${share_to}" placeholder:"ADDRESS" sep:"none"`
	Expires string   `help:"${share_expires}" placeholder:"DURATION" complete:"durations"`
	Once    bool     `help:"Allow one view, or one view per recipient."`
	Files   bool     `help:"Include the item's files."`
	TOTP    bool     `help:"${share_totp}" name:"totp"`
	JSON    bool     `help:"Print ID, link and expiry as JSON." name:"json"`
}

// Help returns more text for share --help.
func (c *shareCommand) Help() string {
	return "Prints only the link on standard output. You won't be able to see it again.\n\n" + exitCodesHelp
}

const exitCodesHelp = "Exit codes: 0 done; 1 invalid or not allowed; 2 not found; " +
	"3 the link has ended; " +
	"4 a verification code is required or was wrong; 5 the server can't be reached or is busy."

// Run creates a link to an item.
func (c *shareCommand) Run(p *program) error { return remoteError(c.share(p)) }

func (c *shareCommand) share(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	if unfiled := c.Text != "" || len(c.File) > 0; unfiled != (c.Item == "") {
		return errors.New("name an item, or share something else with --text or --file")
	} else if unfiled {
		created, err := c.createUnfiled(p, api)
		if err != nil {
			return err
		}
		return c.print(p, created, "what is in no vault")
	}
	name := itemName{Item: c.Item, Vault: c.Vault}
	found, err := name.find(p.ctx, api, func(vaultID, itemID string) error {
		_, err := api.Items().Shares().GetAccountPolicy(p.ctx, vaultID, itemID)
		return err // ID and title are enough to share an item: its values are not loaded
	})
	if err != nil {
		return err
	}
	created, err := c.create(p.ctx, api, found.item)
	if err != nil {
		return err
	}
	return c.print(p, created, plain(found.item.Title))
}

// print prints a new link, and what it leads to.
func (c *shareCommand) print(p *program, created client.CreatedShare, what string) error {
	if c.JSON {
		return printJSON(p.stdout, created)
	}
	if _, err := fmt.Fprintln(p.stdout, plain(created.Link)); err != nil {
		return fmt.Errorf("print the link of share %s, which is lost: %w", created.ID, err)
	}
	_, err := fmt.Fprintf(p.stderr, "Link to %s created. It expires %s. %s\n",
		what, timeWords(created.ExpiresAt), revokeHint(created))
	return err
}

func revokeHint(created client.CreatedShare) string {
	if created.Native {
		return "1Password created this link: see its views and revoke it there."
	}
	return "To revoke it: itemshare revoke " + plain(created.ID)
}

// create does what 1Password's documentation does: policy, recipients, link.
func (c *shareCommand) create(
	ctx context.Context,
	api *client.Client,
	item client.Item,
) (client.CreatedShare, error) {
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

// printJSON prints one value as indented JSON. It replaces characters that control a terminal with
// JSON's escapes, which mean the same.
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
