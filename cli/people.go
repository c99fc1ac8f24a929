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
