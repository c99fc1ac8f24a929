package client

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// UserRole says what a person may manage.
type UserRole string

// The roles.
const (
	UserRoleAdmin  UserRole = "admin"
	UserRoleMember UserRole = "member"
)

// UserStatus says whether a person can sign in.
type UserStatus string

// The statuses.
const (
	UserStatusActive    UserStatus = "active"
	UserStatusInvited   UserStatus = "invited" // they haven't joined yet
	UserStatusSuspended UserStatus = "suspended"
)

// User is a person. LastSeenAt is nil for never; InvitedUntil is when the invitation of somebody who
// hasn't joined expires; Undelivered is the email with their invitation or with a link for a new password
// that could not be delivered.
type User struct {
	ID           string      `json:"id"`
	Email        string      `json:"email"`
	Name         string      `json:"name"`
	Role         UserRole    `json:"role"`
	Status       UserStatus  `json:"status"`
	Groups       []GroupName `json:"groups"`
	CreatedAt    time.Time   `json:"createdAt"`
	LastSeenAt   *time.Time  `json:"lastSeenAt,omitempty"`
	InvitedUntil *time.Time  `json:"invitedUntil,omitempty"`

	SecondFactor bool             `json:"secondFactor"`
	Undelivered  *UndeliveredCode `json:"undelivered,omitempty"`
}

// UserInviteParams are a new person. Email and Name are required; without a Role they are a member.
type UserInviteParams struct {
	Email  string        `json:"email"`
	Name   string        `json:"name"`
	Role   UserRole      `json:"role,omitempty"`
	Groups []string      `json:"groups,omitempty"` // IDs
	Vaults []VaultRights `json:"vaults,omitempty"`
}

// VaultRights are rights in a vault.
type VaultRights struct {
	VaultID string  `json:"vaultId"`
	Rights  []Right `json:"rights"`
}

// Invitation is a new invitation. Link is "" if the server sent it by email; else only this answer has
// it. It prints without the Link; use the field by name.
type Invitation struct {
	User      User      `json:"user"`
	ExpiresAt time.Time `json:"expiresAt"`
	Link      string    `json:"link,omitempty"`
}

// Format prints the user's ID, never the link, whatever the verb.
func (i Invitation) Format(f fmt.State, _ rune) { io.WriteString(f, "invitation of "+i.User.ID) }

// LogValue logs the user's ID, never the link.
func (i Invitation) LogValue() slog.Value { return slog.StringValue("invitation of " + i.User.ID) }

// PasswordReset is a new link for a new password. Link is "" if the server sent it by email; else only this
// answer has it. It prints without the Link; use the field by name.
type PasswordReset struct {
	User      User      `json:"user"`
	ExpiresAt time.Time `json:"expiresAt"`
	Link      string    `json:"link,omitempty"`
}

// Format prints the user's ID, never the link, whatever the verb.
func (r PasswordReset) Format(f fmt.State, _ rune) {
	io.WriteString(f, "password reset of "+r.User.ID)
}

// LogValue logs the user's ID, never the link.
func (r PasswordReset) LogValue() slog.Value {
	return slog.StringValue("password reset of " + r.User.ID)
}

// UserUpdateParams are what changes of a person. What is "" stays. Status is active or suspended.
type UserUpdateParams struct {
	Name   string     `json:"name,omitempty"`
	Role   UserRole   `json:"role,omitempty"`
	Status UserStatus `json:"status,omitempty"`
}

// LinksChoice is what becomes of the active links of a person who is removed.
type LinksChoice string

// The choices.
const (
	LinksChoiceKeep     LinksChoice = "keep" // they keep working
	LinksChoiceHandOver LinksChoice = "handOver"
	LinksChoiceRevoke   LinksChoice = "revoke"
)

// UserRemoveParams say what becomes of somebody's links. To is the ID of who gets them, with
// [LinksChoiceHandOver].
type UserRemoveParams struct {
	Links LinksChoice
	To    string
}

