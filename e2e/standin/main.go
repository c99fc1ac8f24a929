// Command standin is itemshare with a made-up 1Password account in place of a real one, for
// tests with a browser. The account holds the demo's items, and its ids are the same in every
// process. OP_SERVICE_ACCOUNT_TOKEN is "standin" and says how the account behaves:
//
//	standin              answers
//	standin-unreachable  cannot be reached
//	standin-limited      has used up its rate limit
//	standin-badtoken     rejects the token
//	standin-denied       does not let the token read the vault Team
//	standin-barred       does not let the token share from the vault Team
//	standin-strict       allows a week and single email addresses
//	standin-lost         creates links whose answers are lost
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/cli"
	"itemshare/vault/local"
	"itemshare/vault/onepassword"
	"itemshare/vault/onepassword/standin"
)

func main() {
	syscall.Umask(0o077)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := cli.Run(
		ctx,
		os.Args[1:],
		os.Stdin,
		os.Stdout,
		os.Stderr,
		cli.Accounts{Connect: connect, Sample: true},
	)
	stop()
	os.Exit(code)
}

func connect(token string) (onepassword.Connect, error) {
	account, team, err := newAccount()
	if err != nil {
		return nil, err
	}
	if err := behave(account, team, token); err != nil {
		return nil, err
	}
	return func(context.Context) (onepassword.Client, error) { return account.Client(), nil }, nil
}

// newAccount returns an account that holds the demo's items, and the ID of its vault Team.
func newAccount() (account *standin.Account, team string, err error) {
	account = standin.New(time.Now, rand.NewChaCha8(sha256.Sum256([]byte("standin"))))
	for _, v := range local.DemoVaults(time.Now()) {
		info, _, err := account.Add(v.Title, v.Items, local.OpenDemoFile)
		if err != nil {
			return nil, "", err
		}
		if team == "" {
			team = info.ID
		}
	}
	return account, team, nil
}

// behave makes the account behave as the token says.
func behave(account *standin.Account, team, token string) error {
	switch token {
	case "standin":
	case "standin-unreachable":
		account.On("", standin.Trouble{Err: standin.ErrNoNetwork})
	case "standin-limited":
		account.On("", standin.Trouble{Err: standin.ErrLimited})
	case "standin-badtoken":
		account.On("", standin.Trouble{Err: standin.ErrBadToken})
	case "standin-denied":
		account.Hide(team, true)
	case "standin-barred":
		account.Bar(team, true)
	case "standin-strict":
		account.SetPolicy(sdk.ItemShareAccountPolicy{
			MaxExpiry:             sdk.ItemShareDurationSevenDays,
			DefaultExpiry:         sdk.ItemShareDurationOneDay,
			AllowedTypes:          []sdk.AllowedType{sdk.AllowedTypeAuthenticated},
			AllowedRecipientTypes: []sdk.AllowedRecipientType{sdk.AllowedRecipientTypeEmail},
		})
	case "standin-lost":
		account.On("Shares.Create", standin.Trouble{Err: standin.ErrNoNetwork})
	default:
		return errors.New("the made-up account knows no such token")
	}
	return nil
}
