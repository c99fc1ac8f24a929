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

// Installation is what is known of an installation as a whole.
type Installation struct {
	Organization string // the name of whose it is, "" for none
	SettingUp    bool   // it was set up with the code, and no admin has closed the set-up since
	MailTested   bool   // a mail server has accepted a test email
}

// Installations stores what is known of the installation, which is nothing until there is an admin.
type Installations interface {
	FirstAdmin
	Installation(ctx context.Context) (Installation, error)
	SetOrganization(ctx context.Context, name string, entry audit.Entry) error
	EndSetUp(ctx context.Context) error
	SetMailTested(ctx context.Context) error
}

// SetUpCode returns the code with which the first admin is added. It is derived from the
// installation's keys: all processes have the same, also after a restart, and nothing is stored.
func (s *Service) SetUpCode() Code {
	return spell(s.c.Keyring.MAC(seal.Codes, "set up")[:setUpCodeBytes])
}

// HasPeople reports whether the installation was set up: there is a person.
func (s *Service) HasPeople(ctx context.Context) (bool, error) { return s.c.Users.HasPeople(ctx) }

// SetUp adds the first admin and signs them in. Once there is a person it is fault.NotFound, whatever
// the code. A wrong code is fault.Unauthenticated code_invalid, and counts as with Join. Where passwords
// are off the admin gets none, and adds a passkey while this session is fresh, or signs in with the
// provider from then on.
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
	user, hash, err := s.firstAdmin(ctx, n)
	if err != nil {
		return NewSession{}, err
	}
	user.CreatedAt = s.c.Clock().UTC().Truncate(time.Second)
	if user.ID, err = seal.NewID(user.CreatedAt, s.c.Random); err != nil {
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

// firstAdmin returns an admin of these values, and the hash of their password, "" where passwords are off.
func (s *Service) firstAdmin(
	ctx context.Context, n NewUser,
) (user User, passwordHash string, err error) {
	if s.c.NoPasswords {
		user, err = checkPerson(n.Email, n.Name, Admin)
		return user, "", err
	}
	n.Role = Admin
	if user, err = s.check(n); err == nil {
		passwordHash, err = s.hasher.hash(ctx, n.Password)
	}
	return user, passwordHash, err
}

// Installation returns what is known of the installation as a whole.
func (s *Service) Installation(ctx context.Context) (Installation, error) {
	return s.c.Users.Installation(ctx)
}

// SetOrganization names whose installation it is, "" for nobody's in particular.
func (s *Service) SetOrganization(ctx context.Context, by, name string) error {
	name = trimName(name)
	if name != "" && !isName(name) {
		return fault.Fields([]fault.Problem{nameProblem()})
	}
	entry, err := s.entry(audit.SettingsChanged, by, "", "organization", name)
	if err != nil {
		return err
	}
	return s.c.Users.SetOrganization(ctx, name, entry)
}

// EndSetUp closes the set-up, whatever of it is done.
func (s *Service) EndSetUp(ctx context.Context) error { return s.c.Users.EndSetUp(ctx) }

// MailTested notes that a mail server has accepted a test email.
func (s *Service) MailTested(ctx context.Context) error { return s.c.Users.SetMailTested(ctx) }
