package account

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// InviteLifetime is how long an invitation can be used, and a code for a new password.
const InviteLifetime = 7 * 24 * time.Hour

// Mailer seals an email for the queue.
type Mailer interface {
	PrepareCode(id, shareID, to, subject, text string, drop bool, until time.Time) ([]byte, error)
}

// QueuedMail is an email for the queue. It replaces an earlier one of its topic.
type QueuedMail struct {
	ID     string
	Topic  []byte
	Sealed []byte
	Until  time.Time
}

// Post sends codes by email. Its zero value sends nothing: the code is handed over.
type Post struct {
	Mailer Mailer
	From   string // the name of who sends it, "" for the command line
	Join   string // the address of the page where codes are used
	place  string // what the email calls the installation
}

// Link returns the link with a code, which browsers never send.
func (p Post) Link(code Code) string { return p.Join + "#" + string(code) }

// NewInvite holds what Invite needs, as entered. Grants have no UserID.
type NewInvite struct {
	Email  string
	Name   string
	Role   Role
	Grants []Grant
	Groups []string // their IDs
}

// Issued is a code that was just made, which cannot be read again.
type Issued struct {
	User      User
	Code      Code
	ExpiresAt time.Time
}

// Invite adds a pending person with a role, grants and groups, and returns the code with which they
// join. An address in use is fault.Invalid of the field email, an unknown group of the field groups.
func (s *Service) Invite(ctx context.Context, by string, n NewInvite, post Post) (Issued, error) {
	user, err := checkPerson(n.Email, n.Name, n.Role)
	if err != nil {
		return Issued{}, err
	}
	user.Pending, user.CreatedAt = true, s.c.Clock().UTC().Truncate(time.Second)
	if user.ID, err = seal.NewID(user.CreatedAt, s.c.Random); err != nil {
		return Issued{}, err
	}
	for i := range n.Grants {
		n.Grants[i].UserID = user.ID
		n.Grants[i].View = true
	}
	issued, code, err := s.issue(ctx, user, post, s.inviteText)
	if err != nil {
		return Issued{}, err
	}
	entry, err := s.entry(audit.UserInvited, by, user.ID, "email", user.Email,
		"role", string(user.Role), "vaults", vaultsOf(n.Grants),
		"groups", strings.Join(n.Groups, " "))
	if err != nil {
		return Issued{}, err
	}
	err = s.c.Users.AddPending(ctx, Invited{user, n.Grants, n.Groups, code}, entry)
	switch fault.KindOf(err) {
	case fault.Conflict:
		err = fault.Field("email", fault.CodeInvalid, "Someone with this email address is here already.")
	case fault.NotFound:
		err = UnknownGroups()
	}
	return issued, err
}

// UnknownGroups is the error of an invitation into a group that doesn't exist.
func UnknownGroups() error {
	return fault.Field("groups", fault.CodeInvalid, "Choose groups that the list offers.")
}

func vaultsOf(grants []Grant) string {
	ids := make([]string, len(grants))
	for i, g := range grants {
		ids[i] = g.VaultID
	}
	return strings.Join(ids, " ")
}

// InviteAgain replaces the code of a pending person.
func (s *Service) InviteAgain(ctx context.Context, by, id string, post Post) (Issued, error) {
	return s.reissue(ctx, by, id, post, true, audit.UserInvited, s.inviteText)
}

// Reset returns a code with which a person sets a new password, or adds a passkey. Their old password
// works until then. Where passwords are off, it is fault.Conflict for someone who signs in with a
// provider, whom a passkey would not sign in either.
func (s *Service) Reset(ctx context.Context, by, id string, post Post) (Issued, error) {
	can, err := s.CanReset(ctx, id)
	if err == nil && !can {
		err = fault.New(fault.Conflict, fault.CodeConflict,
			"They sign in with your provider, and passwords are turned off here.")
	}
	if err != nil {
		return Issued{}, err
	}
	return s.reissue(ctx, by, id, post, false, audit.PasswordReset, s.resetText)
}

// CanReset reports whether a person could use a code of Reset.
func (s *Service) CanReset(ctx context.Context, id string) (bool, error) {
	if !s.c.NoPasswords {
		return true, nil
	}
	external, err := s.c.Externals.IsExternal(ctx, id)
	return !external, err
}

func (s *Service) reissue(
	ctx context.Context, by, id string, post Post, pending bool, kind audit.Kind, text mailText,
) (Issued, error) {
	person, err := s.Person(ctx, id)
	if err == nil {
		err = mustAwait(person, pending)
	}
	if err != nil {
		return Issued{}, err
	}
	issued, code, err := s.issue(ctx, person.User, post, text)
	if err != nil {
		return Issued{}, err
	}
	entry, err := s.entry(kind, by, id)
	if err != nil {
		return Issued{}, err
	}
	err = s.c.Users.SetCode(ctx, id, pending, code, entry)
	if fault.KindOf(err) == fault.NotFound { // joined, suspended or removed meanwhile
		return Issued{}, fault.New(fault.Conflict, fault.CodeConflict,
			"Someone else changed this person. Reload and try again.")
	}
	return issued, err
}

