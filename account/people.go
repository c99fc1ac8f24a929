package account

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// People stores who is invited, and what becomes of people. Each change is one transaction that
// also stores the audit entry. A missing person is fault.NotFound. A change after which no admin
// could sign in is fault.Conflict.
type People interface {
	// AddPending stores an invited person. An address in use is fault.Conflict, a group that doesn't
	// exist fault.NotFound.
	AddPending(ctx context.Context, invited Invited, entry audit.Entry) error
	// SetCode replaces the code of a person, which ends the one before. Pending says which kind of
	// person is meant; a suspended one has no code.
	SetCode(ctx context.Context, userID string, pending bool, code PersonCode, entry audit.Entry) error
	// PersonByCode returns whose code it is, used or not.
	PersonByCode(ctx context.Context, mac []byte) (User, PersonCode, error)
	// UseCode ends a code, and gives its person, who is no longer pending, a password or a passkey in
	// place of the password and the second factor. Their sessions end. A code that was used or has
	// expired is fault.NotFound; a passkey is as for AddPasskey.
	UseCode(ctx context.Context, use CodeUse, now time.Time) error
	// FailCodeMail stores why the email with a code was not delivered, and postpones the email until
	// RetryAt, or deletes it.
	FailCodeMail(ctx context.Context, f StoredFailure) error
	// LatestCodeFailures returns at most limit failures since a time, newest first, and CodeFailuresOf
	// those of some people, of codes that were not used.
	LatestCodeFailures(ctx context.Context, since time.Time, limit int) ([]StoredFailure, error)
	CodeFailuresOf(ctx context.Context, userIDs []string) ([]StoredFailure, error)
	// Withdraw deletes a pending person.
	Withdraw(ctx context.Context, userID string, entry audit.Entry) error
	// PersonByID returns a person who wasn't removed.
	PersonByID(ctx context.Context, id string, now time.Time) (Person, error)
	// ChangePerson sets name and role.
	ChangePerson(ctx context.Context, userID, name string, role Role, entry audit.Entry) error
	// Remove takes everything but name and ID from a person, and revokes the service accounts that
	// they created, of which it stores the entries.
	Remove(ctx context.Context, userID string, now time.Time, entry audit.Entry, tokens []Ended) error
	// CreatedBy returns the service accounts that a person created, by name.
	CreatedBy(ctx context.Context, userID string) ([]ServiceAccount, error)
}

// Invited is a pending person with their code, and with what they get when they join.
type Invited struct {
	User     User
	Grants   []Grant
	GroupIDs []string
	Code     PersonCode
}

// Ended is a service account whose token ends, and the entry that says so.
type Ended struct {
	ID    string
	Entry audit.Entry
}

// PersonCode is what is stored of a code with which a person sets a password.
type PersonCode struct {
	MAC       []byte
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero for never
	Mail      *QueuedMail
}

// CodeUse is what somebody does with a code: they choose a password, or add a passkey.
type CodeUse struct {
	MAC          []byte
	PasswordHash string   // "" with a passkey
	Passkey      *Passkey // nil with a password
	MostPasskeys int
	Entries      []audit.Entry
}

// Person is a user as an admin sees them.
type Person struct {
	User
	Code     PersonCode // the newest, the zero value for none
	Sessions int        // those that haven't expired
}

// Person returns the person with an ID, who may be pending or suspended.
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	return s.c.Users.PersonByID(ctx, id, s.c.Clock())
}

// ServiceAccountsBy returns the service accounts that a person created, whatever their state.
func (s *Service) ServiceAccountsBy(ctx context.Context, userID string) ([]ServiceAccount, error) {
	return s.c.Users.CreatedBy(ctx, userID)
}

// ChangePerson sets a person's name and role. The last admin stays one, which is fault.Conflict.
func (s *Service) ChangePerson(ctx context.Context, by, id, name string, role Role) error {
	person, err := s.Person(ctx, id)
	if err != nil {
		return err
	}
	if trimName(name) == person.Name && role == person.Role {
		return nil
	}
	user, err := checkPerson(person.Email, name, role)
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.UserChanged, by, id, "name", user.Name, "role", string(user.Role))
	if err != nil {
		return err
	}
	return s.c.Users.ChangePerson(ctx, id, user.Name, user.Role, entry)
}