// ListOptions filter a list of people, groups or those with access. Query is a part of a name or an
// email address; PageSize is the number of entries in one request, 0 for the server's default.
type ListOptions struct {
	Query    string
	PageSize int
}

func (o ListOptions) query() url.Values {
	query := url.Values{}
	set(query, "q", o.Query)
	setCount(query, o.PageSize)
	return query
}

// Users are the calls about people, for a service account that may manage people.
type Users struct{ calls caller }

// List returns people by name, whatever their status. It requests each page when the loop arrives
// there. An error ends the list; [All] collects it.
func (u Users) List(ctx context.Context, options ListOptions) iter.Seq2[User, error] {
	return pages[User](ctx, u.calls, "list users", "/users", options.query())
}

// Find returns the person with an email address. If there is none the error is [CodeNotFound].
func (u Users) Find(ctx context.Context, email string) (User, error) {
	if email == "" { // it would list everybody
		return User{}, fmt.Errorf("find a user: %w", notFound())
	}
	for user, err := range pages[User](
		ctx, u.calls, "find a user", "/users", url.Values{"email": {email}},
	) {
		return user, err
	}
	return User{}, fmt.Errorf("find a user: %w", notFound())
}

func notFound() error {
	return &Error{
		Status: http.StatusNotFound, Code: CodeNotFound,
		Problems: []Problem{{Code: CodeNotFound, Detail: "Nobody has this email address."}},
	}
}

// Get returns the person with an ID.
func (u Users) Get(ctx context.Context, id string) (User, error) {
	var user User
	err := u.calls.do(ctx, get(userPath(id), &user))
	return user, during("get a user", err)
}

// Invite adds a person who is invited. After a lost answer the request is not sent again.
func (u Users) Invite(ctx context.Context, params UserInviteParams) (Invitation, error) {
	var invitation Invitation
	err := u.calls.do(ctx, call{
		method: http.MethodPost, path: api + "/users", body: params, patient: true, into: &invitation,
	})
	return invitation, during("invite a user", err)
}

// InviteAgain makes a new invitation for somebody who hasn't joined, which ends the one before.
func (u Users) InviteAgain(ctx context.Context, id string) (Invitation, error) {
	var invitation Invitation
	err := u.calls.do(ctx, call{
		method: http.MethodPost, path: api + userPath(id) + "/invitation",
		idempotent: true, patient: true, into: &invitation,
	})
	return invitation, during("invite a user again", err)
}

// ResetPassword makes a link with which a person sets a new password, or adds a passkey where passwords are
// off; it ends the link before. Their old password works until then.
func (u Users) ResetPassword(ctx context.Context, id string) (PasswordReset, error) {
	var reset PasswordReset
	err := u.calls.do(ctx, call{
		method: http.MethodPost, path: api + userPath(id) + "/password-reset",
		idempotent: true, patient: true, into: &reset,
	})
	return reset, during("reset a password", err)
}

// Access returns what a person can do in which vault.
func (u Users) Access(ctx context.Context, id string) iter.Seq2[RightsInVault, error] {
	return pages[RightsInVault](ctx, u.calls, "list access", userPath(id)+"/access", url.Values{})
}

// Update changes a person's name or role, or suspends or reinstates them. The last admin who can sign in
// stays one: [CodeConflict].
func (u Users) Update(ctx context.Context, id string, params UserUpdateParams) (User, error) {
	var user User
	err := u.calls.do(ctx, call{
		method: http.MethodPatch, path: api + userPath(id), body: params,
		idempotent: true, patient: true, into: &user,
	})
	return user, during("change a user", err)
}

// Remove removes a person for good, or withdraws the invitation of somebody who hasn't joined, which
// needs no params. After a lost answer the request is not sent again.
func (u Users) Remove(ctx context.Context, id string, params UserRemoveParams) error {
	query := url.Values{}
	set(query, "links", string(params.Links))
	set(query, "to", params.To)
	return during("remove a user", u.calls.do(ctx, call{
		method: http.MethodDelete, path: api + userPath(id) + encoded(query), patient: true,
	}))
}

func userPath(id string) string { return "/users/" + segment(id) }
