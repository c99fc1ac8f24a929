package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/share"
)

// user is a person as those who manage people see them.
type user struct {
	ID         string       `json:"id"`
	Email      string       `json:"email"`
	Name       string       `json:"name"`
	Role       account.Role `json:"role"`
	Status     userStatus   `json:"status"`
	Groups     []named      `json:"groups"`
	CreatedAt  time.Time    `json:"createdAt"`
	LastSeenAt time.Time    `json:"lastSeenAt,omitzero"`
	// InvitedUntil is when the invitation of somebody who hasn't joined expires.
	InvitedUntil time.Time `json:"invitedUntil,omitzero"`
	SecondFactor bool      `json:"secondFactor"`
	// Undelivered is the email with their code that did not arrive.
	Undelivered *undelivered `json:"undelivered,omitempty"`
}

// userStatus says whether a person can sign in.
type userStatus string

const (
	userActive    userStatus = "active"
	userInvited   userStatus = "invited"
	userSuspended userStatus = "suspended"
)

// named is what has an ID and a name.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func userOf(u account.User, groups []account.Group) user {
	shown := user{
		ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role, Status: userActive,
		Groups: make([]named, len(groups)), CreatedAt: wholeSeconds(u.CreatedAt),
		LastSeenAt: wholeSeconds(u.LastSeen),
	}
	for i, g := range groups {
		shown.Groups[i] = named{g.ID, g.Name}
	}
	if u.Pending {
		shown.Status, shown.InvitedUntil = userInvited, wholeSeconds(u.CodeExpires)
	}
	if u.Disabled {
		shown.Status = userSuspended
	}
	return shown
}

// users lists people by name, or the one with an email address.
func (a *API) users(c echo.Context, _ account.Identity) error {
	ctx := c.Request().Context()
	find, err := findOf(c)
	if err != nil {
		return err
	}
	if email := c.QueryParam("email"); email != "" {
		return a.userWithEmail(c, email)
	}
	if err := a.mustBeUser(ctx, find.After); err != nil {
		return err
	}
	found, err := a.c.Accounts.FindUsers(ctx, find)
	if err != nil {
		return fault.Wrap("list users", err)
	}
	return a.answerUsers(c, found)
}

// mustBeUser returns an error unless a page can begin after a person, "" for the first page.
func (a *API) mustBeUser(ctx context.Context, after string) error {
	if after == "" {
		return nil
	}
	_, err := a.c.Accounts.Person(ctx, after)
	return noPage("find a user", err)
}

func (a *API) userWithEmail(c echo.Context, email string) error {
	found, err := a.c.Accounts.UserByEmail(c.Request().Context(), email)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return a.answerUsers(c, account.Listed[account.User]{})
	case err != nil:
		return fault.Wrap("find a user", err)
	}
	return a.answerUsers(c, account.Listed[account.User]{Rows: []account.User{found}})
}

// answerUsers answers with a page of people.
func (a *API) answerUsers(c echo.Context, found account.Listed[account.User]) error {
	shown, err := a.showUsers(c.Request().Context(), found.Rows)
	if err != nil {
		return err
	}
	return a.answerTagged(c, list[user]{Items: shown, Next: found.Next})
}

// showUsers returns people with their groups and how they sign in.
func (a *API) showUsers(ctx context.Context, people []account.User) ([]user, error) {
	ids := make([]string, len(people))
	for i, u := range people {
		ids[i] = u.ID
	}
	groups, err := a.c.Accounts.GroupsOf(ctx, ids)
	if err != nil {
		return nil, fault.Wrap("list groups", err)
	}
	guards, err := a.c.Accounts.GuardsOf(ctx, ids)
	if err != nil {
		return nil, fault.Wrap("list second factors", err)
	}
	failures, err := a.c.Accounts.UndeliveredTo(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]user, len(people))
	for i, u := range people {
		shown[i] = userOf(u, groups[u.ID])
		guard := guards[u.ID]
		shown[i].SecondFactor = guard == account.ByFactor || guard == account.ByPasskey
		for _, f := range failures {
			if f.UserID == u.ID {
				shown[i].Undelivered = &undelivered{u.Email, f.Reason, wholeSeconds(f.At), f.Retried}
			}
		}
	}
	return shown, nil
}

