package cli

import (
	"context"
	"errors"
	"fmt"

	"itemshare/account"
	"itemshare/share"
)

// changeUser changes the user with an email address, and says so.
func (p *program) changeUser(
	email string, change func(*installation, account.User) (done string, err error),
) error {
	return p.with(p.openExisting, func(in *installation) error {
		user, err := in.accounts.UserByEmail(p.ctx, email)
		if err != nil {
			return nameMissing("user", email, err)
		}
		done, err := change(in, user)
		if err != nil {
			return err
		}
		return p.say("%s", done)
	})
}

type userRoleCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	Role  string `required:"" help:"Role: admin or member." enum:"admin,member"`
}

// Run changes a user's role.
func (c *userRoleCommand) Run(p *program) error {
	return p.changeUser(c.Email, func(in *installation, user account.User) (string, error) {
		return fmt.Sprintf("The role of %s is %s now.\n", user.Email, c.Role),
			in.accounts.ChangePerson(p.ctx, "", user.ID, user.Name, account.Role(c.Role))
	})
}

type userRenameCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	Name  string `arg:"" help:"The new name, shown to recipients."`
}

// Run changes a user's name.
func (c *userRenameCommand) Run(p *program) error {
	return p.changeUser(c.Email, func(in *installation, user account.User) (string, error) {
		return fmt.Sprintf("%s is called %s now.\n", user.Email, plain(oneLine(c.Name))),
			in.accounts.ChangePerson(p.ctx, "", user.ID, c.Name, user.Role)
	})
}

type userRemoveCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	Links string `help:"${user_remove_links}" enum:",keep,hand-over,revoke" default:""`
	To    string `help:"${user_remove_to}" placeholder:"ADDRESS"`
}

// linksChoices are the flag's words for what becomes of links.
var linksChoices = map[string]share.LinksChoice{
	"keep": share.KeepLinks, "hand-over": share.HandOverLinks, "revoke": share.RevokeLinks,
}

// Run removes a user for good, after what was chosen happened to their links.
func (c *userRemoveCommand) Run(p *program) error {
	if (c.To != "") != (c.Links == "hand-over") {
		return errors.New("--links hand-over needs --to, which says who gets the links")
	}
	return p.changeUser(c.Email, func(in *installation, user account.User) (string, error) {
		shares, heir := in.shares(p), account.User{}
		choice, err := c.choice(p, shares, user)
		if err == nil && choice == share.HandOverLinks {
			heir, err = in.accounts.Heir(p.ctx, user.ID, c.To)
		}
		if err != nil {
			return "", err
		}
		var links string
		err = in.accounts.Remove(p.ctx, "", user.ID, func(ctx context.Context) (_ string, err error) {
			links, err = shares.Settle(ctx, share.Sharer{}, user.ID, choice, heir.ID)
			return links, err
		})
		return fmt.Sprintf("Removed %s. They are signed out everywhere, and tokens of service accounts "+
			"that they created don't work any more. Active links: %s.\n", user.Email, links), err
	})
}

// choice returns what becomes of a user's links. It must be chosen unless there are none.
func (c *userRemoveCommand) choice(
	p *program, shares *share.Service, user account.User,
) (share.LinksChoice, error) {
	if c.Links != "" {
		return linksChoices[c.Links], nil
	}
	active, err := shares.ActiveOf(p.ctx, user.ID)
	if err == nil && active > 0 {
		err = fmt.Errorf("choose what happens to the active links of %s (%d) with --links: "+
			"keep, hand-over or revoke", user.Email, active)
	}
	return share.KeepLinks, err
}

// shares returns a service that changes shares and creates none.
func (in *installation) shares(p *program) *share.Service {
	return share.New(share.Config{
		Store: in.db, Vault: in.backend, Keyring: in.keyring, Audit: in.log, Clock: p.clock,
		Random: p.random,
	})
}
