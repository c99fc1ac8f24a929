package account

import (
	"cmp"
	"context"

	"itemshare/audit"
	"itemshare/fault"
)

// PasskeyJoiner returns who can add a passkey with a code, and the passkeys that they have. It changes
// nothing. Errors are as with Join; someone who signs in with a provider is fault.Unauthenticated.
func (s *Service) PasskeyJoiner(
	ctx context.Context, code string, from Caller,
) (User, []Passkey, error) {
	user, _, err := s.passkeyJoiner(ctx, code, from)
	if err != nil {
		return User{}, nil, err
	}
	keys, err := s.PasskeysOf(ctx, user.ID)
	return user, keys, err
}

func (s *Service) passkeyJoiner(
	ctx context.Context, code string, from Caller,
) (user User, mac []byte, err error) {
	user, mac, err = s.holderOf(ctx, code, from)
	if err != nil {
		return user, mac, err
	}
	external, err := s.c.Externals.IsExternal(ctx, user.ID)
	if err == nil && external { // a passkey of theirs would count for nothing
		err = fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
			"You sign in with your provider. Ask your admin if you can't.")
	}
	return user, mac, err
}

// JoinWithPasskey adds the passkey that prove returns of the person with a code, in place of a password
// and a second factor, ends the code and signs them in. The passkey verified its user, and so no second
// factor is asked for. Errors are as with PasskeyJoiner, or those of prove.
func (s *Service) JoinWithPasskey(
	ctx context.Context, code string, prove func(User) (Passkey, error), from Caller,
) (NewSession, error) {
	user, mac, err := s.passkeyJoiner(ctx, code, from)
	if err != nil {
		return NewSession{}, err
	}
	key, err := prove(user)
	if err != nil {
		return NewSession{}, err
	}
	key.UserID, key.Name, key.CreatedAt = user.ID, cmp.Or(from.Device, namelessPasskey), s.c.Clock()
	if key, err = s.sealName(key); err != nil {
		return NewSession{}, err
	}
	use := CodeUse{MAC: mac, Passkey: &key, MostPasskeys: mostPasskeys}
	if use.Entries, err = s.passkeyJoined(ctx, user, key); err != nil {
		return NewSession{}, err
	}
	if err := s.useJoinCode(ctx, use); err != nil {
		return NewSession{}, err
	}
	return s.start(ctx, user, "", from)
}

// passkeyJoined returns what the audit log says of somebody who used a code for a passkey.
func (s *Service) passkeyJoined(ctx context.Context, user User, key Passkey) ([]audit.Entry, error) {
	_, hash, err := s.c.Own.UserByID(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	added, err := s.entry(audit.PasskeyAdded, user.ID, user.ID, "name", key.Name)
	if err != nil {
		return nil, err
	}
	if !user.Pending && hash == "" {
		return []audit.Entry{added}, nil
	}
	kind := audit.PasswordRemoved
	if user.Pending {
		kind = audit.UserJoined
	}
	first, err := s.entry(kind, user.ID, user.ID)
	return []audit.Entry{first, added}, err
}
