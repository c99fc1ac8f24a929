// Package oidctest gives tests a real OpenID Connect provider on this machine.
package oidctest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// What the server under test says to the provider, and what its people type there.
const (
	ClientID     = "itemshare"
	ClientSecret = "secret"
	Password     = "verysecure"
)

// Provider is a provider with people of the test, who sign in on its own page.
type Provider struct {
	*storage.Storage
	Server *httptest.Server // its URL is the issuer

	clients map[string]*storage.Client

	mu     sync.Mutex
	users  map[string]*storage.User
	groups map[string][]string // by the ID of a user
}

var _ op.Storage = (*Provider)(nil)

// Start starts a provider that knows nobody. It stops with the test.
func Start(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{
		clients: map[string]*storage.Client{},
		users:   map[string]*storage.User{}, groups: map[string][]string{},
	}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the example's middleware logs there
	t.Cleanup(func() { slog.SetDefault(before) })
	pages := http.NewServeMux()
	p.Server = httptest.NewServer(pages)
	t.Cleanup(p.Server.Close)
	p.Storage = storage.NewStorageWithClients(p, p.clients)
	pages.Handle("/", exampleop.SetupServer(p.Server.URL, p, nil, false))
	pages.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent) // browsers ask for one
	})
	return p
}

// LeadBackTo registers the server under test, by the address that the provider leads back to,
// before anybody signs in.
func (p *Provider) LeadBackTo(callback string) {
	p.clients[ClientID] = storage.WebClient(ClientID, ClientSecret, callback)
}

// Add adds somebody who signs in with the ID and Password, or changes them.
func (p *Provider) Add(id, email, name string, verified bool, groups ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first, last, _ := strings.Cut(name, " ")
	p.users[id] = &storage.User{
		ID: id, Username: id, Password: Password, FirstName: first, LastName: last,
		Email: email, EmailVerified: verified,
	}
	p.groups[id] = groups
}

// Remove removes somebody.
func (p *Provider) Remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.users, id)
}

// GetUserByID is for the provider itself, like the methods below.
func (p *Provider) GetUserByID(id string) *storage.User {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.users[id]
}

func (p *Provider) GetUserByUsername(name string) *storage.User { return p.GetUserByID(name) }

func (p *Provider) ExampleClientID() string { return "service" }

// SetUserinfoFromToken adds the groups to what the provider tells of a person.
func (p *Provider) SetUserinfoFromToken(
	ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string,
) error {
	err := p.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin)
	p.mu.Lock()
	defer p.mu.Unlock()
	info.AppendClaims("groups", p.groups[subject])
	return err
}
