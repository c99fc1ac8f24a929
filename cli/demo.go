package cli

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"itemshare/account"
	"itemshare/mail"
	"itemshare/vault"
	"itemshare/vault/local"
	"itemshare/views"
)

// greeting is what the welcome tells of a demo.
type greeting struct {
	filled   bool   // by this start
	password string // made by this start, "" where it was given or made before
}

// fillDemo fills an empty database with the demo account, and leaves any other as
// it is.
func (c *serveCommand) fillDemo(p *program, in *installation) (greeting, error) {
	users, err := in.accounts.Users(p.ctx)
	if err != nil {
		return greeting{}, err
	}
	vaults, err := in.vault.Vaults(p.ctx)
	if err != nil || len(users)+len(vaults) > 0 {
		return greeting{}, err
	}
	made := greeting{filled: true}
	password := c.DemoPassword
	if password == "" {
		if password, err = randomPassword(p.random); err != nil {
			return greeting{}, err
		}
		made.password = password
	}
	return made, in.addDemo(p.ctx, password)
}

// welcome tells on standard output where the demo is and how to get in.
func (d greeting) welcome(w io.Writer, base, afresh string) error {
	password := "shown at the first start. To set a new one:\n" +
		"              echo NEW-PASSWORD | bin/itemshare user password --email admin@example.com --password-stdin"
	switch {
	case d.password != "":
		password = d.password + "   (shown only now)"
	case d.filled:
		password = "the one in ITEMSHARE_DEMO_PASSWORD"
	}
	_, err := fmt.Fprintf(w, `
  itemshare demo
    Open      %[1]s
    Sign in   admin@example.com   manages everything
              member@example.com  shares items of the vault Team
    Password  %[2]s
    Mail      %[1]s/demo/outbox   shows what would be sent
    Data      %[3]s

  Stop with Ctrl+C.

`, base, password, afresh)
	return err
}

func (in *installation) addDemo(ctx context.Context, password string) error {
	demo, err := in.demoVaults(ctx)
	if err != nil {
		return err
	}
	admin, err := in.accounts.AddUser(ctx, "", account.NewUser{Email: "admin@example.com", Name: "Alex Admin", Role: account.Admin, Password: password})
	if err != nil {
		return err
	}
	member, err := in.accounts.AddUser(ctx, "", account.NewUser{Email: "member@example.com", Name: "Mia Member", Role: account.Member, Password: password})
	if err != nil {
		return err
	}
	for _, grant := range []account.Grant{
		{UserID: admin.ID, VaultID: demo.Team.ID, Share: true},
		{UserID: admin.ID, VaultID: demo.ReadOnly.ID, Share: true},
		{UserID: admin.ID, VaultID: demo.Admins.ID, Share: true},
		{UserID: member.ID, VaultID: demo.Team.ID, Share: true},
		{UserID: member.ID, VaultID: demo.ReadOnly.ID, View: true},
	} {
		if err := in.accounts.SetGrant(ctx, "", grant); err != nil {
			return err
		}
	}
	return nil
}

// demoVaults fills the embedded vault, or finds the vaults of an account that is
// filled already.
func (in *installation) demoVaults(ctx context.Context) (demo local.Demo, err error) {
	if in.backend == vault.Backend(in.vault) {
		return in.vault.AddDemo(ctx)
	}
	for title, to := range map[string]*vault.Info{"Team": &demo.Team, "Read only": &demo.ReadOnly, "Admins": &demo.Admins} {
		if *to, err = in.findVault(ctx, title); err != nil {
			return demo, err
		}
	}
	return demo, nil
}

// randomPassword is 100 bits in letters that are hard to mix up.
func randomPassword(random io.Reader) (string, error) {
	var raw [15]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("make a password: %w", err)
	}
	text := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
	return strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-"), nil
}

// outbox shows the demo's mails on a page.
type outbox struct{ *mail.Outbox }

// Mails returns the mails sent, newest first, those included that were just queued.
func (o outbox) Mails(ctx context.Context) []views.OutboxMail {
	o.Wait(ctx)
	var all []views.OutboxMail
	for _, m := range o.Sent() {
		all = append(all, views.OutboxMail(m))
	}
	return all
}
