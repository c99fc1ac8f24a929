package cli

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"itemshare/client"
)

// TestPeopleOfTheGoClient invites, changes and removes people, with groups and access to a vault.
func TestPeopleOfTheGoClient(t *testing.T) {
	s := newServer(t)
	c, err := client.New(client.Config{
		URL: s.url, Token: s.addServiceAccount("--name", "Onboarding", "--manage-people"),
	})
	must(t, err)
	ctx, users, groups, vaults := t.Context(), c.Users(), c.Groups(), c.Vaults()
	all, err := client.All(vaults.ListAll(ctx))
	must(t, err)
	team := all[slices.IndexFunc(all, func(v client.VaultOverview) bool { return v.Title == "Team" })]
	group, err := groups.Create(ctx, "Developers")
	must(t, err)
	if _, err := groups.Create(ctx, "developers"); !errors.Is(err, client.CodeConflict) {
		t.Errorf("the same name: %v", err)
	}
	group, err = groups.Rename(ctx, group.ID, "Engineers")
	if err != nil || group.Name != "Engineers" {
		t.Errorf("renamed %+v, %v", group, err)
	}
	must(t, vaults.SetGroupAccess(ctx, team.ID, group.ID, client.RightReveal, client.RightShare))
	invited, err := users.Invite(ctx, client.UserInviteParams{
		Email: "zoe@company.example", Name: "Zoe", Groups: []string{group.ID},
	})
	must(t, err)
	zoe := invited.User
	if zoe.Status != client.UserStatusInvited || zoe.InvitedUntil == nil ||
		zoe.SecondFactor || zoe.Undelivered != nil || invited.ExpiresAt.IsZero() {
		t.Errorf("invited %+v", zoe)
	}
	if _, err := users.InviteAgain(ctx, zoe.ID); err != nil {
		t.Error(err)
	}
	must(t, vaults.SetUserAccess(ctx, team.ID, zoe.ID, client.RightEdit))
	access, err := client.All(vaults.Access(ctx, team.ID, client.ListOptions{Query: "zoe"}))
	want := []client.Right{client.RightView, client.RightReveal, client.RightShare, client.RightEdit}
	if err != nil || len(access) != 1 || !slices.Equal(access[0].Rights, want) || len(access[0].Sources) != 2 {
		t.Errorf("access %+v, %v", access, err)
	}
	for want, list := range map[int]iter.Seq2[client.RightsInVault, error]{
		2: users.Access(ctx, zoe.ID), 1: groups.Access(ctx, group.ID),
	} {
		rights, err := client.All(list)
		if err != nil || len(rights) != 1 || rights[0].VaultID != team.ID || len(rights[0].Sources) != want {
			t.Errorf("rights %+v, %v", rights, err)
		}
	}
	must(t, vaults.RemoveUserAccess(ctx, team.ID, zoe.ID))
	must(t, groups.RemoveMember(ctx, group.ID, zoe.ID))
	must(t, groups.AddMember(ctx, group.ID, zoe.ID))
	members, err := client.All(groups.Members(ctx, group.ID, client.ListOptions{}))
	if err != nil || len(members) != 1 || members[0].ID != zoe.ID {
		t.Errorf("members %+v, %v", members, err)
	}
	must(t, vaults.RemoveGroupAccess(ctx, team.ID, group.ID))
	must(t, groups.Delete(ctx, group.ID))
	if _, err := groups.Get(ctx, group.ID); !errors.Is(err, client.CodeNotFound) {
		t.Errorf("a deleted group: %v", err)
	}
	must(t, users.Remove(ctx, zoe.ID, client.UserRemoveParams{}))
	if _, err := users.Find(ctx, "zoe@company.example"); !errors.Is(err, client.CodeNotFound) {
		t.Errorf("a withdrawn invitation: %v", err)
	}
	offboard(t, users)
	keepVaults(t, vaults)
}

// keepVaults creates, renames, archives and restores a vault.
func keepVaults(t *testing.T, vaults client.Vaults) {
	t.Helper()
	ctx := t.Context()
	made, err := vaults.Create(ctx, "Contractors")
	must(t, err)
	if _, err := vaults.Create(ctx, "contractors"); !errors.Is(err, client.CodeConflict) {
		t.Errorf("the same title: %v", err)
	}
	if v, err := vaults.Rename(ctx, made.ID, "Partners"); err != nil || v.Title != "Partners" {
		t.Errorf("renamed %+v, %v", v, err)
	}
	for _, archived := range []bool{true, false} {
		change := vaults.Restore
		if archived {
			change = vaults.Archive
		}
		_, err := change(ctx, made.ID)
		must(t, err)
		want := client.VaultOverview{ID: made.ID, Title: "Partners", Archived: archived}
		if v, err := vaults.Get(ctx, made.ID); err != nil || v != want {
			t.Errorf("a vault %+v, %v, want %+v", v, err, want)
		}
	}
}

// offboard suspends and removes the demo's member, whose links the admin gets.
func offboard(t *testing.T, users client.Users) {
	t.Helper()
	ctx := t.Context()
	max, err := users.Find(ctx, "Member@example.com")
	must(t, err)
	admin, err := users.Find(ctx, "admin@example.com")
	must(t, err)
	reset, err := users.ResetPassword(ctx, max.ID)
	if err != nil || reset.User.ID != max.ID || reset.ExpiresAt.IsZero() {
		t.Errorf("a password reset %+v, %v", reset, err)
	}
	max, err = users.Update(ctx, max.ID, client.UserUpdateParams{Status: client.UserStatusSuspended})
	if err != nil || max.Status != client.UserStatusSuspended {
		t.Errorf("suspended %+v, %v", max, err)
	}
	_, err = users.Update(ctx, admin.ID, client.UserUpdateParams{Role: client.UserRoleMember})
	if !errors.Is(err, client.CodeConflict) {
		t.Errorf("the last admin: %v", err)
	}
	must(t, users.Remove(ctx, max.ID, client.UserRemoveParams{
		Links: client.LinksChoiceHandOver, To: admin.ID,
	}))
	if _, err := users.Get(ctx, max.ID); !errors.Is(err, client.CodeNotFound) {
		t.Errorf("somebody removed: %v", err)
	}
}
