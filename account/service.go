package account

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

const longestName = 100 // characters

// Config is what a Service is built from; every field is needed but
// NoPasswords, Issuer and CheapHashes.
type Config struct {
	Users   Users
	Own     Own
	Factors Factors

	Externals   Externals
	Passkeys    Passkeys
	NoPasswords bool   // nobody signs in with a password
	Issuer      string // of the provider with which people sign in, "" for none
	Sessions    Sessions
	Attempts    Attempts
	Programs    ServiceAccounts
	Audit       *audit.Log
	Keyring     *seal.Keyring
	// Strength says how hard a password is to guess, from 0 to 4, for a guesser who tries the known
	// words first.
	Strength func(password string, known ...string) int
	Clock    func() time.Time
	Random   io.Reader
	// CheapHashes has passwords hashed at nearly no cost, for tests of anything else.
	CheapHashes bool
}

// Service signs users in and manages them. It is safe for concurrent use. The parameter by is the
// ID of the user who makes the change, "" for the command line.
type Service struct {
	c        Config
	hasher   hasher
	line     *line
	pacer    *pacer
	refusals *refusals
}

// New creates a Service.
func New(c Config) *Service {
	hasher := newHasher()
	if c.CheapHashes {
		hasher = newCheapHasher()
	}
	return &Service{c, hasher, newLine(), newPacer(), &refusals{}}
}

// WithProvider returns the same service, with which people sign in with the provider of an issuer too.
func (s *Service) WithProvider(issuer string) *Service {
	c := s.c
	c.Issuer = issuer
	return New(c)
}

// WithoutPasswords returns the same service, with which nobody signs in with a password.
func (s *Service) WithoutPasswords() *Service {
	c := s.c
	c.NoPasswords = true
	return New(c)
}

// NewUser holds what AddUser needs, as entered.
type NewUser struct {
	Email    string
	Name     string
	Role     Role
	Password string
}

// AddUser adds a user. All problems are reported at once.
func (s *Service) AddUser(ctx context.Context, by string, n NewUser) (User, error) {
	user, err := s.check(n)
	if err != nil {
		return User{}, err
	}
	if user.ID, err = seal.NewID(user.CreatedAt, s.c.Random); err != nil {
		return User{}, err
	}
	hash, err := s.hasher.hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	entry, err := s.entry(
		audit.UserAdded,
		by,
		user.ID,
		"email",
		user.Email,
		"role",
		string(user.Role),
	)
	if err != nil {
		return User{}, err
	}
	return user, s.c.Users.AddUser(ctx, user, hash, entry)
}

func (s *Service) check(n NewUser) (User, error) {
	var problems []fault.Problem
	email, ok := CanonicalEmail(n.Email)
	if !ok {
		problems = append(problems, emailProblem())
	}
	user := User{
		Email:     email,
		Name:      trimName(n.Name),
		Role:      n.Role,
		CreatedAt: s.c.Clock().UTC().Truncate(time.Second),
	}
	if !isName(user.Name) {
		problems = append(problems, nameProblem())
	}
	if n.Role != Admin && n.Role != Member {
		problems = append(problems, roleProblem())
	}
	problems = append(problems, s.checkPassword(n.Password, user)...)
	return user, fault.Fields(problems)
}

func roleProblem() fault.Problem {
	return fault.Problem{
		Code: fault.CodeInvalid, Field: "role", Detail: "Choose the role admin or member.",
	}
}

func emailProblem() fault.Problem {
	return fault.Problem{
		Code:   fault.CodeInvalid,
		Field:  "email",
		Detail: "Enter a valid email address, such as ada@example.com.",
	}
}

func nameProblem() fault.Problem {
	return fault.Problem{
		Code:   fault.CodeInvalid,
		Field:  "name",
		Detail: fmt.Sprintf("Enter a name of 1 to %d characters on one line.", longestName),
	}
}

func trimName(name string) string { return strings.TrimSpace(name) }

// isName reports whether a name is fit for recipients to read. It rejects control characters and
// marks that change the direction of the text that follows.
func isName(name string) bool {
	for _, r := range name {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return false
		}
	}
	length := utf8.RuneCountInString(name)
	return utf8.ValidString(name) && length > 0 && length <= longestName
}

// SetPassword replaces a user's password and ends all of their sessions.
func (s *Service) SetPassword(ctx context.Context, by, email, password string) error {
	user, err := s.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := fault.Fields(s.checkPassword(password, user)); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.PasswordChanged, by, user.ID)
	if err != nil {
		return err
	}
	return s.c.Users.SetPassword(ctx, user.ID, hash, entry)
}

// SetDisabled does what Suspend does, by an email address.
func (s *Service) SetDisabled(ctx context.Context, by, email string, disabled bool) error {
	user, err := s.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	return s.Suspend(ctx, by, user.ID, disabled)
}

// SetGrant replaces what a user or a group may do in a vault. Share, edit and manage imply view. To
// edit without revealing is fault.Invalid.
func (s *Service) SetGrant(ctx context.Context, by string, g Grant) error {
	g.View = g.View || g.Share || g.Edit || g.Manage
	if g.Edit && g.NoReveal {
		return fault.Field("edit", fault.CodeInvalid,
			"Editing an item shows its concealed values. Leave out edit, or let them be revealed.")
	}
	to := []string{"user", g.UserID}
	if g.GroupID != "" {
		to = []string{"group", g.GroupID}
	}
	entry, err := s.entry(audit.GrantChanged, by, g.VaultID, append(to,
		"view", fmt.Sprint(g.View), "reveal", fmt.Sprint(g.View && !g.NoReveal),
		"share", fmt.Sprint(g.Share), "edit", fmt.Sprint(g.Edit), "manage", fmt.Sprint(g.Manage))...)
	if err != nil {
		return err
	}
	return s.c.Users.SetGrant(ctx, g, entry)
}

// UserByEmail returns the user with an email address, however it is spelled, or fault.NotFound.
func (s *Service) UserByEmail(ctx context.Context, email string) (User, error) {
	canonical, ok := CanonicalEmail(email)
	if !ok {
		return User{}, fault.Fields([]fault.Problem{emailProblem()})
	}
	user, _, err := s.c.Users.UserByEmail(ctx, canonical)
	return user, err
}

// Users returns all users, by name.
func (s *Service) Users(ctx context.Context) ([]User, error) { return s.c.Users.ListUsers(ctx) }

func (s *Service) entry(
	kind audit.Kind,
	actor, subject string,
	detail ...string,
) (audit.Entry, error) {
	event := audit.Event{At: s.c.Clock(), Kind: kind, Actor: actor, Subject: subject}
	for i := 0; i+1 < len(detail); i += 2 {
		if event.Detail == nil {
			event.Detail = map[string]string{}
		}
		event.Detail[detail[i]] = detail[i+1]
	}
	return s.c.Audit.Entry(event)
}
