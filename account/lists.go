package account

import (
	"context"
	"slices"
	"strings"
)

// walkBatch is the number of rows that a search reads at once.
const walkBatch = 200

// Find selects a page of a list. Text is a part of a name or an email address, in upper or lower
// case; "" selects all. After is the Next of the page before.
type Find struct {
	Text  string
	After string
	Limit int
}

// matches reports whether one of the names has the text.
func (f Find) matches(names ...string) bool {
	text := strings.ToLower(strings.TrimSpace(f.Text))
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.Contains(strings.ToLower(name), text)
	})
}

// Listed is a page of a list. Next is "" on the last page.
type Listed[T any] struct {
	Rows []T
	Next string
}

// Grantee is a group, a person or a service account with rights in a vault. The grant is the union of its
// sources; its GroupID is set for a group alone. Email is "" unless it is a person. A vault that nobody
// has access to is one row without a user or group.
type Grantee struct {
	Grant
	Name    string
	Email   string
	Sources []Grant // the own grant first, then those of groups
}

// Add adds a source of rights.
func (g *Grantee) Add(source Grant) {
	user, group, vaultID := g.UserID, g.GroupID, g.VaultID
	g.Grant = g.Union(source)
	g.UserID, g.GroupID, g.VaultID = user, group, vaultID
	g.Sources = append(g.Sources, source)
}

// ByVault joins the grants of one person or group to what they can do in each vault. Grants of one vault
// stand together.
func ByVault(grants []Grant) (all []Grantee) {
	for _, g := range grants {
		if n := len(all); n == 0 || all[n-1].VaultID != g.VaultID {
			all = append(all, Grantee{Grant: Grant{VaultID: g.VaultID}})
		}
		all[len(all)-1].Add(g)
	}
	return all
}

// Own returns what a person or service account may do by their own grant, and a group by its grant.
func (g Grantee) Own() Grant {
	for _, source := range g.Sources {
		if source.GroupID == g.GroupID {
			return source
		}
	}
	return Grant{UserID: g.UserID, GroupID: g.GroupID, VaultID: g.VaultID}
}

// walked is a part of a list: last is the ID of its last row, else where it began.
type walked[T any] struct {
	rows []T
	last string
	more bool
}

// walk returns at most limit rows that match, from the one after an ID on.
func walk[T any](
	after string, limit int,
	id func(T) string, match func(T) bool,
	batch func(after string, limit int) ([]T, error),
) (walked[T], error) {
	found := walked[T]{last: after}
	for {
		list, err := batch(after, walkBatch)
		if err != nil {
			return found, err
		}
		for _, row := range list {
			if !match(row) {
				continue
			}
			if len(found.rows) == limit {
				found.more = true
				return found, nil
			}
			found.rows, found.last = append(found.rows, row), id(row)
		}
		if len(list) < walkBatch {
			return found, nil
		}
		after = id(list[len(list)-1])
	}
}

// listed returns what was walked as a page.
func listed[T any](found walked[T]) Listed[T] {
	page := Listed[T]{Rows: found.rows}
	if found.more {
		page.Next = found.last
	}
	return page
}

// FindUsers returns a page of users by name.
func (s *Service) FindUsers(ctx context.Context, find Find) (Listed[User], error) {
	found, err := walk(find.After, find.Limit,
		func(u User) string { return u.ID },
		func(u User) bool { return find.matches(u.Name, u.Email) },
		func(after string, limit int) ([]User, error) {
			return s.c.Users.UsersAfter(ctx, after, limit)
		})
	return listed(found), err
}

// GrantsOf returns the grants of some users and service accounts.
func (s *Service) GrantsOf(ctx context.Context, userIDs []string) ([]Grant, error) {
	return s.c.Users.GrantsOf(ctx, userIDs)
}

// FindGrantees returns a page of those who have access to vaults, in the order of the vaults and
// then by name. The text also finds vaults that are named so.
func (s *Service) FindGrantees(
	ctx context.Context, vaults []Named, find Find,
) (page Listed[Grantee], err error) {
	from, after, _ := strings.Cut(find.After, "/")
	if from != "" {
		vaults = vaults[max(0, slices.IndexFunc(vaults, func(v Named) bool { return v.ID == from })):]
	}
	for _, v := range vaults {
		if v.ID != from {
			after = ""
		}
		found, err := s.granteesOf(ctx, v, after, find, find.Limit-len(page.Rows))
		if err != nil {
			return page, err
		}
		nobody := after == "" && len(found.rows) == 0 && !found.more && find.matches(v.Name)
		if found.more || nobody && len(page.Rows) == find.Limit {
			page.Rows = append(page.Rows, found.rows...)
			page.Next = v.ID + "/" + found.last
			return page, nil
		}
		if nobody {
			found.rows = []Grantee{{Grant: Grant{VaultID: v.ID}}}
		}
		page.Rows = append(page.Rows, found.rows...)
	}
	return page, nil
}

// Named is a vault as people know it.
type Named struct{ ID, Name string }

func (s *Service) granteesOf(
	ctx context.Context, v Named, after string, find Find, limit int,
) (walked[Grantee], error) {
	now := s.c.Clock()
	return walk(after, limit,
		func(g Grantee) string { return g.GroupID + g.UserID },
		func(g Grantee) bool { return find.matches(v.Name, g.Name, g.Email) },
		func(after string, limit int) ([]Grantee, error) {
			return s.c.Users.GranteesAfter(ctx, v.ID, after, limit, now)
		})
}

// FindServiceAccounts returns a page of service accounts: those whose token is valid by name, then
// the others by name.
func (s *Service) FindServiceAccounts(
	ctx context.Context, find Find,
) (page Listed[ServiceAccount], err error) {
	const live, ended = "live", "ended"
	state, after, _ := strings.Cut(find.After, ":")
	for _, part := range []string{live, ended} {
		if state == ended && part == live {
			continue
		}
		if part != state {
			after = ""
		}
		found, err := s.accountsThat(ctx, part == live, after, find, find.Limit-len(page.Rows))
		if err != nil {
			return page, err
		}
		page.Rows = append(page.Rows, found.rows...)
		if found.more {
			page.Next = part + ":" + found.last
			break
		}
	}
	return page, s.fillGrants(ctx, page.Rows)
}

// accountsThat returns service accounts whose tokens are valid, or those whose are not, without
// their grants.
func (s *Service) accountsThat(
	ctx context.Context, live bool, after string, find Find, limit int,
) (walked[ServiceAccount], error) {
	now := s.c.Clock()
	return walk(after, limit,
		func(a ServiceAccount) string { return a.ID },
		func(a ServiceAccount) bool {
			return (a.State(now) == TokenLive) == live && find.matches(a.Name)
		},
		func(after string, limit int) ([]ServiceAccount, error) {
			return s.c.Programs.ServiceAccountsAfter(ctx, after, limit)
		})
}

func (s *Service) fillGrants(ctx context.Context, accounts []ServiceAccount) error {
	ids := make([]string, len(accounts))
	place := map[string]int{}
	for i, a := range accounts {
		ids[i], place[a.ID] = a.ID, i
	}
	grants, err := s.c.Users.GrantsOf(ctx, ids)
	for _, g := range grants {
		a := &accounts[place[g.UserID]]
		a.Grants = append(a.Grants, g)
	}
	return err
}

// ServiceAccount returns the service account with an ID, whatever its state. An unknown ID is
// fault.NotFound.
func (s *Service) ServiceAccount(ctx context.Context, id string) (ServiceAccount, error) {
	return s.c.Programs.ServiceAccountByID(ctx, id)
}
