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
	title := plain(oneLine(after.Title)) + " in " + plain(oneLine(vaultTitle))
	if reflect.DeepEqual(before, after) {
		return printSaved(p, c.JSON, before, title+" is like that already: nothing was changed.")
	}
	next, err := api.Items().Put(p.ctx, after)
	var answer *client.Error
	if errors.As(err, &answer) && answer.Status == http.StatusPreconditionFailed {
		return fmt.Errorf("someone else has changed %s meanwhile. Nothing was changed: "+
			"look at the item again, then repeat this", title)
	}
	if err != nil {
		return savedPerhaps(err, "changed")
	}
	return printSaved(p, c.JSON, next, fmt.Sprintf("Changed %s: version %d.", title, next.Version))
}

// isEmpty reports whether the arguments change nothing.
func (c *itemEditCommand) isEmpty() bool {
	return c.Title == nil && c.Notes == nil && c.Tag == nil && c.Website == nil &&
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
