//go:build standin && !noonepassword

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"strings"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/vault/local"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

// This file is in no usual build. It puts a stand-in with the demo's items in place
// of the account, for tests with a browser: for any token that begins with "standin".

// stoodFor tells whether a stand-in takes the account's place.
func (p *program) stoodFor() bool { return strings.HasPrefix(p.set.OPToken, "standin") }

// standIn is an account whose ids are the same in every process. The rest of the
// token says how it behaves.
func (p *program) standIn() (onepassword.Connect, error) {
	account := standin.New(p.clock, rand.NewChaCha8(sha256.Sum256([]byte("standin"))))
	var first string
	for _, v := range local.DemoVaults(p.clock()) {
		info, _, err := account.Add(v.Title, v.Items, local.OpenDemoFile)
		if err != nil {
			return nil, err
		}
		if first == "" {
			first = info.ID
		}
	}
	switch strings.TrimPrefix(p.set.OPToken, "standin") {
	case "":
	case "-unreachable":
		account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	case "-limited":
		account.On("", standin.Trouble{Err: standin.ErrLimited})
	case "-badtoken":
		account.On("", standin.Trouble{Err: standin.ErrBadToken})
	case "-denied": // the vault Team may not be read
		account.Hide(first, true)
	case "-barred": // the vault Team may not be shared from
		account.Bar(first, true)
	case "-strict":
		account.SetPolicy(sdk.ItemShareAccountPolicy{
			MaxExpiry: sdk.ItemShareDurationSevenDays, DefaultExpiry: sdk.ItemShareDurationOneDay,
			AllowedTypes:          []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
			AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		})
	case "-lost": // a link is made and its answer is lost
		account.On("Shares.Create", standin.Trouble{Err: standin.ErrNoNetwork})
	default:
		return nil, errors.New("the stand-in knows no such token")
	}
	return func(context.Context) (onepassword.Client, error) { return account.Client(), nil }, nil
}
