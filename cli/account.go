package cli

import (
	"context"
	"errors"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword"
)

// Accounts says how the account of a 1Password token is reached.
type Accounts struct {
	Connect func(token string) (onepassword.Connect, error)
	MadeUp  bool // the account's items are made up: a demo may serve them
}

// OnePassword reaches accounts at 1Password through its SDK.
func OnePassword() Accounts {
	return Accounts{Connect: func(token string) (onepassword.Connect, error) {
		return func(ctx context.Context) (onepassword.Client, error) {
			return sdk.NewClient(ctx, sdk.WithServiceAccountToken(token), sdk.WithIntegrationInfo("itemshare", "v1"))
		}, nil
	}}
}

// account returns the vaults of the 1Password account that the settings name, or nil if they
// name none. It sends no request yet, and does not load the SDK's core.
func (p *program) account() (vault.Backend, error) {
	token := p.set.OPToken
	if token == "" {
		return nil, nil
	}
	connect, err := p.accounts.Connect(token)
	if err != nil {
		return nil, err
	}
	return onepassword.New(onepassword.Config{Connect: connect, Token: token, Clock: p.clock}), nil
}

// ownVaults refuses what changes the embedded vault while another is served: nobody
// would see it.
func (p *program) ownVaults(instead string) error {
	if p.set.OPToken == "" {
		return nil
	}
	return errors.New("OP_SERVICE_ACCOUNT_TOKEN is set, so that a 1Password account's vaults are served: " + instead + ", or unset it")
}

// reach asks the account for its vaults once, so that a wrong token is in the log
// before somebody meets it, and the first reader does not wait for the first client.
func (in *installation) reach(p *program) func(context.Context) {
	return func(ctx context.Context) {
		vaults, err := in.backend.Vaults(ctx)
		switch {
		case err == nil:
			p.log.Info("the 1Password account is reached", "vaults", len(vaults))
		case ctx.Err() == nil:
			p.log.Error("the 1Password account is not reached", "says", oneLine(sentence(err)), "err", err)
		}
	}
}
