package cli

import "fmt"

type revokeCommand struct {
	remote
	ID string `arg:"" help:"The share's id, as share and shares print it. It is no part of the link."`
}

// Help is what revoke --help says more.
func (c *revokeCommand) Help() string {
	return "The link opens nothing any more. A share that ended already stays as it is.\n\n" + exitCodesHelp
}

// Run ends a share now.
func (c *revokeCommand) Run(p *program) error { return remotely(c.revoke(p)) }

func (c *revokeCommand) revoke(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	if err := api.Items().Shares().Revoke(p.ctx, c.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s has ended: its link opens nothing any more.\n", plain(c.ID))
	return err
}
