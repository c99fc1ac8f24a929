package cli

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"itemshare/account"
	"itemshare/account/oidc"
	"itemshare/address"
	"itemshare/handlers"
)

// signInFlags are the ways to sign in, as emails with codes name them.
type signInFlags struct {
	OIDCIssuer string `help:"${serve_oidc_issuer}" placeholder:"URL" name:"oidc-issuer"`
	Passwords  string `help:"${serve_passwords}" default:"on"`
}

func (c *signInFlags) checkPasswords() error {
	if c.Passwords != "on" && c.Passwords != "off" {
		return errors.New("ITEMSHARE_PASSWORDS must be on or off")
	}
	return nil
}

// limit returns accounts that people sign in to in these ways.
func (c *signInFlags) limit(accounts *account.Service) *account.Service {
	accounts = accounts.WithProvider(c.OIDCIssuer)
	if c.Passwords == "off" {
		accounts = accounts.WithoutPasswords()
	}
	return accounts
}

// oidcFlags configure signing in with an OpenID Connect provider.
type oidcFlags struct {
	signInFlags
	OIDCClientID     string   `help:"Client ID at the provider." placeholder:"ID" name:"oidc-client-id"`
	OIDCClientSecret string   `help:"Client secret at the provider." placeholder:"SECRET" name:"oidc-client-secret"`
	OIDCName         string   `help:"${serve_oidc_name}" placeholder:"NAME" name:"oidc-name"`
	OIDCGroupsClaim  string   `help:"${serve_oidc_groups_claim}" placeholder:"CLAIM" name:"oidc-groups-claim"`
	OIDCAdminGroup   string   `help:"${serve_oidc_admin_group}" placeholder:"GROUP" name:"oidc-admin-group"`
	OIDCDomains      []string `help:"${serve_oidc_domains}" placeholder:"DOMAIN" name:"oidc-domains"`
}

// check rejects a wrong configuration. The provider is not asked: the server starts without it.
func (c *oidcFlags) check() error {
	if err := c.checkPasswords(); err != nil {
		return err
	}
	if c.OIDCIssuer == "" {
		return c.checkUnused()
	}
	u, err := url.Parse(c.OIDCIssuer)
	local := err == nil && u.Scheme == "http" && isLocal(u.Hostname())
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && !local {
		return errors.New(
			"ITEMSHARE_OIDC_ISSUER must be the provider's https address, exactly as it spells it",
		)
	}
	if c.OIDCClientID == "" {
		return errors.New("ITEMSHARE_OIDC_CLIENT_ID is needed with ITEMSHARE_OIDC_ISSUER")
	}
	if c.OIDCAdminGroup != "" && c.OIDCGroupsClaim == "" {
		return errors.New("ITEMSHARE_OIDC_ADMIN_GROUP needs ITEMSHARE_OIDC_GROUPS_CLAIM")
	}
	for i, text := range c.OIDCDomains {
		domain, err := address.Domain(strings.TrimPrefix(strings.TrimSpace(text), "@"))
		if err == nil {
			err = address.CheckOrganization(domain)
		}
		if err != nil {
			return fmt.Errorf(
				"ITEMSHARE_OIDC_DOMAINS must be domains of one organization, unlike %q", text,
			)
		}
		c.OIDCDomains[i] = domain
	}
	return nil
}

func isLocal(host string) bool { return host == localhost || host == "127.0.0.1" }

// checkUnused rejects settings that mean nothing without a provider.
func (c *oidcFlags) checkUnused() error {
	if c.Passwords == "off" {
		return errors.New("ITEMSHARE_PASSWORDS=off needs another way to sign in: set " +
			"ITEMSHARE_OIDC_ISSUER, or nobody can")
	}
	for _, text := range []string{c.OIDCClientID, c.OIDCClientSecret, c.OIDCGroupsClaim, c.OIDCAdminGroup} {
		if text != "" {
			return errors.New("the ITEMSHARE_OIDC_ variables need ITEMSHARE_OIDC_ISSUER")
		}
	}
	return nil
}

// provider returns the provider that people sign in with, nil for none.
func (c *oidcFlags) provider(p *program, base *url.URL) handlers.Provider {
	if c.OIDCIssuer == "" {
		return nil
	}
	return c.open(p, base)
}

func (c *oidcFlags) open(p *program, base *url.URL) *oidc.Provider {
	return oidc.New(oidc.Config{
		Issuer: c.OIDCIssuer, ClientID: c.OIDCClientID, ClientSecret: c.OIDCClientSecret,
		Name: c.OIDCName, GroupsClaim: c.OIDCGroupsClaim, AdminGroup: c.OIDCAdminGroup,
		Domains: c.OIDCDomains, Callback: base.String() + "/signin/oidc/callback",
		Clock: p.clock, Random: p.random, Log: p.log,
	})
}
