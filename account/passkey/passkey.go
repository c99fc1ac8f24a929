// Package passkey adds passkeys and signs people in with them, by WebAuthn. It refuses a passkey that
// didn't verify its user, so that one counts as both factors. It stores nothing: the caller keeps a
// ceremony between its two halves, where only the browser that began it can end it, once.
package passkey

import (
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"itemshare/account"
	"itemshare/fault"
)

// Time is how long a ceremony can wait.
const Time = 15 * time.Minute

// Ceremony is a half-done registration or sign-in.
type Ceremony struct {
	Options string // JSON for the browser
	Secret  string // to keep until the browser answers
}

// Passkeys runs ceremonies for one address. It is safe for concurrent use.
type Passkeys struct{ auth *webauthn.WebAuthn }

// New returns the ceremonies of the public base URL. Passkeys are bound to its host.
func New(base *url.URL) (*Passkeys, error) {
	within := webauthn.TimeoutConfig{Enforce: true, Timeout: Time, TimeoutUVD: Time}
	auth, err := webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: "itemshare",
		RPOrigins: []string{base.Scheme + "://" + base.Host},
		Timeouts:  webauthn.TimeoutsConfig{Login: within, Registration: within},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return &Passkeys{auth}, nil
}

// person is a user as the library sees one.
type person struct {
	user account.User
	keys []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return []byte(p.user.ID) }
func (p person) WebAuthnName() string                       { return p.user.Email }
func (p person) WebAuthnDisplayName() string                { return p.user.Name }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.keys }

func personOf(user account.User, keys []account.Passkey) (person, error) {
	p := person{user: user}
	for _, key := range keys {
		var c webauthn.Credential
		if err := json.Unmarshal(key.Credential, &c); err != nil {
			return p, fmt.Errorf("read a passkey: %w", err)
		}
		p.keys = append(p.keys, c)
	}
	return p, nil
}

func ceremony(options any, session *webauthn.SessionData) (Ceremony, error) {
	shown, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write a ceremony: %w", err)
	}
	secret, err := json.Marshal(session)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write a ceremony: %w", err)
	}
	return Ceremony{string(shown), string(secret)}, nil
}

// BeginAdd begins to add a passkey beside those that a person has.
func (p *Passkeys) BeginAdd(user account.User, keys []account.Passkey) (Ceremony, error) {
	who, err := personOf(user, keys)
	if err != nil {
		return Ceremony{}, err
	}
	options, session, err := p.auth.BeginRegistration(
		who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()),
	)
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return ceremony(options.Response, session)
}

// EndAdd returns the passkey of a browser's answer. One that can't be used is fault.Invalid.
func (p *Passkeys) EndAdd(user account.User, secret, response string) (account.Passkey, error) {
	var session webauthn.SessionData
	if json.Unmarshal([]byte(secret), &session) != nil {
		return account.Passkey{}, unusable()
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(response))
	if err != nil {
		return account.Passkey{}, unusable()
	}
	made, err := p.auth.CreateCredential(person{user: user}, session, parsed)
	if err != nil {
		return account.Passkey{}, unusable()
	}
	made.Attestation = webauthn.CredentialAttestation{} // nothing asks for it
	kept, err := json.Marshal(made)
	if err != nil {
		return account.Passkey{}, fmt.Errorf("write a passkey: %w", err)
	}
	return account.Passkey{ID: made.ID, UserID: user.ID, Credential: kept}, nil
}

// BeginSignIn begins to sign in whoever has a passkey.
func (p *Passkeys) BeginSignIn() (Ceremony, error) {
	options, session, err := p.auth.BeginDiscoverableLogin(
		webauthn.WithUserVerification(protocol.VerificationRequired),
	)
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to sign in with a passkey: %w", err)
	}
	return ceremony(options.Response, session)
}

// Finder returns the person with an ID and their passkeys, or fault.NotFound.
type Finder func(userID string) (account.User, []account.Passkey, error)

// EndSignIn returns whose passkey a browser's answer proves. An answer that proves nothing is
// fault.Unauthenticated.
func (p *Passkeys) EndSignIn(
	secret, response string, find Finder,
) (proof account.PasskeyProof, err error) {
	var session webauthn.SessionData
	if json.Unmarshal([]byte(secret), &session) != nil {
		return proof, refused()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(response))
	if err != nil {
		return proof, refused()
	}
	proof.Begun = session.Expires.Add(-Time)
	var failed error
	_, used, err := p.auth.ValidatePasskeyLogin(func(_, userID []byte) (webauthn.User, error) {
		user, keys, err := find(string(userID))
		if err != nil {
			if fault.KindOf(err) != fault.NotFound {
				failed = err
			}
			return nil, err
		}
		for _, key := range keys {
			if string(key.ID) == string(parsed.RawID) {
				proof.Before = key
			}
		}
		return personOf(user, keys)
	}, session, parsed)
	switch {
	case failed != nil:
		return proof, failed
	case err != nil:
		return proof, refused()
	case used.Authenticator.CloneWarning: // the counter went back: there may be a copy
		return proof, refused()
	}
	if proof.After, err = json.Marshal(used); err != nil {
		return proof, fmt.Errorf("write a passkey: %w", err)
	}
	return proof, nil
}

func unusable() error {
	return fault.Field("passkey", fault.CodeInvalid,
		"This passkey couldn't be added. Try again, and unlock it when your device asks.")
}

func refused() error {
	return fault.New(fault.Unauthenticated, fault.CodeSigninFailed,
		"This passkey doesn't work here. Try again, or sign in another way.")
}
