package account_test

import (
	"testing"
	"time"

	"itemshare/account"
	"itemshare/fault"
)

// TestPasskeyProofWorksOnce asserts that a proof signs in once, that adding takes the password, and
// that someone who signs in with a provider has no passkey that counts.
func TestPasskeyProofWorksOnce(t *testing.T) {
	s := newTestService(t)
	user := s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	key := account.Passkey{ID: []byte("id"), Credential: []byte("before")}
	if err := s.AddPasskey(t.Context(), me, token, key, "wrong"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without the password: %v", err)
	}
	if err := s.AddPasskey(t.Context(), me, token, key, password); err != nil {
		t.Fatal(err)
	}
	if err := s.AddPasskey(t.Context(), me, token, key, password); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	prove := func(begun time.Time) error {
		_, keys, err := s.PasskeyHolder(t.Context(), user.ID)
		if err != nil || len(keys) != 1 {
			return err
		}
		_, err = s.SignInPasskey(t.Context(), account.PasskeyProof{
			Before: keys[0], After: []byte("after"), Begun: begun,
		}, account.Caller{Addr: addrOf("peer")})
		return err
	}
	begun := s.clock()
	s.advance(2 * time.Second)
	if err := prove(begun); err != nil {
		t.Errorf("the first time: %v", err)
	}
	if err := prove(begun); fault.CodeOf(err) != fault.CodeSigninFailed {
		t.Errorf("the same proof: %v", err)
	}
	s.advance(2 * time.Second)
	if err := prove(s.clock()); err != nil {
		t.Errorf("a later one: %v", err)
	}
	_, err := s.SignInExternal(t.Context(), account.External{
		Issuer: "https://id.example", Subject: "1", Email: "ada@example.com", Verified: true,
	}, account.Caller{Addr: addrOf("peer")})
	if err != nil {
		t.Fatal(err)
	}
	s.advance(2 * time.Second)
	if err := prove(s.clock()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("with a provider: %v", err)
	}
}
