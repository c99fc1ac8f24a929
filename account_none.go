//go:build noonepassword

package main

import (
	"errors"

	"itemshare/vault"
)

// account refuses a token: 1Password's SDK is not in this build.
func (p *program) account() (vault.Backend, error) {
	if p.set.OPToken != "" {
		return nil, errors.New("OP_SERVICE_ACCOUNT_TOKEN is set, and this build was made without 1Password: unset it")
	}
	return nil, nil
}

// stoodFor tells whether a stand-in takes the account's place: in this build never.
func (p *program) stoodFor() bool { return false }