// user answers with one person.
func (a *API) user(c echo.Context, _ account.Identity) error {
	found, err := a.loadUser(c.Request().Context(), c.Param("user"))
	if err != nil {
		return err
	}
	return a.answerTagged(c, found)
}

func (a *API) loadUser(ctx context.Context, id string) (user, error) {
	person, err := a.c.Accounts.Person(ctx, id)
	if err != nil {
		return user{}, fault.Wrap("find a user", err)
	}
	person.CodeExpires = person.Code.ExpiresAt
	shown, err := a.showUsers(ctx, []account.User{person.User})
	if err != nil {
		return user{}, err
	}
	return shown[0], nil
}

// changeUser sets what the body names of a person: name, role, and whether they are suspended.
func (a *API) changeUser(c echo.Context, me account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	r := reader{in: in}
	change := userChange{
		name: r.optional("name"), role: r.optional("role"), status: r.optional("status"),
	}
	r.rejectOthers("name", "role", "status")
	if s := change.status; s != nil && *s != string(userActive) && *s != string(userSuspended) {
		r.addProblem("status", "Use active or suspended.")
	}
	if err := fault.Fields(r.problems); err != nil {
		return err
	}
	ctx, id := c.Request().Context(), c.Param("user")
	if err := a.applyToUser(ctx, me, id, change); err != nil {
		return fault.Wrap("change a user", err)
	}
	changed, err := a.loadUser(ctx, id)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, changed)
}

// userChange is a change of a person. What is nil stays.
type userChange struct{ name, role, status *string }

func (a *API) applyToUser(
	ctx context.Context, me account.Identity, id string, change userChange,
) error {
	person, err := a.c.Accounts.Person(ctx, id)
	if err != nil {
		return err
	}
	name, role := person.Name, string(person.Role)
	if change.name != nil {
		name = *change.name
	}
	if change.role != nil {
		role = *change.role
	}
	err = a.c.Accounts.ChangePerson(ctx, me.User.ID, id, name, account.Role(role))
	if err != nil {
		return err
	}
	if change.status == nil || (*change.status == string(userSuspended)) == person.Disabled {
		return nil
	}
	return a.c.Accounts.Suspend(ctx, me.User.ID, id, !person.Disabled)
}

// removeUser removes a person for good, or withdraws an invitation.
func (a *API) removeUser(c echo.Context, me account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("user")
	person, err := a.c.Accounts.Person(ctx, id)
	if err != nil {
		return fault.Wrap("find a user", err)
	}
	if person.Pending {
		err = a.c.Accounts.Withdraw(ctx, me.User.ID, id)
	} else {
		err = a.removePerson(c, me)
	}
	if err != nil {
		return fault.Wrap("remove a user", err)
	}
	return noContent(c)
}

// linksChoices are the API's names of what becomes of links.
var linksChoices = map[string]share.LinksChoice{
	"keep": share.KeepLinks, "handOver": share.HandOverLinks, "revoke": share.RevokeLinks,
}

// removePerson removes a person after what was chosen happened to their links.
func (a *API) removePerson(c echo.Context, me account.Identity) error {
	ctx, id := c.Request().Context(), c.Param("user")
	choice, ok := linksChoices[c.QueryParam("links")]
	if !ok {
		return fault.Field("links", fault.CodeInvalid,
			"Choose what happens to their active links: keep, handOver or revoke.")
	}
	to := c.QueryParam("to")
	if choice == share.HandOverLinks {
		if err := a.c.Accounts.HeirByID(ctx, id, to); err != nil {
			return err
		}
	}
	return a.c.Accounts.Remove(ctx, me.User.ID, id, func(ctx context.Context) (string, error) {
		return a.c.Shares.Settle(ctx, sharerOf(me, ""), id, choice, to)
	})
}
