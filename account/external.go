package account

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// External is someone whom an identity provider signed in.
type External struct {
	Issuer      string
	Subject     string // the provider's ID of the person, which never changes
	Email       string
	Verified    bool // the provider knows that the address is theirs
	Name        string
	MayJoin     bool // without an invitation, by the domain of the address
	TellsGroups bool // Groups are all of the person's
	Groups      []string
	Admin       *bool // whether the provider makes the person an admin, nil if it doesn't say
}

// Externals stores who signs in with an identity provider. Each change is one transaction that also
// stores the audit entry.
type Externals interface {
	// UserByExternal returns the person whom a provider knows by a subject, or fault.NotFound.
	UserByExternal(ctx context.Context, issuer, subject string) (User, error)
	// BindExternal lets a person sign in with a provider alone: their password ends, and so does an
	// invitation or a code. It is fault.NotFound for someone who is bound already.
	BindExternal(ctx context.Context, userID string, e External, now time.Time, entry audit.Entry) error
	// AddExternal adds a person who signs in with a provider. An address in use is fault.Conflict.
	AddExternal(ctx context.Context, user User, e External, entry audit.Entry) error
	// IsExternal reports whether a person signs in with a provider.
	IsExternal(ctx context.Context, userID string) (bool, error)
}

// mostGroups is how many groups of a provider count.
const mostGroups = 500

// SignInExternal signs in someone whom an identity provider signed in. From the first time on they are
// known by the provider's ID alone, whatever becomes of their address. Someone who may not sign in is
// fault.Unauthenticated signin_failed.
func (s *Service) SignInExternal(
	ctx context.Context, e External, from Caller,
) (NewSession, error) {
	user, err := s.c.Externals.UserByExternal(ctx, e.Issuer, e.Subject)
	if fault.KindOf(err) == fault.NotFound {
		user, err = s.meet(ctx, e)
	}
	if err == nil && user.Disabled {
		err = notAdmitted()
	}
	if fault.KindOf(err) == fault.Unauthenticated {
		return NewSession{}, s.refuseExternal(ctx, user, from, err)
	}
	if err != nil {
		return NewSession{}, err
	}
	if err := s.follow(ctx, user, e); err != nil {
		return NewSession{}, err
	}
	user, hash, err := s.c.Own.UserByID(ctx, user.ID)
	if err != nil {
		return NewSession{}, err
	}
	session, err := s.start(ctx, user, hash, from)
	if fault.CodeOf(err) == fault.CodeSigninFailed { // suspended meanwhile
		err = notAdmitted()
	}
	return session, err
}

func notAdmitted() error {
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
		"You can't sign in here. Ask your administrator to invite you.")
}

// meet binds a provider's person who signs in for the first time: to the person with their address, or
// to a new one.
func (s *Service) meet(ctx context.Context, e External) (User, error) {
	email, ok := CanonicalEmail(e.Email)
	if !ok || !e.Verified {
		return User{}, fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
			"Your provider doesn't confirm your email address. Ask your administrator.")
	}
	user, _, err := s.c.Users.UserByEmail(ctx, email)
	switch {
	case err == nil && (user.Disabled || s.invitationOver(user) && !e.MayJoin):
		return user, notAdmitted()
	case err == nil:
		return user, s.bind(ctx, user, e)
	case fault.KindOf(err) != fault.NotFound:
		return User{}, err
	case !e.MayJoin:
		return User{}, notAdmitted()
	}
	return s.join(ctx, email, e)
}

// invitationOver reports whether a person was invited and the invitation has expired.
func (s *Service) invitationOver(u User) bool {
	return u.Pending && !s.c.Clock().Before(u.CodeExpires)
}

func (s *Service) bind(ctx context.Context, user User, e External) error {
	kind := audit.ExternalBound
	if user.Pending {
		kind = audit.UserJoined
	}
	entry, err := s.entry(kind, user.ID, user.ID, "issuer", e.Issuer)
	if err != nil {
		return err
	}
	err = s.c.Externals.BindExternal(ctx, user.ID, e, s.c.Clock(), entry)
	if fault.KindOf(err) == fault.NotFound {
		// The address belongs to someone whom the provider knows by another ID.
		return notAdmitted()
	}
	return err
}

// join adds a person whose domain may join.
func (s *Service) join(ctx context.Context, email string, e External) (User, error) {
	user := User{
		Email: email, Name: trimName(e.Name), Role: Member,
		CreatedAt: s.c.Clock().UTC().Truncate(time.Second),
	}
	if !isName(user.Name) {
		user.Name = email
	}
	var err error
	if user.ID, err = seal.NewID(user.CreatedAt, s.c.Random); err != nil {
		return User{}, err
	}
	entry, err := s.entry(audit.UserJoined, user.ID, user.ID, "email", email, "issuer", e.Issuer)
	if err != nil {
		return User{}, err
	}
	err = s.c.Externals.AddExternal(ctx, user, e, entry)
	if fault.KindOf(err) == fault.Conflict { // joined at the same moment
		return User{}, fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
			"This sign-in has ended. Sign in again.")
	}
	return user, err
}

// follow sets a person's role and groups to what the provider says.
func (s *Service) follow(ctx context.Context, user User, e External) error {
	if err := s.followRole(ctx, user, e); err != nil || !e.TellsGroups {
		return err
	}
	all, err := s.GroupsOf(ctx, []string{user.ID})
	if err != nil {
		return err
	}
	member := map[string]bool{}
	for _, g := range all[user.ID] {
		member[g.ID] = true
	}
	for _, name := range e.Groups[:min(len(e.Groups), mostGroups)] {
		group, err := s.c.Users.GroupByName(ctx, name)
		if fault.KindOf(err) == fault.NotFound {
			continue // groups that nobody made here give nothing
		}
		if err != nil {
			return err
		}
		if !member[group.ID] {
			if err := s.setMember(ctx, user.ID, group.ID, true); err != nil {
				return err
			}
		}
		delete(member, group.ID)
	}
	for _, g := range all[user.ID] {
		if member[g.ID] {
			if err := s.setMember(ctx, user.ID, g.ID, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// setMember follows the provider. A group that was deleted meanwhile is not an error.
func (s *Service) setMember(ctx context.Context, userID, groupID string, member bool) error {
	err := s.SetMember(ctx, userID, groupID, userID, member)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func (s *Service) followRole(ctx context.Context, user User, e External) error {
	if e.Admin == nil || *e.Admin == (user.Role == Admin) {
		return nil
	}
	role := Member
	if *e.Admin {
		role = Admin
	}
	err := s.ChangePerson(ctx, user.ID, user.ID, user.Name, role)
	if fault.KindOf(err) == fault.Conflict { // the last admin stays one
		return nil
	}
	return err
}

func (s *Service) refuseExternal(ctx context.Context, user User, from Caller, why error) error {
	peer := Network(from.Addr)
	if !s.refusals.add(peer, s.c.Clock()) {
		return why
	}
	entry, err := s.entry(audit.SignInRefused, "", user.ID, "peer", peer, "with", "provider")
	if err != nil {
		return err
	}
	if err := s.c.Attempts.Record(ctx, entry); err != nil {
		return err
	}
	return why
}

// IsExternal reports whether a person signs in with an identity provider.
func (s *Service) IsExternal(ctx context.Context, userID string) (bool, error) {
	return s.c.Externals.IsExternal(ctx, userID)
}

// requirePasswords is an error where nobody signs in with a password.
func (s *Service) requirePasswords() error {
	if s.c.NoPasswords {
		return fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
			"Passwords are turned off here. Sign in with a passkey or your provider.")
	}
	return nil
}
