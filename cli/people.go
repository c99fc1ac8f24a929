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
	Email         string `required:"" placeholder:"ADDRESS" help:"Their email address."`
	Name          string `required:"" help:"Their name, which recipients read."`
	Role          string `required:"" enum:"admin,member" help:"admin or member."`
	PasswordStdin bool   `help:"Read the password from standard input. It is the only way to give one."`
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
	Email         string `required:"" placeholder:"ADDRESS" help:"Whose password."`
	PasswordStdin bool   `help:"Read the password from standard input. It is the only way to give one."`
}

// Run sets a user's password and ends their sessions.
func (c *userPasswordCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		password, err := p.password(c.PasswordStdin)
		if err != nil {
			return err
		}
		if err := in.accounts.SetPassword(p.ctx, "", c.Email, password); err != nil {
			return named("user", c.Email, err)
		}
		_, err = fmt.Fprintf(p.stdout, "The password of %s is set, and their sessions have ended.\n", c.Email)
		return err
	})
}

const longestPassword = 4096 // bytes

// password reads one line from standard input.
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
	if err := p.ownVaults("add the vault there"); err != nil {
		return err
	}
	return p.with(p.open, func(in *installation) error {
		made, err := in.vault.AddVault(p.ctx, "", c.Name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "Added the vault %s (%s).\n", plain(made.Title), made.ID)
		return err
	})
}

type vaultGrantCommand struct {
	Vault string `required:"" help:"Name or id of the vault."`
	Email string `required:"" placeholder:"ADDRESS" help:"Who."`
	View  bool   `help:"They may see its items."`
	Share bool   `help:"They may share its items; sets view too."`
}

// Run sets what somebody may do in a vault: without flags, nothing.
func (c *vaultGrantCommand) Run(p *program) error {
	return p.with(p.openExisting, func(in *installation) error {
		found, err := in.findVault(p.ctx, c.Vault)
		if err != nil {
			return err
		}
		user, err := in.accounts.UserByEmail(p.ctx, c.Email)
		if err != nil {
			return named("user", c.Email, err)
		}
		grant := account.Grant{UserID: user.ID, VaultID: found.ID, View: c.View || c.Share, Share: c.Share}
		if err := in.accounts.SetGrant(p.ctx, "", grant); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s may %s in %s.\n", user.Email, grantWords(grant), plain(found.Title))
		return err
	})
}

func grantWords(g account.Grant) string {
	switch {
	case g.Share:
		return "view and share"
	case g.View:
		return "view"
	default:
		return "do nothing"
	}
}
