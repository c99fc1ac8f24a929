package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// GroupName is a group by its name.
type GroupName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Group is a set of people who get rights in vaults together.
type Group struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	MemberCount int    `json:"memberCount"`
	VaultCount  int    `json:"vaultCount"` // in how many it gives rights
}

// Groups are the calls about groups, for a service account that may manage people.
type Groups struct{ calls caller }

// List returns groups by name.
func (g Groups) List(ctx context.Context, options ListOptions) iter.Seq2[Group, error] {
	return pages[Group](ctx, g.calls, "list groups", "/groups", options.query())
}

// Get returns the group with an ID.
func (g Groups) Get(ctx context.Context, id string) (Group, error) {
	var group Group
	err := g.calls.do(ctx, get(groupPath(id), &group))
	return group, during("get a group", err)
}

// Create creates a group without members and rights. A name in use is [CodeConflict]. After a lost
// answer the request is not sent again.
func (g Groups) Create(ctx context.Context, name string) (Group, error) {
	var group Group
	err := g.calls.do(ctx, call{
		method: http.MethodPost, path: api + "/groups", body: map[string]string{"name": name},
		patient: true, into: &group,
	})
	return group, during("create a group", err)
}

// Rename changes the name of a group.
func (g Groups) Rename(ctx context.Context, id, name string) (Group, error) {
	var group Group
	err := g.calls.do(ctx, call{
		method: http.MethodPatch, path: api + groupPath(id), body: map[string]string{"name": name},
		idempotent: true, patient: true, into: &group,
	})
	return group, during("rename a group", err)
}

// Delete deletes a group: its members lose the rights that only it gave them. After a lost answer the
// request is not sent again.
func (g Groups) Delete(ctx context.Context, id string) error {
	return during("delete a group", g.calls.do(ctx, call{
		method: http.MethodDelete, path: api + groupPath(id), patient: true,
	}))
}

// Members returns a group's members by name.
func (g Groups) Members(
	ctx context.Context, id string, options ListOptions,
) iter.Seq2[User, error] {
	return pages[User](ctx, g.calls, "list members", groupPath(id)+"/members", options.query())
}

// Access returns what a group gives its members in which vault.
func (g Groups) Access(ctx context.Context, id string) iter.Seq2[RightsInVault, error] {
	return pages[RightsInVault](ctx, g.calls, "list access", groupPath(id)+"/access", url.Values{})
}

// AddMember adds a person to a group. It does nothing to a member.
func (g Groups) AddMember(ctx context.Context, id, userID string) error {
	return during("add a member", g.calls.do(ctx, repeatable(
		http.MethodPut, memberPath(id, userID), nil,
	)))
}

// RemoveMember takes a person out of a group. It does nothing to one who is no member.
func (g Groups) RemoveMember(ctx context.Context, id, userID string) error {
	return during("remove a member", g.calls.do(ctx, repeatable(
		http.MethodDelete, memberPath(id, userID), nil,
	)))
}

// repeatable returns a call that does nothing when it is sent again.
func repeatable(method, path string, body any) call {
	return call{method: method, path: api + path, body: body, idempotent: true, patient: true}
}

func groupPath(id string) string { return "/groups/" + segment(id) }

func memberPath(id, userID string) string { return groupPath(id) + "/members/" + segment(userID) }
