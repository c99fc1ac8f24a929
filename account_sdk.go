//go:build !noonepassword

package main

import (
	"context"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault"
	"itemshare/vault/onepassword"
)

// account gives the 1Password account that the settings name, nil where they name
// none. Nothing is asked of it yet, and the SDK's core is not loaded.
func (p *program) account() (vault.Backend, error) {
	token := p.set.OPToken
	if token == "" {
		return nil, nil
	}
	connect := func(ctx context.Context) (onepassword.Client, error) {
		return sdk.NewClient(ctx, sdk.WithServiceAccountToken(token), sdk.WithIntegrationInfo("itemshare", "v1"))
	}
	if p.stoodFor() {
		var err error
		if connect, err = p.standIn(); err != nil {
			return nil, err
		}
	}
	return onepassword.New(onepassword.Config{Connect: connect, Token: token, Clock: p.clock}), nil
}
