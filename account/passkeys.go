package account

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Passkey is one of a person's passkeys. Credential is what proves it, which is not secret.
type Passkey struct {
	ID         []byte
	UserID     string
	Name       string
	SealedName []byte // as it is stored
	Credential []byte
	CreatedAt  time.Time
	LastUsed   time.Time // zero for never
}

// PasskeyProof is what a browser proved with a passkey.
type PasskeyProof struct {
	Before Passkey   // as it was found
	After  []byte    // its credential once it was used
	Begun  time.Time // when the sign-in began
}

// mostPasskeys is how many a person can have.
const mostPasskeys = 20

// Passkeys stores people's passkeys. Each change is one transaction that also stores the audit entry.
type Passkeys interface {
	// AddPasskey stores a passkey. One that is there already, or one too many, is fault.Conflict.
	AddPasskey(ctx context.Context, p Passkey, most int, entry audit.Entry) error
	PasskeysOf(ctx context.Context, userID string) ([]Passkey, error)
	// UsePasskey replaces the credential of a passkey that was used. It is fault.NotFound if it was
	// used since the sign-in began, which the same proof would be, or removed.
	UsePasskey(ctx context.Context, proof PasskeyProof, now time.Time) error
	// RemovePasskey deletes a passkey. A person's only way to sign in is fault.Conflict; passwords says
	// whether one counts as a way.
	RemovePasskey(ctx context.Context, userID string, id []byte, passwords bool, entry audit.Entry) error
}

// PasskeysOf returns a person's passkeys, the oldest first.
func (s *Service) PasskeysOf(ctx context.Context, userID string) ([]Passkey, error) {
	keys, err := s.c.Passkeys.PasskeysOf(ctx, userID)
	for i, key := range keys {
		keys[i].Name = s.openName(key)
	}
	return keys, err
}

// namelessPasskey is the name of a passkey that has none.
const namelessPasskey = "Passkey"

// namePlace is what the sealed name of a passkey is bound to.
func namePlace(p Passkey) []string {
	return []string{"passkeys", p.UserID, strconv.FormatInt(p.CreatedAt.Unix(), 10)}
}

// sealName returns a passkey with its sealed name.
func (s *Service) sealName(p Passkey) (Passkey, error) {
	var err error
	p.SealedName, err = s.c.Keyring.Seal(seal.Factors, []byte(p.Name), namePlace(p)...)
	return p, err
}

// openName returns the name of a stored passkey. One that is damaged is as good as none: the passkey
// works all the same.
func (s *Service) openName(p Passkey) string {
	name, err := s.c.Keyring.Open(seal.Factors, p.SealedName, namePlace(p)...)
	if err != nil {
		return namelessPasskey
	}
	return string(name)
}

// PasskeyHolder returns the enabled person with an ID and their passkeys. Someone who signs in with a
// provider has none that count.
func (s *Service) PasskeyHolder(ctx context.Context, userID string) (User, []Passkey, error) {
	user, _, err := s.c.Own.UserByID(ctx, userID)
	if err != nil {
		return user, nil, err
	}
	external, err := s.c.Externals.IsExternal(ctx, userID)
	if err != nil {
		return user, nil, err
	}
	if external || user.Disabled || user.Pending {
		return User{}, nil, fault.Of(fault.NotFound)
	}
	keys, err := s.PasskeysOf(ctx, userID)
	return user, keys, err
}

// AddPasskey adds a passkey to one's own account, which takes the password: it is another way in.
// Where there is none, it takes a session that has just begun, whose token it is.
func (s *Service) AddPasskey(
	ctx context.Context, me Identity, token string, p Passkey, password string,
) error {
	p.UserID, p.Name = me.User.ID, cmp.Or(strings.TrimSpace(p.Name), namelessPasskey)
	if !isName(p.Name) {
		return fault.Field("passkey_name", fault.CodeInvalid, nameProblem().Detail)
	}
	if err := s.proveOwner(ctx, me, token, password); err != nil {
		return err
	}
	p.CreatedAt = s.c.Clock()
	p, err := s.sealName(p)
	if err != nil {
		return err
	}
	entry, err := s.entry(audit.PasskeyAdded, me.User.ID, me.User.ID, "name", p.Name)
	if err != nil {
		return err
	}
	return s.c.Passkeys.AddPasskey(ctx, p, mostPasskeys, entry)
}

// RemovePasskey removes one of one's own passkeys. One that is gone is not an error, the only way to
// sign in is fault.Conflict.
func (s *Service) RemovePasskey(ctx context.Context, me Identity, id []byte) error {
	entry, err := s.entry(audit.PasskeyRemoved, me.User.ID, me.User.ID)
	if err != nil {
		return err
	}
	err = s.c.Passkeys.RemovePasskey(ctx, me.User.ID, id, !s.c.NoPasswords, entry)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// SignInPasskey starts a session for the person whose passkey was proved, once. It verified its user,
// and so there is no second step.
func (s *Service) SignInPasskey(
	ctx context.Context, proof PasskeyProof, from Caller,
) (NewSession, error) {
	refusal := fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
		"This passkey doesn't work here. Try again, or sign in another way.")
	err := s.c.Passkeys.UsePasskey(ctx, proof, s.c.Clock())
	if fault.KindOf(err) == fault.NotFound {
		return NewSession{}, refusal
	}
	if err != nil {
		return NewSession{}, err
	}
	user, hash, err := s.c.Own.UserByID(ctx, proof.Before.UserID)
	if err != nil {
		return NewSession{}, err
	}
	session, err := s.start(ctx, user, hash, from)
	if fault.CodeOf(err) == fault.CodeSigninFailed {
		return NewSession{}, refusal
	}
	return session, err
}
