package oidc

import (
	"errors"
	"regexp"

	"golang.org/x/oauth2"

	"itemshare/fault"
)

func refused(words string) error {
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed, words)
}

// plainCode is an error code of OAuth. What else a provider sends is not repeated.
var plainCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// refusal says why the provider signed nobody in.
func (p *Provider) refusal(code string) error {
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required":
		return refused(p.Name() + " didn't sign you in. Try again, or choose another account there.")
	case "temporarily_unavailable", "server_error":
		return p.unreachable()
	}
	if !plainCode.MatchString(code) {
		code = "unknown"
	}
	p.c.Log.Error("the sign-in provider refused a sign-in", "code", code)
	return refused(p.Name() + " refused this sign-in. Ask your administrator to check its settings.")
}

// failed is the error of a request to the provider. An answer that refuses is told apart from none.
func (p *Provider) failed(op string, err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < 500 {
		code := answer.ErrorCode
		if !plainCode.MatchString(code) {
			code = "unknown"
		}
		p.c.Log.Error("the sign-in provider refused a request", "op", op, "code", code)
		if code == "invalid_grant" {
			return refused("This sign-in has ended. Sign in again.")
		}
		return refused(
			p.Name() + " refused this sign-in. Ask your administrator to check its settings.",
		)
	}
	p.c.Log.Error("the sign-in provider can't be reached", "op", op, "err", shortOf(err))
	return p.unreachable()
}

// nonsense is the error of an answer that must not be believed.
func (p *Provider) nonsense(op string, err error) error {
	p.c.Log.Error("the sign-in provider's answer can't be used", "op", op, "err", shortOf(err))
	return refused(
		p.Name() + "'s answer can't be used. Ask your administrator to check the settings.",
	)
}

func (p *Provider) unreachable() error {
	return fault.New(fault.Unavailable, fault.CodeUnavailable,
		p.Name()+" can't be reached right now. Nothing was lost. Try again in a moment.")
}

// tokenLike is what may be a code or a token in the text of an error.
var tokenLike = regexp.MustCompile(`[A-Za-z0-9_\-.]{32,}`)

// shortOf returns the text of an error for the log, without what may be a secret.
func shortOf(err error) string {
	text := tokenLike.ReplaceAllString(err.Error(), "…")
	return text[:min(len(text), 300)]
}
