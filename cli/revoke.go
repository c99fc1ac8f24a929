package cli

import "fmt"

type revokeCommand struct {
	remote
	ID string `arg:"" help:"${revoke_id}"`
}

// Help returns more text for revoke --help.
func (c *revokeCommand) Help() string {
	return "The link stops working for everyone. A share that has ended already stays as it is.\n\n" + exitCodesHelp
}

// Run revokes a share.
func (c *revokeCommand) Run(p *program) error { return remoteError(c.revoke(p)) }

func (c *revokeCommand) revoke(p *program) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	if err := api.Items().Shares().Revoke(p.ctx, c.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(
		p.stdout,
		"Share %s has ended. Its link doesn't work anymore.\n",
		plain(c.ID),
	)
	return err
}
