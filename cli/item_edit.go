package cli

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"itemshare/client"
)

type itemEditCommand struct {
	remote
	itemName
	Title     *string `placeholder:"TITLE" help:"A new title."`
	IfVersion uint32  `placeholder:"N" help:"${item_if_version}"`
	itemValues
}

// Help returns more text for item edit --help.
func (c *itemEditCommand) Help() string {
	return "Changes what is named and leaves the rest. 'field[delete]' removes a field. " +
		"If someone else changes the item meanwhile, nothing is changed. " +
		"Prints only the item's ID on standard output.\n\n" + assignmentsHelp + exitCodesHelp
}

// Run changes an item.
func (c *itemEditCommand) Run(p *program) error { return remoteError(c.edit(p)) }

func (c *itemEditCommand) edit(p *program) error {
	if c.isEmpty() {
		return errors.New("name what to change, such as username=ann or --title")
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	before, vaultTitle, err := c.load(p.ctx, api)
	if err != nil {
		return err
	}
	if c.IfVersion != 0 && c.IfVersion != before.Version {
		return fmt.Errorf("the item is at version %d by now. Nothing was changed", before.Version)
	}
	after, err := c.change(p, before)
	if err != nil {
		return err
	}
	files, err := openAll(c.File)
	if err != nil {
		return err
	}
	defer files.close()
	next, err := c.save(p, api, before, after)
	if err != nil {
		return err
	}
	if next, err = files.attach(p, api, next); err != nil {
		return err
	}
	title := plain(oneLine(after.Title)) + " in " + plain(oneLine(vaultTitle))
	if next.Version == before.Version {
		return printSaved(p, c.JSON, next, title+" is like that already: nothing was changed.")
	}
	return printSaved(p, c.JSON, next, fmt.Sprintf("Changed %s: version %d.", title, next.Version))
}

// save replaces an item, unless nothing differs, and returns its next version.
func (c *itemEditCommand) save(
	p *program, api *client.Client, before, after client.Item,
) (client.Item, error) {
	if reflect.DeepEqual(before, after) {
		return before, nil
	}
	next, err := api.Items().Put(p.ctx, after)
	var answer *client.Error
	if errors.As(err, &answer) && answer.Status == http.StatusPreconditionFailed {
		return next, errors.New("someone else has changed the item meanwhile. Nothing was changed: " +
			"look at it again, then repeat this")
	}
	return next, savedPerhaps(err, "changed")
}

// isEmpty reports whether the arguments change nothing.
func (c *itemEditCommand) isEmpty() bool {
	return c.Title == nil && c.Notes == nil && c.Tag == nil && c.Website == nil && c.File == nil &&
		c.GeneratePassword.recipe.Type == "" && len(c.Fields) == 0
}

// change returns the item with the changes. Tags and websites replace those that it has.
func (c *itemEditCommand) change(p *program, before client.Item) (client.Item, error) {
	in, err := c.read(p, vaultItemOf(before))
	if err != nil {
		return before, err
	}
	after := before
	after.Notes = in.Notes
	if len(c.Fields) > 0 || c.GeneratePassword.recipe.Type != "" {
		after.Fields, after.Sections = apiParts(in)
	}
	if c.Title != nil {
		after.Title = *c.Title
	}
	if c.Tag != nil {
		after.Tags = c.tags()
	}
	if c.Website != nil {
		after.Websites = c.websites()
	}
	return after, nil
}
