package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"itemshare/client"
)

// remote says which server the commands for sharing talk to, and as whom. They
// touch no data folder and no database.
type remote struct {
	URL   string `default:"http://localhost:8080" placeholder:"ADDRESS" help:"The server's base address (default: http://localhost:8080)."`
	Token string `placeholder:"TOKEN" help:"A service account's token. Set the variable rather than the flag: others can see flags."`
}

func (r remote) client() (*client.Client, error) {
	if r.Token == "" {
		return nil, errors.New("set ITEMSHARE_TOKEN to a service account's token: an admin makes one at /admin/service-accounts or with itemshare service-account add")
	}
	return client.New(client.Config{URL: r.URL, Token: r.Token})
}

// The exit codes of share, shares, revoke and open, beside 0 for done and 1 for
// whatever was asked for wrongly or refused.
const (
	exitNotFound  = 2 // no such item, share or link, or not this token's to see
	exitEnded     = 3 // the link expired, was revoked, or is used up
	exitProof     = 4 // a mailed code is needed, or was wrong
	exitUnreached = 5 // no server, or one that is busy: later it may work
)

// remotely gives an error its words and its exit code.
func remotely(err error) error {
	if err == nil {
		return nil
	}
	var told exitError
	if errors.As(err, &told) {
		return told
	}
	code, words := 1, err.Error()
	var answered *client.Error
	var unreached *url.Error
	switch {
	case errors.As(err, &answered):
		code, words = exitCodeOf(answered), wordsOf(answered)
	case errors.As(err, &unreached):
		code, words = exitUnreached, "the server cannot be reached: "+causeOf(unreached)
	}
	if errors.Is(err, client.ErrNotKnown) {
		code = exitUnreached
		if !errors.Is(err, client.CodeLinkUnknown) { // whose own words say where to look
			words += " It is not known whether a share was made: itemshare shares tells."
		}
	}
	return exitError{code, words}
}

func exitCodeOf(e *client.Error) int {
	switch {
	case e.Is(client.CodeVerificationRequired), e.Is(client.CodeCodeInvalid):
		return exitProof
	case e.Status == http.StatusNotFound:
		return exitNotFound
	case e.Status == http.StatusGone:
		return exitEnded
	case e.Status == http.StatusTooManyRequests, e.Status == http.StatusBadGateway, e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout:
		return exitUnreached
	}
	return 1
}

// wordsOf are the server's own sentences, without code and status.
func wordsOf(e *client.Error) string {
	var words []string
	for _, p := range e.Problems {
		if p.Detail != "" {
			words = append(words, p.Detail)
		}
	}
	switch {
	case len(words) > 0:
	case e.Detail != "":
		words = []string{e.Detail}
	default:
		return e.Error()
	}
	if e.Status == http.StatusGone && e.SharedBy != "" {
		words = append(words, "Ask "+e.SharedBy+" for a new one.")
	}
	if e.Status == http.StatusInternalServerError && e.RequestID != "" {
		words = append(words, "The request's id is "+e.RequestID+".")
	}
	return strings.Join(words, " ")
}

// causeOf leaves out method and address, which people know.
func causeOf(e *url.Error) string {
	if errors.Is(e, context.DeadlineExceeded) {
		return "it did not answer in time."
	}
	return strings.TrimSuffix(e.Err.Error(), ".") + "."
}

// vaultNamed finds the one vault that a name or an id means among those that the
// token may read.
func vaultNamed(ctx context.Context, c *client.Client, nameOrID string) (client.VaultOverview, error) {
	all, err := client.All(c.Vaults().List(ctx))
	if err != nil {
		return client.VaultOverview{}, err
	}
	var found []client.VaultOverview
	for _, v := range all {
		if v.ID == nameOrID {
			return v, nil
		}
		if strings.EqualFold(v.Title, nameOrID) {
			found = append(found, v)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return client.VaultOverview{}, exitError{exitNotFound, fmt.Sprintf("there is no vault %s that this token may read", plain(nameOrID))}
	}
	return client.VaultOverview{}, fmt.Errorf("%d vaults are named %s: say which by its id, as in %s", len(found), plain(nameOrID), found[0].ID)
}
