package cli

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"unicode/utf8"

	"itemshare/client"
	"itemshare/seal"
	"itemshare/vault"
	passwords "itemshare/vault/password"
)

// itemValues are what item create and item edit set, besides the title.
type itemValues struct {
	Notes            *string    `placeholder:"TEXT" help:"${item_notes}"`
	Tag              []string   `placeholder:"TAG" sep:"none" help:"${item_tag}"`
	Website          []string   `placeholder:"ADDRESS" sep:"none" help:"${item_website}"`
	File             []string   `placeholder:"FILE" sep:"none" help:"${item_file}"`
	GeneratePassword recipeFlag `placeholder:"RECIPE" help:"${item_generate}"`
	JSON             bool       `help:"Print the item as a list has it, without its values." name:"json"`

	Fields []string `arg:"" optional:"" name:"field=value" help:"${item_fields}"`
}

const assignmentsHelp = "A field is named by its ID or title, such as username, password or notes, and a field " +
	"of a section as Section.field; one that the item lacks is added. Its type can follow in brackets, " +
	"such as [text], [url], [email], [date], [phone] or [otp]; without one, a field that is added is " +
	"concealed. A backslash before . = [ ] \\ makes it a part of the name.\n\n" +
	"Others on this machine can see arguments: with field=- the value is read from standard input, or " +
	"asked for at a terminal. One such field takes all of the input, several take a line each.\n\n" +
	"Recipes of passwords: letters, digits, symbols and a number of characters, such as letters,digits,32; " +
	"memorable and a number of words, such as memorable,5; pin and a number of digits, such as pin,6.\n\n"

// read returns the item with the assignments carried out, and a generated password.
func (v *itemValues) read(p *program, before vault.Item) (vault.Item, error) {
	d := newDraft(before, func() (string, error) { return seal.NewID(p.clock(), p.random) })
	all := make([]assignment, 0, len(v.Fields)+1)
	for n, text := range v.Fields {
		a, err := parseAssignment(text)
		if err == nil && !utf8.ValidString(text) {
			err = errors.New("it is not text in UTF-8")
		}
		if err != nil {
			return before, fmt.Errorf("field %d of the arguments: %w", n+1, err)
		}
		all = append(all, a)
	}
	if v.GeneratePassword.recipe.Type != "" {
		made, err := passwords.Generate(p.random, v.GeneratePassword.recipe)
		if err != nil {
			return before, err
		}
		all = append(all, assignment{name: "password", value: made})
	}
	if err := readValues(p, all); err != nil {
		return before, err
	}
	for _, a := range all {
		if err := d.assign(a); err != nil {
			return before, err
		}
	}
	if v.Notes != nil {
		d.item.Notes = *v.Notes
	}
	return d.done(), nil
}

// websites returns the addresses; an empty one means none.
func (v *itemValues) websites() []client.Website {
	sites := []client.Website{}
	for _, address := range v.Website {
		if address != "" {
			sites = append(sites, client.Website{Label: "website", URL: address})
		}
	}
	return sites
}

// tags returns the tags; an empty one means none.
func (v *itemValues) tags() []string {
	tags := []string{}
	for _, tag := range v.Tag {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

type itemCreateCommand struct {
	remote
	Category string `placeholder:"CATEGORY" default:"Login" help:"${item_category}" complete:"categories"`
	Title    string `required:"" placeholder:"TITLE" help:"The item's title."`
	Vault    string `placeholder:"VAULT" help:"${item_create_vault}"`
	itemValues
}

// Help returns more text for item create --help.
func (c *itemCreateCommand) Help() string {
	return "Prints only the item's ID on standard output.\n\n" + assignmentsHelp + exitCodesHelp
}

// Run creates an item.
func (c *itemCreateCommand) Run(p *program) error { return remoteError(c.create(p)) }

func (c *itemCreateCommand) create(p *program) error {
	category, err := parseCategory(c.Category)
	if err != nil {
		return err
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	in, err := c.vault(p, api)
	if err != nil {
		return err
	}
	files, err := openAll(c.File)
	if err != nil {
		return err
	}
	defer files.close()
	item, err := c.read(p, vault.Item{Category: category})
	if err != nil {
		return err
	}
	params := client.ItemCreateParams{
		VaultID: in.ID, Category: string(category), Title: c.Title, Notes: &item.Notes,
		Tags: c.tags(), Websites: c.websites(),
	}
	params.Fields, params.Sections = apiParts(item)
	made, err := api.Items().Create(p.ctx, params)
	if err != nil {
		return savedPerhaps(err, "created")
	}
	if made, err = files.attach(p, api, made); err != nil {
		return err
	}
	return printSaved(p, c.JSON, made, fmt.Sprintf("Created %s in %s. To see it: itemshare item get %s",
		plain(oneLine(made.Title)), plain(oneLine(in.Title)), plain(made.ID)))
}

// vault returns the vault for the item: the one that was named, or the only one.
func (c *itemCreateCommand) vault(p *program, api *client.Client) (client.VaultOverview, error) {
	if c.Vault != "" {
		return findVault(p.ctx, api, c.Vault)
	}
	all, err := client.All(api.Vaults().List(p.ctx))
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("this token can read %d vaults: choose one with --vault", len(all))
	}
	if err != nil {
		return client.VaultOverview{}, err
	}
	return all[0], nil
}

// parseCategory returns the category with the SDK's name or the label, in any case and with or
// without spaces.
func parseCategory(name string) (vault.Category, error) {
	name = strings.ReplaceAll(name, " ", "")
	for _, c := range vault.Categories() {
		if strings.EqualFold(string(c), name) ||
			strings.EqualFold(strings.ReplaceAll(c.Label(), " ", ""), name) {
			return c, nil
		}
	}
	return "", fmt.Errorf("there is no category %s: use one of %s",
		plain(name), strings.ReplaceAll(namesOf(vault.Categories()), ",", ", "))
}

// printSaved prints the ID of a saved item alone on standard output, and a sentence on standard error.
func printSaved(p *program, asJSON bool, item client.Item, said string) error {
	if asJSON {
		return printJSON(p.stdout, client.ItemOverview{
			ID: item.ID, Title: item.Title, Category: item.Category, VaultID: item.VaultID,
			Websites: item.Websites, Tags: item.Tags, Version: item.Version, UpdatedAt: item.UpdatedAt,
			State: client.ItemStateActive,
		})
	}
	if _, err := fmt.Fprintln(p.stdout, plain(item.ID)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.stderr, said)
	return err
}

// savedPerhaps returns the error of a change, and says if the change may have been made all the same.
func savedPerhaps(err error, done string) error {
	if err == nil || !mayBeSaved(err) {
		return err
	}
	return exitError{exitUnreached, remoteError(err).Error() + " The item may have been " + done +
		": check with itemshare items before you repeat this."}
}

// mayBeSaved reports whether the server may have done what it was asked for.
func mayBeSaved(err error) bool {
	var answer *client.Error
	if errors.As(err, &answer) {
		return answer.Status == http.StatusBadGateway || answer.Status == http.StatusGatewayTimeout ||
			answer.Is(client.CodeUnknownOutcome)
	}
	var dial *net.OpError
	return !errors.As(err, &dial) || dial.Op != "dial"
}
