package account

import (
	"context"
	"errors"

	"itemshare/audit"
	"itemshare/fault"
)

// errWrongCode means that nothing has that code.
var errWrongCode = errors.New("wrong code")

// wrongCode is the answer to a code that is wrong: it never says whether there was one.
func wrongCode() error {
	return fault.New(fault.Unauthenticated, fault.CodeCodeInvalid,
		"This code doesn't work. Check it, or ask your admin for a new one.")
}

// guarded runs check, which returns errWrongCode for a wrong code, within the limits of signing in:
// wrong codes count for the caller's network, and are fault.Unauthenticated code_invalid.
func (s *Service) guarded(ctx context.Context, what string, from Caller, check func() error) error {
	counters := s.counters(what, from, false)
	place, err := s.admit(ctx, counters, false)
	if err != nil {
		return err
	}
	defer place.leave()
	if err := check(); !errors.Is(err, errWrongCode) {
		return err
	}
	now, peer := s.c.Clock(), Network(from.Addr)
	var entries []audit.Entry
	if s.refusals.add(peer, now) {
		entry, err := s.entry(audit.SignInRefused, "", "", "peer", peer, "with", what)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	ctx = context.WithoutCancel(ctx) // hanging up saves nobody from being counted
	if err := s.c.Attempts.AddAttempt(ctx, keys(counters), now, entries...); err != nil {
		return err
	}
	return wrongCode()
}

// Join sets the password of the person with a code, ends the code and signs them in, as
// SignIn does: with a second factor there is a second step. A wrong code
// is fault.Unauthenticated code_invalid, one that was used or has expired fault.Gone, and too many
// attempts are as with SignIn.
func (s *Service) Join(
	ctx context.Context, code, password string, from Caller,
) (NewSession, error) {
	if err := s.requirePasswords(); err != nil {
		return NewSession{}, err
	}
	user, mac, err := s.holderOf(ctx, code, from)
	if err != nil {
		return NewSession{}, err
	}
	if err := fault.Fields(s.checkPassword(password, user)); err != nil {
		return NewSession{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return NewSession{}, err
	}
	kind := audit.PasswordChanged
	if user.Pending {
		kind = audit.UserJoined
	}
	entry, err := s.entry(kind, user.ID, user.ID)
	if err != nil {
		return NewSession{}, err
	}
	err = s.useJoinCode(ctx, CodeUse{MAC: mac, PasswordHash: hash, Entries: []audit.Entry{entry}})
	if err != nil {
		return NewSession{}, err
	}
	return s.admitted(ctx, user, hash, from)
}

func (s *Service) useJoinCode(ctx context.Context, use CodeUse) error {
	err := s.c.Users.UseCode(ctx, use, s.c.Clock())
	if fault.KindOf(err) == fault.NotFound {
		return usedCode()
	}
	return err
}

// holderOf returns whose code it is, if it can be used, and what is stored of it.
func (s *Service) holderOf(
	ctx context.Context, code string, from Caller,
) (user User, mac []byte, err error) {
	typed := readCode(code, joinCodeBytes)
	mac = s.codeMAC(typed)
	err = s.guarded(ctx, "invitation", from, func() error {
		if typed == "" {
			return errWrongCode
		}
		found, stored, err := s.c.Users.PersonByCode(ctx, mac)
		switch {
		case fault.KindOf(err) == fault.NotFound, err == nil && found.Disabled:
			return errWrongCode
		case err != nil:
			return err
		case !stored.UsedAt.IsZero():
			return usedCode()
		case !s.c.Clock().Before(stored.ExpiresAt):
			return fault.New(fault.Gone, fault.CodeExpired,
				"This code has expired. Ask your admin for a new one.")
		}
		user = found
		return nil
	})
	return user, mac, err
}

func usedCode() error {
	return fault.New(fault.Gone, fault.CodeExpired,
		"This code was used already. Sign in, or ask your admin for a new code.")
}
