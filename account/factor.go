package account

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"golang.org/x/text/unicode/norm"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/seal"
)

// Factors stores people's second factors: one-time passwords and recovery codes.
type Factors interface {
	// FactorOf returns a person's second factor, or fault.NotFound.
	FactorOf(ctx context.Context, userID string) (Factor, error)
	// AddFactor stores a second factor and the hashes of its recovery codes, and lets the person's
	// sessions do everything. One that exists already is fault.Conflict.
	AddFactor(ctx context.Context, f Factor, recovery [][]byte, entry audit.Entry) error
	// UseStep accepts the code of a step, which neither works again nor one before it: that is
	// fault.NotFound.
	UseStep(ctx context.Context, userID string, step int64) error
	// UseRecovery deletes a recovery code. One that does not exist is fault.NotFound.
	UseRecovery(ctx context.Context, userID string, mac []byte, entry audit.Entry) error
	// SetRecovery replaces all recovery codes.
	SetRecovery(ctx context.Context, userID string, macs [][]byte, entry audit.Entry) error
	// RemoveFactor deletes a second factor. With signOut it ends the person's sessions too; else,
	// where one is required, they can do nothing but set up another.
	RemoveFactor(ctx context.Context, userID string, signOut bool, entry audit.Entry) error
	// GuardsOf returns what some people have beside or in place of a password, by their IDs. Passwords
	// says whether one counts.
	GuardsOf(ctx context.Context, userIDs []string, passwords bool) (map[string]Guard, error)
	// FactorRequired reports whether people who sign in with a password need a second factor.
	FactorRequired(ctx context.Context) (bool, error)
	RequireFactor(ctx context.Context, required bool, entry audit.Entry) error
}

// Factor is a person's second factor. Sealed is the seed of their one-time passwords.
type Factor struct {
	UserID    string
	Sealed    []byte
	CreatedAt time.Time
	LastStep  int64 // of the last code that was accepted
	Recovery  int   // unused recovery codes
}

// One-time passwords are those of RFC 6238 that every authenticator app makes.
const (
	factorPeriod  = 30 // seconds
	factorSeed    = 20 // bytes
	factorSkew    = 1  // steps that a clock may be off
	recoveryCodes = 10
	recoveryBytes = 10

	enrollTime = 30 * time.Minute // to set a second factor up
)

var seedText = base32.StdEncoding.WithPadding(base32.NoPadding)

// Enrollment is a second factor that is being set up. Nothing of it is stored: Sealed holds it in the
// form, for its person alone.
type Enrollment struct {
	Secret string // to type into an app
	URL    string // of the QR code
	Sealed []byte
}

// BeginFactor makes a seed for a second factor. The app lists it under the issuer.
func (s *Service) BeginFactor(me Identity, issuer string) (Enrollment, error) {
	raw := make([]byte, factorSeed)
	if _, err := io.ReadFull(s.c.Random, raw); err != nil {
		return Enrollment{}, fmt.Errorf("make a seed: %w", err)
	}
	until := strconv.FormatInt(s.c.Clock().Add(enrollTime).Unix(), 10)
	sealed, err := s.c.Keyring.Seal(
		seal.Forms, []byte(seedText.EncodeToString(raw)+"\n"+until), "enrollment", me.User.ID,
	)
	if err != nil {
		return Enrollment{}, fault.Wrap("seal a seed", err)
	}
	return s.ResumeFactor(me, sealed, issuer)
}

// ResumeFactor returns the second factor that a form holds. One that is not this person's, or that is
// too old, is fault.Invalid.
func (s *Service) ResumeFactor(me Identity, sealed []byte, issuer string) (Enrollment, error) {
	secret, err := s.enrolling(me, sealed)
	if err != nil {
		return Enrollment{}, err
	}
	account := issuer + ":" + me.User.Email
	return Enrollment{
		Secret: secret, Sealed: sealed,
		URL: "otpauth://totp/" + escapeLabel(account) + "?secret=" + secret + "&issuer=" +
			escapeLabel(issuer),
	}, nil
}

func (s *Service) enrolling(me Identity, sealed []byte) (secret string, err error) {
	text, err := s.c.Keyring.Open(seal.Forms, sealed, "enrollment", me.User.ID)
	secret, until, _ := strings.Cut(string(text), "\n")
	at, err2 := strconv.ParseInt(until, 10, 64)
	if err != nil || err2 != nil || s.c.Clock().Unix() >= at {
		return "", fault.Field("code", fault.CodeInvalid,
			"This took too long. Scan the new QR code and enter its code.")
	}
	return secret, nil
}

