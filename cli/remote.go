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

// remote is the server that the commands from vaults to open use, and the token for it. These commands use
// no data folder and no database.
type remote struct {
	URL   string `default:"http://localhost:8080" placeholder:"ADDRESS" help:"${remote_url}"`
	Token string `placeholder:"TOKEN" help:"${remote_token}"`
}

func (r remote) client() (*client.Client, error) {
	if r.Token == "" {
		return nil, errors.New(
			"set ITEMSHARE_TOKEN to a service account's token: an admin creates one " +
				"at /admin/service-accounts or with itemshare service-account add",
		)
	}
	return client.New(client.Config{URL: r.URL, Token: r.Token})
}

// The exit codes of these commands, besides 0 for success and 1 for requests that
// are invalid or not allowed.
const (
	exitNotFound  = 2 // no such item, share or link, or no access to it
	exitEnded     = 3 // the link has expired, is revoked or has no views left
	exitProof     = 4 // a verification code is required or was wrong
	exitUnreached = 5 // the server cannot be reached or is busy: try again later
)

// remoteError turns an error of the client into a sentence and an exit code.
func remoteError(err error) error {
	if err == nil {
		return nil
	}
	var exit exitError
	if errors.As(err, &exit) {
		return exit
	}
	code, words := 1, err.Error()
	var answered *client.Error
	var unreached *url.Error
	switch {
	case errors.As(err, &answered):
		code, words = exitCodeOf(answered), wordsOf(answered)
	case errors.As(err, &unreached):
		code, words = exitUnreached, "cannot reach the server: "+causeOf(unreached)
	}
	if errors.Is(err, client.ErrNotKnown) {
		code = exitUnreached
		if !errors.Is(err, client.CodeLinkUnknown) { // its own sentence says where to look
			words += " A link may have been created: check with itemshare shares."
		}
	}
	if errors.Is(err, client.ErrViewNotKnown) {
		code = exitUnreached
		words += " A view may have been counted: if the link doesn't open later, ask for a new one."
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
	case e.Status == http.StatusTooManyRequests, e.Status == http.StatusBadGateway,
		e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout:
		return exitUnreached
	}
	return 1
}

// wordsOf returns the server's own sentences, without code and status.
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
		words = append(words, "The request ID is "+e.RequestID+".")
	}
	return strings.Join(words, " ")
}

// causeOf returns the cause without method and URL, which people know.
func causeOf(e *url.Error) string {
	if errors.Is(e, context.DeadlineExceeded) {
		return "it didn't answer in time."
	}
	return strings.TrimSuffix(e.Err.Error(), ".") + "."
}

// findVault returns the one vault with that ID or title, among those that the token can read.
func findVault(
	ctx context.Context,
	c *client.Client,
	nameOrID string,
) (client.VaultOverview, error) {
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
		return client.VaultOverview{}, exitError{
			exitNotFound, fmt.Sprintf("there is no vault %s that this token can read", plain(nameOrID)),
		}
	}
	return client.VaultOverview{}, fmt.Errorf("%d vaults are named %s. Use an ID, such as %s",
		len(found), plain(nameOrID), found[0].ID)
}
