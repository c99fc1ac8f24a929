package account_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/audit"
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

// TestPasskeyNamesAreSealed asserts that the name of a passkey is stored sealed, for that passkey alone,
// and that one whose name is damaged has another.
func TestPasskeyNamesAreSealed(t *testing.T) {
	s := newTestService(t)
	user := s.addUser(t, "ada@example.com")
	token, me := s.identity(t, "ada@example.com", "")
	for _, name := range []string{"Red laptop", "Blue phone"} {
		key := account.Passkey{ID: []byte(name[:3]), Credential: []byte("public"), Name: name}
		if err := s.AddPasskey(t.Context(), me, token, key, password); err != nil {
			t.Fatal(err)
		}
		s.advance(time.Second)
	}
	stored, err := s.db.PasskeysOf(t.Context(), user.ID)
	if err != nil || len(stored) != 2 || bytes.Contains(stored[0].SealedName, []byte("Red")) {
		t.Fatalf("%d passkeys, %v", len(stored), err)
	}
	names := func() string {
		keys, err := s.PasskeysOf(t.Context(), user.ID)
		if err != nil || len(keys) != 2 {
			t.Fatalf("%d passkeys, %v", len(keys), err)
		}
		return keys[0].Name + ", " + keys[1].Name
	}
	if got := names(); got != "Red laptop, Blue phone" {
		t.Errorf("named %s", got)
	}
	moved := stored[0]
	moved.ID, moved.CreatedAt = []byte("moved"), stored[1].CreatedAt
	entry, err := s.config.Audit.Entry(audit.Event{At: s.clock(), Kind: audit.PasskeyAdded, Subject: user.ID})
	if err == nil {
		err = s.db.RemovePasskey(t.Context(), user.ID, stored[0].ID, true, entry)
	}
	if err == nil {
		err = s.db.AddPasskey(t.Context(), moved, 20, entry)
	}
	if got := names(); err != nil || !strings.Contains(got, "Passkey") || strings.Contains(got, "Red") {
		t.Errorf("the name of another passkey: %s, %v", got, err)
	}
}
