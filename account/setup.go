package account

import (
	"context"
	"crypto/subtle"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// FirstAdmin stores the person with whom an installation begins.
type FirstAdmin interface {
	// HasPeople reports whether there is a person, or ever was one.
	HasPeople(ctx context.Context) (bool, error)
	// AddFirstAdmin stores the first person. Where there is one already, it is fault.NotFound.
	AddFirstAdmin(ctx context.Context, user User, passwordHash string, entry audit.Entry) error
}

// SetUpCode returns the code with which the first admin is added. It is derived from the
// installation's keys: all processes have the same, also after a restart, and nothing is stored.
func (s *Service) SetUpCode() Code {
	return spell(s.c.Keyring.MAC(seal.Codes, "set up")[:setUpCodeBytes])
}

// HasPeople reports whether the installation was set up: there is a person.
func (s *Service) HasPeople(ctx context.Context) (bool, error) { return s.c.Users.HasPeople(ctx) }

// SetUp adds the first admin and signs them in. Once there is a person it is fault.NotFound, whatever
// the code. A wrong code is fault.Unauthenticated code_invalid, and counts as with Join.
func (s *Service) SetUp(ctx context.Context, code string, n NewUser, from Caller) (NewSession, error) {
	switch has, err := s.HasPeople(ctx); {
	case err != nil:
		return NewSession{}, err
	case has:
		return NewSession{}, fault.Of(fault.NotFound)
	}
	err := s.guarded(ctx, "set-up code", from, func() error {
		typed, right := readCode(code, setUpCodeBytes), s.SetUpCode()
		if subtle.ConstantTimeCompare([]byte(typed), []byte(right)) != 1 {
			return errWrongCode
		}
		return nil
	})
	if err != nil {
		return NewSession{}, err
	}
	n.Role = Admin
	user, err := s.check(n)
	if err != nil {
		return NewSession{}, err
	}
	user.CreatedAt = s.c.Clock().UTC().Truncate(time.Second)
	if user.ID, err = seal.NewID(user.CreatedAt, s.c.Random); err != nil {
		return NewSession{}, err
	}
	hash, err := s.hasher.hash(ctx, n.Password)
	if err != nil {
		return NewSession{}, err
	}
	entry, err := s.entry(audit.InstallationSet, user.ID, user.ID, "email", user.Email)
	if err != nil {
		return NewSession{}, err
	}
	if err := s.c.Users.AddFirstAdmin(ctx, user, hash, entry); err != nil {
		return NewSession{}, err
	}
	return s.start(ctx, user, hash, from)
}
