package views

import "net/url"

// People, groups, service accounts, and who has access to which vault.

// Users lists people.
func (p Paths) Users(f ListFilter) string { return p.Base + "/admin/users" + f.query() }

// UsersAfter is the list after a change: done says which, of whom and of how many.
func (p Paths) UsersAfter(done, who string) string {
	return p.Users(ListFilter{}) + query("done", done, "who", who)
}

// Invite is the form to invite somebody. Its POST goes to Users.
func (p Paths) Invite() string { return p.Base + "/admin/users/invite" }

// Person is a person's page, and accepts a POST of their name and role.
func (p Paths) Person(id string) string { return p.Base + "/admin/users/" + url.PathEscape(id) }

// PersonAfter is the same page after a change: done says which.
func (p Paths) PersonAfter(id, done string) string { return p.Person(id) + query("done", done) }

// PersonAct accepts a POST of what to do with a person: "suspend", "reinstate", "remove", "reset",
// "invite" or "withdraw".
func (p Paths) PersonAct(id, act string) string { return p.Person(id) + "/" + act }

// Vaults lists vaults and who has access to them.
func (p Paths) Vaults(f ListFilter) string { return p.Base + "/admin/vaults" + f.query() }

// VaultAccess is the page of a vault's name and of who may do what there, and accepts a POST of rights.
func (p Paths) VaultAccess(vaultID string, f ListFilter) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/access" + f.query()
}

// VaultAccessOf is the same with the form for the rights of one person or group.
func (p Paths) VaultAccessOf(vaultID, who string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + query("who", who) + "#grant"
}

// VaultAccessDone is the same after a change: done says which.
func (p Paths) VaultAccessDone(vaultID, done string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + query("done", done)
}

// VaultAct accepts a POST of what to do with a vault: "name", "archive" or "restore".
func (p Paths) VaultAct(vaultID, act string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + "/" + act
}

// Groups lists groups, and accepts a POST of a new one.
func (p Paths) Groups(f ListFilter) string { return p.Base + "/admin/groups" + f.query() }

// GroupsDone is the same after a change: done says which.
func (p Paths) GroupsDone(done string) string { return p.Groups(ListFilter{}) + query("done", done) }

// Group is one group's page, and accepts a POST of its name.
func (p Paths) Group(id string, f ListFilter) string {
	return p.Groups(ListFilter{}) + "/" + url.PathEscape(id) + f.query()
}

// GroupDone is the same after a change: done says which.
func (p Paths) GroupDone(id, done string) string {
	return p.Group(id, ListFilter{}) + query("done", done)
}

// GroupMembers accepts a POST of somebody to add.
func (p Paths) GroupMembers(id string) string { return p.Group(id, ListFilter{}) + "/members" }

// RemoveMember accepts a POST.
func (p Paths) RemoveMember(id, userID string) string {
	return p.GroupMembers(id) + "/" + url.PathEscape(userID) + "/remove"
}

// DeleteGroup accepts a POST.
func (p Paths) DeleteGroup(id string) string { return p.Group(id, ListFilter{}) + "/delete" }

// ServiceAccountsFound lists the service accounts that a search found.
func (p Paths) ServiceAccountsFound(f ListFilter) string { return p.ServiceAccounts() + f.query() }

// ServiceAccounts lists service accounts, with the form to create one.
func (p Paths) ServiceAccounts() string { return p.Base + "/admin/service-accounts" }

// ServiceAccountRevoked lists service accounts after one of them was revoked.
func (p Paths) ServiceAccountRevoked(id string) string {
	return p.ServiceAccounts() + query("revoked", id)
}

// RevokeServiceAccount accepts a POST.
func (p Paths) RevokeServiceAccount(id string) string {
	return p.ServiceAccounts() + "/" + url.PathEscape(id) + "/revoke"
}
