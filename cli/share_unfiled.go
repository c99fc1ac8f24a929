package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"itemshare/client"
)

// mostText is how many bytes of a text are read from standard input.
const mostText = 2 << 20

// createUnfiled shares a text and files that are in no vault.
func (c *shareCommand) createUnfiled(
	p *program, api *client.Client,
) (created client.CreatedShare, err error) {
	if c.Files || c.TOTP || c.Vault != "" {
		return created, errors.New("--vault, --files and --totp are about an item")
	}
	params := client.UnfiledShareParams{
		Title: c.Title, Recipients: c.To, OneTimeOnly: c.Once,
	}
	if c.Expires != "" {
		params.ExpireAfter = new(client.ItemShareDuration(c.Expires))
	}
	text, err := c.text(p)
	if err != nil {
		return created, err
	}
	if text != "" {
		params.Fields = []client.ItemField{
			{ID: "text", Title: "Text", FieldType: "Concealed", Value: text},
		}
	}
	for _, path := range c.File {
		file, err := os.Open(path)
		if err != nil {
			return created, err
		}
		defer file.Close()
		params.Files = append(
			params.Files, client.FileCreateParams{Name: filepath.Base(path), Content: file},
		)
	}
	return api.Items().Shares().CreateUnfiled(p.ctx, params)
}

// text returns the text to share, that of standard input for "-" without its last line's end.
func (c *shareCommand) text(p *program) (string, error) {
	if c.Text != "-" {
		return c.Text, nil
	}
	text, err := io.ReadAll(io.LimitReader(p.stdin, mostText+1))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > mostText {
		return "", errors.New("the text is longer than 2 MiB: share it with --file")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}
