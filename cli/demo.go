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

// demoState says how a demo started.
type demoState struct {
	filled   bool   // this start filled the database
	password string // that this start generated, "" otherwise
}

// fillDemo fills an empty database with sample data, and leaves any other as it is.
func (c *serveCommand) fillDemo(p *program, in *installation) (demoState, error) {
	users, err := in.accounts.Users(p.ctx)
	if err != nil {
		return demoState{}, err
	}
	vaults, err := in.vault.Vaults(p.ctx)
	if err != nil || len(users)+len(vaults) > 0 {
		return demoState{}, err
	}
	state := demoState{filled: true}
	password := c.DemoPassword
	if password == "" {
		if password, err = randomPassword(p.random); err != nil {
			return demoState{}, err
		}
		state.password = password
	}
	return state, in.addDemo(p.ctx, password)
}

// welcome prints where the demo is and how to sign in. dataHint says where its data is.
func (d demoState) welcome(w io.Writer, base, dataHint string) error {
	password := "shown at the first start. To set another:\n" +
		"              echo NEW-PASSWORD | bin/itemshare user password " +
		"--email admin@example.com --password-stdin"
	switch {
	case d.password != "":
		password = d.password + "   (shown only once)"
	case d.filled:
		password = "the one in ITEMSHARE_DEMO_PASSWORD"
	}
	_, err := fmt.Fprintf(w, `
  itemshare demo
    Open      %[1]s
    Sign in   admin@example.com   manages everything
              member@example.com  shares items in the vault Team
    Password  %[2]s
    Email     %[1]s/demo/outbox   shows emails instead of sending them
    Data      %[3]s

  Stop with Ctrl+C.

`, base, password, dataHint)
	return err
}

func (in *installation) addDemo(ctx context.Context, password string) error {
	demo, err := in.demoVaults(ctx)
	if err != nil {
		return err
	}
	admin, err := in.accounts.AddUser(
		ctx,
		"",
		account.NewUser{
			Email:    "admin@example.com",
			Name:     "Alex Admin",
			Role:     account.Admin,
			Password: password,
		},
	)
	if err != nil {
		return err
	}
	member, err := in.accounts.AddUser(
		ctx,
		"",
		account.NewUser{
			Email:    "member@example.com",
			Name:     "Mia Member",
			Role:     account.Member,
			Password: password,
		},
	)
	if err != nil {
		return err
	}
	for _, grant := range []account.Grant{
		{UserID: admin.ID, VaultID: demo.Team.ID, Share: true, Edit: true},
		{UserID: admin.ID, VaultID: demo.ReadOnly.ID, Share: true, Edit: true},
		{UserID: admin.ID, VaultID: demo.Admins.ID, Share: true, Edit: true},
		{UserID: member.ID, VaultID: demo.Team.ID, Share: true, Edit: true},
		{UserID: member.ID, VaultID: demo.ReadOnly.ID, View: true},
	} {
		if err := in.accounts.SetGrant(ctx, "", grant); err != nil {
			return err
		}
	}
	return nil
}

// demoVaults fills the embedded vault, or finds the vaults of an account that has the sample
// data already.
func (in *installation) demoVaults(ctx context.Context) (demo local.Demo, err error) {
	if in.backend == vault.Backend(in.vault) {
		return in.vault.AddDemo(ctx)
	}
	for title, info := range map[string]*vault.Info{
		"Team": &demo.Team, "Read only": &demo.ReadOnly, "Admins": &demo.Admins,
	} {
		if *info, err = in.findVault(ctx, title); err != nil {
			return demo, err
		}
	}
	return demo, nil
}

// randomPassword returns 120 random bits in groups of lower-case letters and digits.
func randomPassword(random io.Reader) (string, error) {
	var raw [15]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("generate a password: %w", err)
	}
	text := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
	return strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-"), nil
}

// outbox lists the demo's messages for a page.
type outbox struct{ *mail.Outbox }

// Mails returns the messages, newest first. It waits for those that were just queued.
func (o outbox) Mails(ctx context.Context) []views.OutboxMail {
	o.Wait(ctx)
	var all []views.OutboxMail
	for _, m := range o.Sent() {
		all = append(all, views.OutboxMail(m))
	}
	return all
}
