package cli

import (
	"strings"
	"testing"
)

func TestOIDCConfiguration(t *testing.T) {
	right := oidcFlags{
		signInFlags:  signInFlags{OIDCIssuer: "https://id.example.com/realms/team", Passwords: "on"},
		OIDCClientID: "itemshare",
	}
	for _, c := range []struct {
		why, says string
		change    func(*oidcFlags)
	}{
		{"right", "", func(*oidcFlags) {}},
		{"none", "", func(f *oidcFlags) { *f = oidcFlags{signInFlags: signInFlags{Passwords: "on"}} }},
		{"without passwords", "", func(f *oidcFlags) { f.Passwords = "off" }},
		{"on this machine", "", func(f *oidcFlags) { f.OIDCIssuer = "http://localhost:9998/" }},
		{"an organization's domain", "", func(f *oidcFlags) { f.OIDCDomains = []string{"@Corp.example"} }},
		{"no other way", "ITEMSHARE_OIDC_ISSUER", func(f *oidcFlags) {
			*f = oidcFlags{signInFlags: signInFlags{Passwords: "off"}}
		}},
		{"another word", "on or off", func(f *oidcFlags) { f.Passwords = "no" }},
		{"plain http", "https", func(f *oidcFlags) { f.OIDCIssuer = "http://id.example.com" }},
		{"no address", "https", func(f *oidcFlags) { f.OIDCIssuer = "id.example.com" }},
		{"no client", "_CLIENT_ID", func(f *oidcFlags) { f.OIDCClientID = "" }},
		{"a client alone", "_ISSUER", func(f *oidcFlags) { f.OIDCIssuer = "" }},
		{"admins without a claim", "_GROUPS_CLAIM", func(f *oidcFlags) { f.OIDCAdminGroup = "it" }},
		{"free mail", "one organization", func(f *oidcFlags) { f.OIDCDomains = []string{"gmail.com"} }},
		{"a suffix", "one organization", func(f *oidcFlags) { f.OIDCDomains = []string{"co.uk"} }},
	} {
		flags := right
		c.change(&flags)
		err := flags.check()
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
