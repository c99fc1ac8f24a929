package account_test

import (
	"testing"

	"itemshare/account"
	"itemshare/fault"
)

func TestAccess(t *testing.T) {
	grants := map[string]account.Grant{
		"view": {View: true}, "share": {View: true, Share: true}, "edit": {View: true, Edit: true},
		"veiled": {View: true, Share: true, Edit: true, NoReveal: true},
		"manage": {View: true, Manage: true, NoReveal: true},
		"gone":   {View: true, Share: true, Edit: true, Archived: true},
		"kept":   {View: true, Share: true, Edit: true, Manage: true, Archived: true},
	}
	person := account.Identity{
		User:   account.User{ID: "p", Email: "p@company.example"},
		Grants: grants,
	}
	admin := account.Identity{
		User: account.User{ID: "a", Email: "a@company.example", Role: account.Admin},
	}
	service := account.Identity{User: account.User{ID: "s", Email: "s"}, Grants: grants}
	const ok = fault.Internal // the kind of no error
	for _, c := range []struct {
		why    string
		access account.Access
		who    account.Identity
		vault  string
		want   fault.Kind
	}{
		{"no rule", account.Nobody, admin, "", fault.Forbidden},
		{"no rule, for a service account", account.Nobody, service, "", fault.Unauthenticated},
		{"a person", account.SignedIn, person, "", ok},
		{"a service account instead of a person", account.SignedIn, service, "", fault.Unauthenticated},
		{"viewing", account.VaultViewer, person, "view", ok},
		{"viewing what is not granted", account.VaultViewer, person, "other", fault.NotFound},
		{"sharing", account.VaultSharer, person, "share", ok},
		{"sharing where viewing is granted", account.VaultSharer, person, "view", fault.Forbidden},
		{"sharing what is not granted", account.VaultSharer, person, "other", fault.NotFound},
		{"revealing", account.VaultRevealer, person, "view", ok},
		{"revealing what is withheld", account.VaultRevealer, person, "veiled", fault.Forbidden},
		{"viewing what is withheld", account.VaultViewer, person, "veiled", ok},
		{"sharing what is withheld", account.VaultSharer, person, "veiled", ok},
		{"editing", account.VaultEditor, person, "edit", ok},
		{"editing where sharing is granted", account.VaultEditor, person, "share", fault.Forbidden},
		{"sharing where editing is granted", account.VaultSharer, person, "edit", fault.Forbidden},
		{"editing what is withheld", account.VaultEditor, person, "veiled", fault.Forbidden},
		{"editing what is not granted", account.VaultEditor, person, "other", fault.NotFound},
		{"managing a vault", account.VaultManager, person, "manage", ok},
		{"managing a vault without the right", account.VaultManager, person, "edit", fault.Forbidden},
		{"managing what is not granted", account.VaultManager, person, "other", fault.NotFound},
		{"an admin managing any vault", account.VaultManager, admin, "other", ok},
		{"a service account managing a vault", account.VaultManager, service, "manage", fault.Unauthenticated},
		{"viewing what is archived", account.VaultViewer, person, "gone", fault.NotFound},
		{"editing what is archived", account.VaultEditor, person, "kept", fault.NotFound},
		{"managing what is archived", account.VaultManager, person, "kept", ok},
		{"managing what is archived without the right", account.VaultManager, person, "gone", fault.NotFound},
		{"a service account editing", account.ServiceAccountEditor, service, "edit", ok},
		{
			"a service account editing where sharing is granted",
			account.ServiceAccountEditor, service, "share", fault.Forbidden,
		},
		{"an admin without a grant", account.VaultViewer, admin, "view", fault.NotFound},
		{"managing", account.Administrator, admin, "", ok},
		{"managing as a member", account.Administrator, person, "", fault.Forbidden},
		{"a service account", account.AnyServiceAccount, service, "", ok},
		{"a person instead of a service account", account.AnyServiceAccount, person, "", fault.Unauthenticated},
		{"a service account viewing", account.ServiceAccountViewer, service, "view", ok},
		{
			"a service account viewing what is not granted",
			account.ServiceAccountViewer,
			service,
			"other",
			fault.NotFound,
		},
		{"a service account sharing", account.ServiceAccountSharer, service, "share", ok},
		{
			"a service account sharing where viewing is granted",
			account.ServiceAccountSharer,
			service,
			"view",
			fault.Forbidden,
		},
		{
			"a service account sharing what is not granted",
			account.ServiceAccountSharer,
			service,
			"other",
			fault.NotFound,
		},
	} {
		err := c.access.Check(c.who, c.vault)
		if fault.KindOf(err) != c.want || (err == nil) != (c.want == ok) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
