package main

import (
	"context"
	"errors"
)

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
