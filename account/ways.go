package account

import (
	"context"
	"time"

	"itemshare/audit"
	"itemshare/fault"
)

// Ways are the ways to sign in that a person has.
type Ways struct {
	Password bool // false as well where nobody signs in with a password
	Passkeys int
	Provider bool
}

// BesidePassword reports whether the person can sign in without their password.
func (w Ways) BesidePassword() bool { return w.Provider || w.Passkeys > 0 }

// FreshTime is how long a session counts as a proof of who someone is.
const FreshTime = 10 * time.Minute

// WaysOf returns the ways to sign in that a person has.
func (s *Service) WaysOf(ctx context.Context, userID string) (Ways, error) {
	ways, err := s.c.Own.WaysOf(ctx, userID, s.c.Issuer)
	ways.Password = ways.Password && !s.c.NoPasswords
	return ways, err
}

// RemovePassword removes a person's own password and with it the second factor, where another way to
// sign in remains. All their sessions end, the one that asks included: the result is a new one.
func (s *Service) RemovePassword(
	ctx context.Context, me Identity, current string, from Caller,
) (NewSession, error) {
	if s.c.NoPasswords {
		return NewSession{}, passwordsOff()
	}
	user, before, err := s.confirm(ctx, me, "remove_password", current)
	if err != nil {
		return NewSession{}, err
	}
	entry, err := s.entry(audit.PasswordRemoved, user.ID, user.ID)
	if err != nil {
		return NewSession{}, err
	}
	err = s.c.Own.RemovePassword(ctx, user.ID, before, s.c.Issuer, entry)
	if fault.KindOf(err) == fault.NotFound { // changed at the same time elsewhere
		return NewSession{}, wrongCurrent("remove_password")
	}
	if err != nil {
		return NewSession{}, err
	}
	return s.start(ctx, user, "", from)
}

// passwordsOff is the error of somebody's change of a password that counts for nothing.
func passwordsOff() error {
	return fault.New(fault.Conflict, fault.CodeConflict, "Passwords are turned off here.")
}

// LastWay is the error of a change after which a person could not sign in any more.
func LastWay() error {
	return fault.New(fault.Conflict, fault.CodeConflict,
		"This is your only way to sign in. Add another first.")
}

// IsFresh reports whether the session with a token has just begun.
func (s *Service) IsFresh(ctx context.Context, token string) (bool, error) {
	hash, err := hashToken(token)
	if err != nil {
		return false, err
	}
	session, _, err := s.c.Sessions.FindSession(ctx, hash)
	return err == nil && s.c.Clock().Before(session.CreatedAt.Add(FreshTime)), err
}

// proveOwner asks someone who adds a passkey for their password, or, where they have none, for a
// session that has just begun: whoever finds a session open can't make themselves a way in.
func (s *Service) proveOwner(
	ctx context.Context, me Identity, token, password string,
) error {
	ways, err := s.WaysOf(ctx, me.User.ID)
	if err != nil {
		return err
	}
	if ways.Password {
		_, _, err = s.confirm(ctx, me, "passkey_password", password)
		return err
	}
	fresh, err := s.IsFresh(ctx, token)
	if err == nil && !fresh {
		err = fault.Field("passkey", fault.CodeInvalid,
			"You signed in a while ago. Sign out and in again, then add the passkey.")
	}
	return err
}
