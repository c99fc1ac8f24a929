// Package oidc signs people in with an OpenID Connect provider, by the code flow with PKCE. It checks
// what the provider says, and refuses what is not signed, not for this server or not for this
// browser. It stores nothing, and decides nothing about people.
package oidc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"itemshare/account"
	"itemshare/address"
	"itemshare/fault"
)

// Config is what a Provider is built from. Issuer, ClientID, Callback, Clock, Random and Log are needed.
type Config struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Name         string   // on the button, "" for the issuer's host
	GroupsClaim  string   // "" if the provider tells no groups
	AdminGroup   string   // whose members are admins, "" if roles are given here
	Domains      []string // whose addresses may join without an invitation
	Callback     string   // the address that the provider leads back to
	Clock        func() time.Time
	Random       io.Reader
	Log          *slog.Logger
}

// The time that one request to the provider may take, how many run at once, and how long what it
// says about itself is believed, so that nobody is led to a provider that is gone.
const (
	requestTime  = 10 * time.Second
	mostRequests = 16
	freshTime    = 2 * time.Second
)

// Provider is an OpenID Connect provider. It is asked for its addresses when somebody signs in, so
// that the server starts without it. It is safe for concurrent use.
type Provider struct {
	c      Config
	client *http.Client
	slots  chan struct{}

	mu      sync.Mutex
	found   *oidc.Provider
	foundAt time.Time
}

// New returns the provider. It connects to nothing.
func New(c Config) *Provider {
	return &Provider{
		c: c, client: &http.Client{Timeout: requestTime}, slots: make(chan struct{}, mostRequests),
	}
}

// Name is what people call the provider.
func (p *Provider) Name() string {
	if p.c.Name != "" {
		return p.c.Name
	}
	if u, err := url.Parse(p.c.Issuer); err == nil {
		return u.Hostname()
	}
	return p.c.Issuer
}

// Attempt is a sign-in that has begun. The browser keeps it, sealed: nobody else can end it.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string
}

// Begin returns the provider's address for a new sign-in. A provider that can't be reached is
// fault.Unavailable.
func (p *Provider) Begin(ctx context.Context) (address string, a Attempt, err error) {
	err = p.ask(ctx, func(ctx context.Context, provider *oidc.Provider) error {
		for _, text := range []*string{&a.State, &a.Nonce, &a.Verifier} {
			if *text, err = p.secret(); err != nil {
				return err
			}
		}
		address = p.flow(provider).AuthCodeURL(
			a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier),
		)
		return nil
	})
	return address, a, err
}

func (p *Provider) secret() (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(p.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

func (p *Provider) flow(provider *oidc.Provider) *oauth2.Config {
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.c.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: p.c.ClientID, ClientSecret: p.c.ClientSecret, Endpoint: endpoint,
		RedirectURL: p.c.Callback, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Finish ends a sign-in with the query that the provider led back with, and returns who it is.
func (p *Provider) Finish(
	ctx context.Context, a Attempt, query url.Values,
) (who account.External, err error) {
	if a.State == "" || query.Get("state") != a.State {
		return who, refused("This sign-in was begun in another browser or has ended. Sign in again.")
	}
	if code := query.Get("error"); code != "" {
		return who, p.refusal(code)
	}
	err = p.ask(ctx, func(ctx context.Context, provider *oidc.Provider) error {
		token, err := p.flow(provider).Exchange(
			ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier),
		)
		if err != nil {
			return p.failed("exchange a code", err)
		}
		who, err = p.personOf(ctx, provider, token, a.Nonce)
		return err
	})
	return who, err
}

// personOf checks the ID token and reads who it is of. What it leaves out is asked for.
func (p *Provider) personOf(
	ctx context.Context, provider *oidc.Provider, token *oauth2.Token, nonce string,
) (who account.External, err error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{
		ClientID: p.c.ClientID, Now: p.c.Clock,
	}).Verify(ctx, raw)
	if err != nil {
		return who, p.nonsense("check an ID token", err)
	}
	if nonce == "" || id.Nonce != nonce {
		return who, p.nonsense("check an ID token", errors.New("another nonce"))
	}
	all := map[string]any{}
	if err := id.Claims(&all); err != nil {
		return who, p.nonsense("read an ID token", err)
	}
	if _, told := all["email"]; !told || p.c.GroupsClaim != "" && all[p.c.GroupsClaim] == nil {
		if err := p.askMore(ctx, provider, token, id.Subject, all); err != nil {
			return who, err
		}
	}
	return p.read(id, all), nil
}

// askMore adds what the provider's userinfo tells to what the ID token told.
func (p *Provider) askMore(
	ctx context.Context, provider *oidc.Provider, token *oauth2.Token, subject string,
	all map[string]any,
) error {
	if provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return p.failed("ask who someone is", err)
	}
	if info.Subject != subject {
		return p.nonsense("ask who someone is", errors.New("another subject"))
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return p.nonsense("read who someone is", err)
	}
	for name, value := range more {
		if _, told := all[name]; !told {
			all[name] = value
		}
	}
	return nil
}

// read returns who the claims are of.
func (p *Provider) read(id *oidc.IDToken, all map[string]any) account.External {
	text := func(name string) string { s, _ := all[name].(string); return s }
	who := account.External{
		Issuer: id.Issuer, Subject: id.Subject, Email: text("email"), Name: text("name"),
		Verified: all["email_verified"] == true || all["email_verified"] == "true",
	}
	if email, err := address.Email(who.Email); err == nil {
		who.MayJoin = slices.Contains(p.c.Domains, address.DomainOf(email))
	}
	if p.c.GroupsClaim == "" {
		return who
	}
	who.TellsGroups = true
	switch groups := all[p.c.GroupsClaim].(type) {
	case []any:
		for _, g := range groups {
			if name, ok := g.(string); ok {
				who.Groups = append(who.Groups, name)
			}
		}
	case string:
		who.Groups = strings.Fields(groups)
	}
	if p.c.AdminGroup != "" {
		admin := slices.Contains(who.Groups, p.c.AdminGroup)
		who.Admin = &admin
	}
	return who
}

// ask calls do with the provider's addresses, which it asks for once.
func (p *Provider) ask(
	ctx context.Context, do func(ctx context.Context, provider *oidc.Provider) error,
) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	default:
		err := fault.New(fault.Unavailable, fault.CodeUnavailable,
			"Many people are signing in right now. Try again in a moment.")
		err.RetryAfter = 2 * time.Second
		return err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	provider, err := p.discover(ctx)
	if err != nil {
		return p.failed("find the provider", err)
	}
	return do(ctx, provider)
}

// discover returns what the provider says about itself now.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found, age := p.found, p.c.Clock().Sub(p.foundAt)
	p.mu.Unlock()
	if found != nil && age < freshTime {
		return found, nil
	}
	// The provider is for later requests too, and so are its keys.
	found, err := oidc.NewProvider(
		oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.c.Issuer,
	)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found, p.foundAt = found, p.c.Clock()
	return found, nil
}

// Check asks the provider who it is, and returns in words what is wrong.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.discover(oidc.ClientContext(ctx, p.client))
	return err
}