// ConfirmFactor stores the second factor of a form once a code proves that the app has it, and returns
// its recovery codes, which are not stored. A wrong code is fault.Invalid.
func (s *Service) ConfirmFactor(
	ctx context.Context, me Identity, sealed []byte, code string,
) ([]Code, error) {
	secret, err := s.enrolling(me, sealed)
	if err != nil {
		return nil, err
	}
	step, ok := stepOf(secret, digitsOf(code), s.c.Clock())
	if !ok {
		return nil, fault.Field("code", fault.CodeInvalid,
			"This isn't the app's current code. Wait for the next one. If it doesn't work either, "+
				"set the clock of your device.")
	}
	kept, err := s.c.Keyring.Seal(seal.Factors, []byte(secret), "second_factors", me.User.ID)
	if err != nil {
		return nil, fault.Wrap("seal a seed", err)
	}
	codes, macs, err := s.newRecovery(me.User.ID)
	if err != nil {
		return nil, err
	}
	entry, err := s.entry(audit.FactorAdded, me.User.ID, me.User.ID)
	if err != nil {
		return nil, err
	}
	return codes, s.c.Factors.AddFactor(ctx, Factor{
		UserID: me.User.ID, Sealed: kept, CreatedAt: s.c.Clock(), LastStep: step,
	}, macs, entry)
}

func (s *Service) newRecovery(userID string) (codes []Code, macs [][]byte, err error) {
	for range recoveryCodes {
		raw := make([]byte, recoveryBytes)
		if _, err := io.ReadFull(s.c.Random, raw); err != nil {
			return nil, nil, fmt.Errorf("make a recovery code: %w", err)
		}
		code := spell(raw)
		codes, macs = append(codes, code), append(macs, s.recoveryMAC(userID, code))
	}
	return codes, macs, nil
}

func (s *Service) recoveryMAC(userID string, code Code) []byte {
	return s.c.Keyring.MAC(seal.Codes, "recovery", userID, string(code))
}

// FactorOf returns a person's second factor, or fault.NotFound.
func (s *Service) FactorOf(ctx context.Context, userID string) (Factor, error) {
	return s.c.Factors.FactorOf(ctx, userID)
}

// TurnOffFactor removes one's own second factor. The proof is a code or the password.
func (s *Service) TurnOffFactor(ctx context.Context, me Identity, proof string) error {
	if err := s.prove(ctx, me, "off", proof); err != nil {
		return err
	}
	entry, err := s.entry(audit.FactorRemoved, me.User.ID, me.User.ID)
	if err != nil {
		return err
	}
	return s.c.Factors.RemoveFactor(ctx, me.User.ID, false, entry)
}

// RenewRecovery replaces one's own recovery codes. The proof is a code or the password.
func (s *Service) RenewRecovery(ctx context.Context, me Identity, proof string) ([]Code, error) {
	if err := s.prove(ctx, me, "renew", proof); err != nil {
		return nil, err
	}
	codes, macs, err := s.newRecovery(me.User.ID)
	if err != nil {
		return nil, err
	}
	entry, err := s.entry(audit.RecoveryRenewed, me.User.ID, me.User.ID)
	if err != nil {
		return nil, err
	}
	return codes, s.c.Factors.SetRecovery(ctx, me.User.ID, macs, entry)
}

// ClearFactor removes the second factor of someone who lost it, and ends their sessions. A person
// without one is fault.NotFound.
func (s *Service) ClearFactor(ctx context.Context, by, userID string) error {
	entry, err := s.entry(audit.FactorRemoved, by, userID)
	if err != nil {
		return err
	}
	return s.c.Factors.RemoveFactor(ctx, userID, true, entry)
}

// Guard is what keeps a person's password from being enough to sign in as them.
type Guard string

// The guards. A person whose password is enough has none.
const (
	ByFactor   Guard = "factor"   // a one-time password beside the password
	ByPasskey  Guard = "passkey"  // there is no password: a passkey is both factors
	ByProvider Guard = "provider" // there is no password: the provider asks for what it wants
)

// GuardsOf returns what keeps the passwords of some people from being enough, by their IDs.
func (s *Service) GuardsOf(ctx context.Context, userIDs []string) (map[string]Guard, error) {
	return s.c.Factors.GuardsOf(ctx, userIDs, !s.c.NoPasswords)
}

// FactorRequired reports whether people who sign in with a password need a second factor.
func (s *Service) FactorRequired(ctx context.Context) (bool, error) {
	return s.c.Factors.FactorRequired(ctx)
}

// RequireFactor says whether people who sign in with a password need a second factor: from their next
// sign-in on, those without one can do nothing but set it up.
func (s *Service) RequireFactor(ctx context.Context, by string, required bool) error {
	entry, err := s.entry(audit.FactorRequired, by, "", "required", strconv.FormatBool(required))
	if err != nil {
		return err
	}
	return s.c.Factors.RequireFactor(ctx, required, entry)
}

// digitsOf returns the digits of a code as it was typed, in any script.
func digitsOf(text string) string {
	if len(text) > 100 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, norm.NFKC.String(strings.TrimSpace(text)))
}

// stepOf returns the step whose code it is, if that is the current one or next to it.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	current, found := now.Unix()/factorPeriod, int64(0)
	for step := current - factorSkew; step <= current+factorSkew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{
			Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
		})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found, found != 0
}

// escapeLabel escapes a label of an otpauth address: authenticator apps read %20 and no plus sign.
func escapeLabel(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("-._~@:", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
