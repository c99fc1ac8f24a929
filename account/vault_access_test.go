package account_test

import (
	"strings"
	"testing"

	"itemshare/account"
	"itemshare/fault"
)

// TestChangesThatLockOut asserts that a change of rights which takes away more than it seems to needs a
// confirmation, and says why.
func TestChangesThatLockOut(t *testing.T) {
	s := newTestService(t)
	ctx := t.Context()
	ann, ben := s.addPerson(t, "ann", account.Member), s.addPerson(t, "ben", account.Member)
	boss := s.addPerson(t, "boss", account.Admin)
	ops, err := s.AddGroup(ctx, "", "Ops")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	must(s.SetMember(ctx, "", ops.ID, ann.ID, true))
	must(s.SetGrant(ctx, "", account.Grant{GroupID: ops.ID, VaultID: "v", Manage: true}))
	me := account.Identity{User: ann, Grants: map[string]account.Grant{"v": {View: true, Manage: true}}}
	admin := account.Identity{User: boss}
	change := func(why string, me account.Identity, g account.Grant, want string) {
		t.Helper()
		g.VaultID = "v"
		err := s.ChangeAccess(ctx, me, account.AccessChange{Grant: g})
		words := ""
		for _, p := range fault.ProblemsOf(err) {
			words += p.Detail
		}
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", why, err)
		case want != "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(words, want)):
			t.Errorf("%s: %v %q, want %q", why, err, words, want)
		}
	}
	change("the group that one manages by", me, account.Grant{GroupID: ops.ID, View: true}, "You won't be able")
	change("by an admin", admin, account.Grant{GroupID: ops.ID, View: true}, "Only admins")
	change("the only access", admin, account.Grant{GroupID: ops.ID}, "No one will be able to view")
	change("somebody new", me, account.Grant{UserID: ben.ID, Manage: true}, "")
	change("the group, with another who manages", admin, account.Grant{GroupID: ops.ID, View: true}, "")
	must(s.SetGrant(ctx, "", account.Grant{UserID: ann.ID, VaultID: "v", Manage: true}))
	change("oneself", me, account.Grant{UserID: ann.ID, View: true}, "You won't be able")
	err = s.ChangeAccess(ctx, me, account.AccessChange{
		Grant: account.Grant{UserID: ann.ID, VaultID: "v", View: true}, Confirmed: true,
	})
	must(err)
	grants, err := s.GrantsOf(ctx, []string{ann.ID})
	if err != nil || len(grants) != 1 || grants[0].Manage {
		t.Errorf("confirmed: %+v, %v", grants, err)
	}
}
