package cli

import (
	"context"
	"fmt"

	"itemshare/client"
)

type itemArchiveCommand struct {
	remote
	itemName
}

// Help returns more text for item archive --help.
func (c *itemArchiveCommand) Help() string {
	return "An archived item is in no list unless asked for, and can be neither changed nor shared. " +
		"Its links stay as they are.\n\n" + exitCodesHelp
}

// Run archives an item.
func (c *itemArchiveCommand) Run(p *program) error {
	found, err := c.change(p, c.remote, "archived", client.Items.Archive)
	if err != nil {
		return remoteError(err)
	}
	_, err = fmt.Fprintf(p.stdout, "Archived %s. To see the archive: itemshare items --archived\n", found)
	return err
}

type itemDeleteCommand struct {
	remote
	itemName
}

// Help returns more text for item delete --help.
func (c *itemDeleteCommand) Help() string {
	return "Only an archived item can be deleted: archive it first. It is erased for good, with its files " +
		"and earlier versions. Its links stay as they are.\n\n" + exitCodesHelp
}

// Run deletes an archived item.
func (c *itemDeleteCommand) Run(p *program) error {
	c.archived = true
	found, err := c.change(p, c.remote, "deleted", client.Items.Delete)
	if err != nil {
		return remoteError(err)
	}
	_, err = fmt.Fprintf(p.stdout, "Deleted %s for good.\n", found)
	return err
}

// change makes a call about the one item that has the name, and returns how to name it in a sentence. An
// item that is named by its ID is not read.
func (n itemName) change(
	p *program, r remote, done string,
	call func(items client.Items, ctx context.Context, vaultID, itemID string) error,
) (string, error) {
	api, err := r.client()
	if err != nil {
		return "", err
	}
	isDone := false
	change := func(vaultID, itemID string) error {
		err := call(api.Items(), p.ctx, vaultID, itemID)
		isDone = err == nil
		return savedPerhaps(err, done)
	}
	found, err := n.find(p.ctx, api, change)
	if err == nil && !isDone {
		err = change(found.item.VaultID, found.item.ID)
	}
	return plain(oneLine(found.item.Title)) + " in " + plain(oneLine(found.vault)), err
}