// mustAwait returns an error unless a person can get a code: to join if pending, else for a new password.
func mustAwait(p Person, pending bool) error {
	words := ""
	switch {
	case pending && !p.Pending:
		words = joinedAlready
	case !pending && p.Pending:
		words = "They haven't joined. Send the invitation again instead."
	case p.Disabled:
		words = "They are suspended. Reinstate them first."
	default:
		return nil
	}
	return fault.New(fault.Conflict, fault.CodeConflict, words)
}

const joinedAlready = "They have joined already."

// Withdraw ends an invitation, and nothing of it is left but audit events.
func (s *Service) Withdraw(ctx context.Context, by, id string) error {
	person, err := s.Person(ctx, id)
	if err != nil {
		return err
	}
	if !person.Pending {
		return fault.New(fault.Conflict, fault.CodeConflict, joinedAlready)
	}
	entry, err := s.entry(audit.InviteWithdrawn, by, id, "name", person.Name, "email", person.Email)
	if err != nil {
		return err
	}
	return s.c.Users.Withdraw(ctx, id, entry)
}

// issue makes a code for a person, and the email with it.
func (s *Service) issue(
	ctx context.Context, user User, post Post, text mailText,
) (Issued, PersonCode, error) {
	code, err := s.newJoinCode()
	if err != nil {
		return Issued{}, PersonCode{}, err
	}
	now := s.c.Clock().UTC().Truncate(time.Second)
	stored := PersonCode{MAC: s.codeMAC(code), CreatedAt: now, ExpiresAt: now.Add(InviteLifetime)}
	issued := Issued{user, code, stored.ExpiresAt}
	if post.Mailer == nil {
		return issued, stored, nil
	}
	m := QueuedMail{Until: stored.ExpiresAt, Topic: CodeTopic(user.ID)}
	if m.ID, err = seal.NewID(now, s.c.Random); err != nil {
		return issued, stored, err
	}
	in, err := s.Installation(ctx)
	if err != nil {
		return issued, stored, err
	}
	post.place = placeOf(in.Organization)
	subject, body := text(post, issued)
	m.Sealed, err = post.Mailer.PrepareCode(m.ID, "", user.Email, subject, body, false, m.Until)
	stored.Mail = &m
	return issued, stored, err
}

// CodeTopic returns the topic of emails with a person's code.
func CodeTopic(userID string) []byte {
	topic := sha256.Sum256([]byte("code of a person\n" + userID))
	return topic[:]
}

// mailText returns the subject and the text of an email with a code.
type mailText func(Post, Issued) (subject, text string)

func (s *Service) inviteText(p Post, i Issued) (subject, text string) {
	subject, begin := "You're invited to "+p.place, "You're invited to "+p.place
	if p.From != "" {
		subject, begin = p.From+" invited you to "+p.place, p.From+" invited you to "+p.place
	}
	begin += ", where your team shares passwords and other items.\n\n"
	how := "choose a password or create a passkey"
	if s.c.NoPasswords {
		how = "create a passkey"
	}
	if s.c.Issuer != "" {
		how += ", or sign in with your organization's account"
	}
	return subject, begin +
		"Open this link and " + how + ":\n" + p.Link(i.Code) + "\n\n" + p.typed(i) +
		"The invitation works once, until " + dayOf(i.ExpiresAt) + ". Don't share it. " +
		"If you didn't expect it, ignore this email.\n"
}

func (s *Service) resetText(p Post, i Issued) (subject, text string) {
	what, how := "password", "choose one, or create a passkey"
	if s.c.NoPasswords {
		what, how = "passkey", "create one"
	}
	return "Set a new " + what + " for " + p.place,
		"An admin asked for a new " + what + " for your account at " + p.place + ".\n\n" +
			"Open this link and " + how + ":\n" + p.Link(i.Code) + "\n\n" + p.typed(i) +
			"The link works once, until " + dayOf(i.ExpiresAt) + ". Don't share it. " +
			"If you don't need a new " + what + ", ignore this email: nothing changes until then.\n"
}

func placeOf(organization string) string {
	if organization != "" {
		return organization + " (itemshare)"
	}
	return "itemshare"
}

func (p Post) typed(i Issued) string {
	return fmt.Sprintf("Or open %s and enter this code:\n%s\n\n", p.Join, string(i.Code))
}

func dayOf(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 (UTC)") }
