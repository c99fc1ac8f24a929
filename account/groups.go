package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Group is a set of people who get rights in vaults together. Its name is unique, ignoring case.
type Group struct {
	ID        string
	Name      string
	CreatedAt time.Time
	Members   int // how many
	Vaults    int // how many it gives rights in
}

// Groups stores groups. Each change is one transaction that also stores the audit entry. A group or
// user that does not exist is fault.NotFound, a name in use fault.Conflict.
type Groups interface {
	AddGroup(ctx context.Context, group Group, entry audit.Entry) error
	RenameGroup(ctx context.Context, id, name string, entry audit.Entry) error
	// DeleteGroup deletes a group with its memberships and grants.
	DeleteGroup(ctx context.Context, id string, entry audit.Entry) error
	// SetMember adds a person to a group or removes them. If nothing changes, no entry is stored.
	SetMember(ctx context.Context, groupID, userID string, member bool, entry audit.Entry) error
	GroupByID(ctx context.Context, id string) (Group, error)
	GroupByName(ctx context.Context, name string) (Group, error)
	// GroupsAfter returns at most limit groups by name, from the one after an ID on, "" for the first.
	GroupsAfter(ctx context.Context, after string, limit int) ([]Group, error)
	// GroupsOf returns the groups of each of some users, by name.
	GroupsOf(ctx context.Context, userIDs []string) (map[string][]Group, error)
	// MembersAfter returns at most limit members of a group by name, from the one after an ID on.
	MembersAfter(ctx context.Context, groupID, after string, limit int) ([]User, error)
	// GroupGrants returns what a group gives its members, by vault.
	GroupGrants(ctx context.Context, groupID string) ([]Grant, error)
	// LosersOf returns how many people could view no item of some vault any more without the group,
	// of the vaults that it gives rights in.
	LosersOf(ctx context.Context, groupID string) (int, error)
}

// AddGroup adds a group without members and rights.
func (s *Service) AddGroup(ctx context.Context, by, name string) (Group, error) {
	group := Group{Name: strings.TrimSpace(name), CreatedAt: s.c.Clock().UTC().Truncate(time.Second)}
	if !isName(group.Name) {
		return Group{}, fault.Fields([]fault.Problem{nameProblem()})
	}
	var err error
	if group.ID, err = seal.NewID(group.CreatedAt, s.c.Random); err != nil {
		return Group{}, err
	}
	entry, err := s.entry(audit.GroupAdded, by, group.ID, "name", group.Name)
	if err != nil {
		return Group{}, err
	}
	return group, s.c.Users.AddGroup(ctx, group, entry)
}

// RenameGroup changes the name of a group.
func (s *Service) RenameGroup(ctx context.Context, by, id, name string) error {
	group, err := s.c.Users.GroupByID(ctx, id)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if !isName(name) {
		return fault.Fields([]fault.Problem{nameProblem()})
	}
	if name == group.Name {
		return nil
	}
	entry, err := s.entry(audit.GroupRenamed, by, id, "name", name, "before", group.Name)
	if err != nil {
		return err
	}
	return s.c.Users.RenameGroup(ctx, id, name, entry)
}

// DeleteGroup deletes a group: its members lose the rights that only it gave them, at once.
func (s *Service) DeleteGroup(ctx context.Context, by, id string) error {
	group, err := s.c.Users.GroupByID(ctx, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.GroupDeleted, by, id,
		"name", group.Name, "members", fmt.Sprint(group.Members))
	if err != nil {
		return err
	}
	return s.c.Users.DeleteGroup(ctx, id, entry)
}

// SetMember adds a person to a group or removes them. Their rights change at the next request.
func (s *Service) SetMember(
	ctx context.Context, by, groupID, userID string, member bool,
) error {
	kind := audit.MemberAdded
	if !member {
		kind = audit.MemberRemoved
	}
	entry, err := s.entry(kind, by, groupID, "user", userID)
	if err != nil {
		return err
	}
	return s.c.Users.SetMember(ctx, groupID, userID, member, entry)
}

// Group returns a group by its ID.
func (s *Service) Group(ctx context.Context, id string) (Group, error) {
	return s.c.Users.GroupByID(ctx, id)
}

// FindGroup returns the group with an ID or, ignoring case, a name.
func (s *Service) FindGroup(ctx context.Context, nameOrID string) (Group, error) {
	group, err := s.c.Users.GroupByID(ctx, nameOrID)
	if fault.KindOf(err) == fault.NotFound {
		return s.c.Users.GroupByName(ctx, strings.TrimSpace(nameOrID))
	}
	return group, err
}

// FindGroups returns a page of groups by name.
func (s *Service) FindGroups(ctx context.Context, find Find) (Listed[Group], error) {
	found, err := walk(find.After, find.Limit,
		func(g Group) string { return g.ID },
		func(g Group) bool { return find.matches(g.Name) },
		func(after string, limit int) ([]Group, error) {
			return s.c.Users.GroupsAfter(ctx, after, limit)
		})
	return listed(found), err
}

// FindMembers returns a page of a group's members by name.
func (s *Service) FindMembers(ctx context.Context, groupID string, find Find) (Listed[User], error) {
	found, err := walk(find.After, find.Limit,
		func(u User) string { return u.ID },
		func(u User) bool { return find.matches(u.Name, u.Email) },
		func(after string, limit int) ([]User, error) {
			return s.c.Users.MembersAfter(ctx, groupID, after, limit)
		})
	return listed(found), err
}

// GroupsOf returns the groups of each of some users, by name.
func (s *Service) GroupsOf(ctx context.Context, userIDs []string) (map[string][]Group, error) {
	return s.c.Users.GroupsOf(ctx, userIDs)
}

// GroupGrants returns what a group gives its members, by vault.
func (s *Service) GroupGrants(ctx context.Context, groupID string) ([]Grant, error) {
	return s.c.Users.GroupGrants(ctx, groupID)
}

// LosersOf returns how many people would lose a vault altogether if a group were deleted.
func (s *Service) LosersOf(ctx context.Context, groupID string) (int, error) {
	return s.c.Users.LosersOf(ctx, groupID)
}

// RightsOf returns the own grants of some users and those of their groups.
func (s *Service) RightsOf(ctx context.Context, userIDs []string) ([]Grant, error) {
	return s.c.Users.RightsOf(ctx, userIDs)
}
