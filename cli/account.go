package cli

import (
	"context"
	"errors"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword"
)

// Accounts opens 1Password accounts by their service account tokens.
type Accounts struct {
	Connect func(token string) (onepassword.Connect, error)
	Sample  bool // the items are sample data, so a demo may serve them
}

// OnePassword returns Accounts that connect to 1Password through its SDK.
func OnePassword() Accounts {
	return Accounts{Connect: func(token string) (onepassword.Connect, error) {
		return func(ctx context.Context) (onepassword.Client, error) {
			return sdk.NewClient(
				ctx,
				sdk.WithServiceAccountToken(token),
				sdk.WithIntegrationInfo("itemshare", "v1"),
			)
		}, nil
	}}
}

// account returns the vaults of the 1Password account that the settings name, or nil if they
// name none. It sends no request yet, and does not load the SDK's core.
func (p *program) account() (vault.Backend, error) {
	token := p.set.OPServiceAccountToken
	if token == "" {
		return nil, nil
	}
	connect, err := p.accounts.Connect(token)
	if err != nil {
		return nil, err
	}
	return onepassword.New(onepassword.Config{Connect: connect, Token: token, Clock: p.clock}), nil
}

// requireEmbeddedVault rejects a command that changes the embedded vault while a 1Password
// account is served: nobody would see the change. instead says what to do there.
func (p *program) requireEmbeddedVault(instead string) error {
	if p.set.OPServiceAccountToken == "" {
		return nil
	}
	return errors.New(
		"OP_SERVICE_ACCOUNT_TOKEN is set, so a 1Password account's vaults are served: " +
			instead + ", or unset it",
	)
}

// connectAccount lists the account's vaults once, so that a wrong token is logged at the start
// and the first page does not wait for the SDK to load.
func (in *installation) connectAccount(p *program) func(context.Context) {
	return func(ctx context.Context) {
		vaults, err := in.backend.Vaults(ctx)
		switch {
		case err == nil:
			p.log.Info("connected to the 1Password account", "vaults", len(vaults))
		case ctx.Err() == nil:
			p.log.Error(
				"cannot connect to the 1Password account",
				"detail",
				oneLine(sentence(err)),
				"err",
				err,
			)
		}
	}
}