// Suspend disables the person with an ID, which ends their sessions, or lets them in again. While they
// are suspended, so are the tokens of service accounts that they created. Nobody suspends themselves.
func (s *Service) Suspend(ctx context.Context, by, id string, suspended bool) error {
	if by == id {
		return fault.New(fault.Conflict, fault.CodeConflict,
			"You can't suspend yourself. Ask another admin.")
	}
	kind := audit.UserEnabled
	if suspended {
		kind = audit.UserDisabled
	}
	entry, err := s.entry(kind, by, id)
	if err != nil {
		return err
	}
	return s.c.Users.SetDisabled(ctx, id, suspended, entry)
}

// Remove removes a person for good: they are out at once, everywhere, and the tokens of service
// accounts that they created end. They are suspended first, so that no link is created while settle
// deals with theirs and says what it did, for the audit log. What fails halfway is done again.
func (s *Service) Remove(
	ctx context.Context, by, id string, settle func(context.Context) (links string, err error),
) error {
	person, err := s.Person(ctx, id)
	if err != nil {
		return err
	}
	if by == id {
		return fault.New(fault.Conflict, fault.CodeConflict,
			"You can't remove yourself. Ask another admin.")
	}
	if person.Pending {
		return fault.New(fault.Conflict, fault.CodeConflict,
			"They haven't joined. Withdraw the invitation instead.")
	}
	if err := s.Suspend(ctx, by, id, true); err != nil {
		return err
	}
	links, err := settle(ctx)
	if err != nil {
		return err
	}
	return s.removeSettled(ctx, by, person, links)
}

// removeSettled removes a person who can create no links. Links says what became of theirs.
func (s *Service) removeSettled(ctx context.Context, by string, person Person, links string) error {
	id := person.ID
	programs, err := s.ServiceAccountsBy(ctx, id)
	if err != nil {
		return err
	}
	var tokens []Ended
	for _, a := range programs {
		if !a.RevokedAt.IsZero() {
			continue
		}
		entry, err := s.entry(audit.ServiceAccountRevoked, by, a.ID)
		if err != nil {
			return err
		}
		tokens = append(tokens, Ended{a.ID, entry})
	}
	entry, err := s.entry(
		audit.UserRemoved, by, id, "name", person.Name, "email", person.Email, "links", links,
	)
	if err != nil {
		return err
	}
	return s.c.Users.Remove(ctx, id, s.c.Clock(), entry, tokens)
}

// Heir returns the person with an email address who can get the links of somebody who leaves. It is
// fault.Invalid of the field to unless they are someone else who can sign in.
func (s *Service) Heir(ctx context.Context, leaverID, email string) (User, error) {
	heir, err := s.UserByEmail(ctx, email)
	kind := fault.KindOf(err)
	if kind == fault.NotFound || kind == fault.Invalid || err == nil && !heir.inherits(leaverID) {
		return heir, fault.Field("to", fault.CodeInvalid,
			"Enter the email address of someone else who can sign in.")
	}
	return heir, err
}

// HeirByID is Heir by the ID of who gets the links.
func (s *Service) HeirByID(ctx context.Context, leaverID, id string) error {
	heir, err := s.Person(ctx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && !heir.inherits(leaverID) {
		return fault.Field("to", fault.CodeInvalid, "Use the ID of someone else who can sign in.")
	}
	return err
}

func (u User) inherits(leaverID string) bool {
	return u.ID != leaverID && !u.Disabled && !u.Pending
}

// LastAdmin is the error of a change after which no admin could sign in.
func LastAdmin() error {
	return fault.New(fault.Conflict, fault.CodeConflict,
		"This is the only admin who can sign in. Make someone else an admin first.")
}

// checkPerson returns a user of these values, with every problem at once.
func checkPerson(email, name string, role Role) (User, error) {
	var problems []fault.Problem
	user := User{Name: trimName(name), Role: role}
	canonical, ok := CanonicalEmail(email)
	if !ok {
		problems = append(problems, emailProblem())
	}
	user.Email = canonical
	if !isName(user.Name) {
		problems = append(problems, nameProblem())
	}
	if role != Admin && role != Member {
		problems = append(problems, roleProblem())
	}
	return user, fault.Fields(problems)
}
