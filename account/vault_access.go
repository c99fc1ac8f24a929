package account

import (
	"context"
	"strings"

	"itemshare/fault"
)

// AccessChange is a change of who may do what in a vault, by somebody who manages it.
type AccessChange struct {
	Grant     Grant
	Confirmed bool // they know whom it locks out
}

// ChangeAccess replaces what a user or a group may do in a vault. One that locks out people whom
// somebody may not have thought of is fault.Invalid for the field confirm, with what it would do, until
// it is confirmed: the one who makes it, everybody, or all who manage the vault.
func (s *Service) ChangeAccess(ctx context.Context, me Identity, c AccessChange) error {
	g := c.Grant
	g.View = g.View || g.Share || g.Edit || g.Manage
	if !c.Confirmed {
		all, err := s.everyGrantee(ctx, g.VaultID)
		if err != nil {
			return err
		}
		if words := lockedOut(me, all, g); words != "" {
			return fault.Field("confirm", fault.CodeInvalid, words)
		}
	}
	return s.SetGrant(ctx, me.User.ID, g)
}

// everyGrantee returns all with rights in a vault.
func (s *Service) everyGrantee(ctx context.Context, vaultID string) (all []Grantee, err error) {
	found, err := walk("", maxGrantees,
		func(g Grantee) string { return g.GroupID + g.UserID },
		func(Grantee) bool { return true },
		func(after string, limit int) ([]Grantee, error) {
			return s.c.Users.GranteesAfter(ctx, vaultID, after, limit, s.c.Clock())
		})
	return found.rows, err
}

// maxGrantees is more than any vault has.
const maxGrantees = 1_000_000

// lockedOut says what a change takes from whom nobody may have thought of, "" for nothing.
func lockedOut(me Identity, all []Grantee, change Grant) string {
	then := changed(all, change)
	before, after := countPeople(all), countPeople(then)
	var words []string
	mine := rightsOfPerson(then, me.User.ID)
	if !me.Admin() && me.MayManage(change.VaultID) && !mine.Manage {
		words = append(words, "You won't be able to manage this vault any more.")
	}
	if before.manage > 0 && after.manage == 0 {
		words = append(words, "Only admins will be able to manage it.")
	}
	if before.view > 0 && after.view == 0 {
		words = append(words, "No one will be able to view its items.")
	}
	return strings.Join(words, " ")
}

// peopleCount is how many people may view a vault and how many may manage it.
type peopleCount struct{ view, manage int }

func countPeople(all []Grantee) (n peopleCount) {
	for _, g := range all {
		if g.Email == "" {
			continue // a group, whose members are in the list, or a service account
		}
		if g.View {
			n.view++
		}
		if g.Manage {
			n.manage++
		}
	}
	return n
}

func rightsOfPerson(all []Grantee, id string) Grant {
	for _, g := range all {
		if g.UserID == id {
			return g.Grant
		}
	}
	return Grant{}
}

// changed returns the grantees as they are after a change of one grant.
func changed(all []Grantee, change Grant) []Grantee {
	var now []Grantee
	found := false
	for _, g := range all {
		after := Grantee{Name: g.Name, Email: g.Email, Grant: Grant{
			UserID: g.UserID, GroupID: g.GroupID, VaultID: g.VaultID,
		}}
		isHolder := change.GroupID == g.GroupID && change.UserID == g.UserID
		found = found || isHolder
		for _, source := range g.Sources {
			if !isOf(source, change) {
				after.Add(source)
			} else if change.GroupID != "" {
				after.Add(change)
			}
		}
		if isHolder && change.GroupID == "" {
			after.Add(change)
		}
		now = append(now, after)
	}
	if !found && change.UserID != "" { // somebody new, whose address does not matter
		now = append(now, Grantee{Grant: change, Email: "new"})
	}
	return now
}

// isOf reports whether a source of rights is the grant that a change replaces.
func isOf(source, change Grant) bool {
	return source.GroupID == change.GroupID &&
		(change.GroupID != "" || source.UserID == change.UserID)
}
