package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"itemshare/account"
)

type userAddCommand struct {
	Email         string `required:"" placeholder:"ADDRESS" help:"Email address."`
	Name          string `required:"" help:"Name, shown to recipients."`
	Role          string `required:"" help:"Role: admin or member." enum:"admin,member"`
	PasswordStdin bool   `help:"Read the password from standard input (required)."`
}

// Run adds a user.
func (c *userAddCommand) Run(p *program) error {
	return p.with(p.open, func(in *installation) error {
		password, err := p.password(c.PasswordStdin)
		if err != nil {
			return err
		}
		user, err := in.accounts.AddUser(p.ctx, "", account.NewUser{
			Email: c.Email, Name: c.Name, Role: account.Role(c.Role), Password: password,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "Added %s as %s.\n", user.Email, user.Role)
		return err
	})
}

type userPasswordCommand struct {
	Email         string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
	PasswordStdin bool   `help:"Read the password from standard input (required)."`
}

// Run sets a user's password and ends their sessions.
func (c *userPasswordCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		password, err := p.password(c.PasswordStdin)
		if err != nil {
			return err
		}
		if err := in.accounts.SetPassword(p.ctx, "", c.Email, password); err != nil {
			return nameMissing("user", c.Email, err)
		}
		_, err = fmt.Fprintf(
			p.stdout,
			"Password of %s changed. They are signed out everywhere.\n",
			c.Email,
		)
		return err
	})
}

type userSuspendCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
}

// Run ends a user's sessions and suspends the tokens of service accounts that they created.
func (c *userSuspendCommand) Run(p *program) error {
	return p.setDisabled(c.Email, true,
		"Suspended %s. They are signed out everywhere, and tokens of service accounts that they "+
			"created don't work. Links that they created keep working.\n")
}

type userReinstateCommand struct {
	Email string `required:"" placeholder:"ADDRESS" help:"The user's email address."`
}

// Run lets a suspended user sign in again.
func (c *userReinstateCommand) Run(p *program) error {
	return p.setDisabled(c.Email, false, "Reinstated %s. They can sign in again.\n")
}

// setDisabled suspends or reinstates a user, and says so.
func (p *program) setDisabled(email string, disabled bool, done string) error {
	return p.with(p.openExisting, func(in *installation) error {
		if err := in.accounts.SetDisabled(p.ctx, "", email, disabled); err != nil {
			return nameMissing("user", email, err)
		}
		_, err := fmt.Fprintf(p.stdout, done, plain(email))
		return err
	})
}

const longestPassword = 4096 // bytes

// password returns the first line of standard input.
func (p *program) password(fromStdin bool) (string, error) {
	if !fromStdin {
		return "", errors.New("give the password on standard input with --password-stdin")
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, longestPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("standard input holds no password")
	}
	return line, nil
}

type vaultAddCommand struct {
	Name string `arg:"" help:"The vault's name."`
}

// Run adds a vault.
func (c *vaultAddCommand) Run(p *program) error {
	if err := p.requireEmbeddedVault("add the vault there"); err != nil {
		return err
	}
	return p.with(p.open, func(in *installation) error {
		added, err := in.vault.AddVault(p.ctx, "", c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "Added the vault %s (%s).\n", plain(added.Title), added.ID)
		return err
	})
}

type vaultGrantCommand struct {
	Vault    string `required:"" help:"Name or ID of the vault."`
	Email    string `required:"" help:"The user's email address." placeholder:"ADDRESS"`
	View     bool   `help:"Allow viewing items."`
	NoReveal bool   `help:"${vault_grant_no_reveal}"`
	Share    bool   `help:"Allow sharing items; includes --view."`
	Edit     bool   `help:"${vault_grant_edit}"`
}

// Run sets what a user may do in a vault. Without flags, it removes their access.
func (c *vaultGrantCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		found, err := in.findVault(p.ctx, c.Vault)
		if err != nil {
			return err
		}
		user, err := in.accounts.UserByEmail(p.ctx, c.Email)
		if err != nil {
			return nameMissing("user", c.Email, err)
		}
		grant := account.Grant{
			UserID:  user.ID,
			VaultID: found.ID,
			View:    c.View || c.Share || c.Edit, NoReveal: c.NoReveal,
			Share: c.Share, Edit: c.Edit,
		}
		if err := in.accounts.SetGrant(p.ctx, "", grant); err != nil {
			return err
		}
		_, err = fmt.Fprintf(
			p.stdout,
			"%s %s items in %s.\n",
			user.Email,
			grantWords(grant),
			plain(found.Title),
		)
		return err
	})
}

func grantWords(g account.Grant) string {
	if !g.View {
		return "can't view"
	}
	words := "can " + rightWords([]rightWord{
		{"view", true}, {"edit", g.Edit}, {"share", g.Share},
	})
	if g.NoReveal {
		return words + ", but not reveal,"
	}
	return words
}

// rightWord is a word for a right, and whether it is granted.
type rightWord struct {
	word    string
	granted bool
}

// rightWords joins words with commas and "and".
func rightWords(words []rightWord) string {
	var all []string
	for _, w := range words {
		if w.granted {
			all = append(all, w.word)
		}
	}
	if len(all) < 3 {
		return strings.Join(all, " and ")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
