package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Signing in takes a second step where the person has a second factor. Nothing is stored between the
// two: the browser holds a sealed proof that the password was right.

// StepTime is how long the second step can wait.
const StepTime = 10 * time.Minute

// admitted goes on after a right password: to the second step, or to a session that can do nothing but
// set up the second factor that is required, or to a session.
func (s *Service) admitted(
	ctx context.Context, user User, passwordHash string, from Caller,
) (NewSession, error) {
	_, err := s.c.Factors.FactorOf(ctx, user.ID)
	if err == nil {
		step, err := s.newStep(user, passwordHash)
		return NewSession{Step: step}, err
	}
	if fault.KindOf(err) != fault.NotFound {
		return NewSession{}, err
	}
	required, err := s.c.Factors.FactorRequired(ctx)
	if err != nil {
		return NewSession{}, err
	}
	return s.startAs(ctx, user, passwordHash, from, required)
}

func (s *Service) newStep(user User, passwordHash string) (string, error) {
	text := strings.Join([]string{
		user.ID, digestOf(passwordHash), strconv.FormatInt(s.c.Clock().Add(StepTime).Unix(), 10),
	}, "\n")
	sealed, err := s.c.Keyring.Seal(seal.Forms, []byte(text), "second step")
	return base64.RawURLEncoding.EncodeToString(sealed), fault.Wrap("seal a step", err)
}

// digestOf stands for a password's hash in a proof.
func digestOf(passwordHash string) string {
	sum := sha256.Sum256([]byte(passwordHash))
	return hex.EncodeToString(sum[:])
}

// StepOf returns whose second step a proof is for, and their password's hash. A proof that is too old,
// or of a password that has changed, is fault.Unauthenticated.
func (s *Service) StepOf(ctx context.Context, step string) (user User, passwordHash string, err error) {
	again := fault.Of(fault.Unauthenticated)
	sealed, err := base64.RawURLEncoding.DecodeString(step)
	if err != nil {
		return user, "", again
	}
	text, err := s.c.Keyring.Open(seal.Forms, sealed, "second step")
	parts := strings.Split(string(text), "\n")
	if err != nil || len(parts) != 3 {
		return user, "", again
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || s.c.Clock().Unix() >= until {
		return user, "", again
	}
	user, passwordHash, err = s.c.Own.UserByID(ctx, parts[0])
	if fault.KindOf(err) == fault.NotFound || err == nil && user.Disabled ||
		subtle.ConstantTimeCompare([]byte(digestOf(passwordHash)), []byte(parts[1])) != 1 && err == nil {
		return User{}, "", again
	}
	return user, passwordHash, err
}

// SecondStep ends a sign-in with a one-time password or a recovery code. A wrong one is
// fault.Unauthenticated code_invalid and counts: for a known browser by itself, else for the account,
// since only someone with the right password gets here.
func (s *Service) SecondStep(
	ctx context.Context, step, code string, from Caller,
) (NewSession, error) {
	user, hash, err := s.StepOf(ctx, step)
	if err != nil {
		return NewSession{}, err
	}
	known, err := s.isKnown(ctx, user.Email, from.Browser)
	if err != nil {
		return NewSession{}, err
	}
	counters := s.ownCounters("code", user.ID)
	if known {
		counters = s.ownCounters("code", user.ID+" "+from.Browser)
	}
	place, err := s.admit(ctx, counters, known)
	if err != nil {
		return NewSession{}, err
	}
	defer place.leave()
	err = s.useCode(ctx, user.ID, code)
	if errors.Is(err, errWrongCode) {
		return NewSession{}, s.refuseCode(ctx, counters, user, from)
	}
	if err != nil {
		return NewSession{}, err
	}
	return s.start(ctx, user, hash, from)
}

// useCode accepts a one-time password or a recovery code of a person, once. Any other is errWrongCode.
func (s *Service) useCode(ctx context.Context, userID, code string) error {
	factor, err := s.c.Factors.FactorOf(ctx, userID)
	if fault.KindOf(err) == fault.NotFound {
		return errWrongCode
	}
	if err != nil {
		return err
	}
	if recovery := readCode(code, recoveryBytes); recovery != "" {
		return s.useRecovery(ctx, userID, recovery)
	}
	secret, err := s.c.Keyring.Open(seal.Factors, factor.Sealed, "second_factors", userID)
	if err != nil {
		return fault.Wrap("open a seed", err)
	}
	step, ok := stepOf(string(secret), digitsOf(code), s.c.Clock())
	if !ok {
		return errWrongCode
	}
	return wrongIfMissing(s.c.Factors.UseStep(ctx, userID, step))
}

func (s *Service) useRecovery(ctx context.Context, userID string, code Code) error {
	entry, err := s.entry(audit.RecoveryUsed, userID, userID)
	if err != nil {
		return err
	}
	return wrongIfMissing(
		s.c.Factors.UseRecovery(ctx, userID, s.recoveryMAC(userID, code), entry),
	)
}

func wrongIfMissing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return errWrongCode
	}
	return err
}

func (s *Service) refuseCode(
	ctx context.Context, counters []counter, user User, from Caller,
) error {
	peer := Network(from.Addr)
	var entries []audit.Entry
	if s.refusals.add(peer, s.c.Clock()) {
		entry, err := s.entry(audit.SignInRefused, "", user.ID, "peer", peer, "with", "second factor")
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	return s.countOwn(ctx, counters, fault.New(fault.Unauthenticated, fault.CodeCodeInvalid,
		"This code doesn't work. Enter the app's next one, or a recovery code you haven't used."),
		entries...)
}

// prove asks for a code or the password of someone who is signed in, in a form's field. Without a
// second factor it is fault.NotFound.
func (s *Service) prove(ctx context.Context, me Identity, field, proof string) error {
	if _, err := s.c.Factors.FactorOf(ctx, me.User.ID); err != nil {
		return err
	}
	counters := s.ownCounters("proof", me.User.ID)
	place, err := s.admit(ctx, counters, true)
	if err != nil {
		return inField(err, field)
	}
	defer place.leave()
	if err := s.useCode(ctx, me.User.ID, proof); !errors.Is(err, errWrongCode) {
		return err
	}
	_, hash, err := s.c.Own.UserByID(ctx, me.User.ID)
	if err != nil {
		return err
	}
	if err := place.await(ctx); err != nil {
		return err
	}
	right, err := s.matches(ctx, proof, hash)
	if err != nil || right {
		return err
	}
	return s.countOwn(ctx, counters, fault.Field(field, fault.CodeInvalid,
		"This is neither your password nor a current code."))
}

// matches reports whether a password is right. Nobody knows one where there is none.
func (s *Service) matches(ctx context.Context, password, hash string) (bool, error) {
	if hash == "" {
		_, err := s.hasher.matches(ctx, password, s.hasher.dummy)
		return false, err
	}
	return s.hasher.matches(ctx, password, hash)
}
