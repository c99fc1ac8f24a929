package passkey_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"itemshare/account"
	"itemshare/account/passkey"
	"itemshare/account/passkey/passkeytest"
	"itemshare/fault"
)

const origin = "https://share.example.com"

var (
	ada = account.User{ID: "ada", Email: "ada@example.com", Name: "Ada"}
	bob = account.User{ID: "bob", Email: "bob@example.com", Name: "Bob"}
)

// people are persons with their passkeys.
type people struct {
	*passkey.Passkeys
	t    *testing.T
	keys map[string][]account.Passkey // by the ID of whose they are
}

func newPeople(t *testing.T) *people {
	t.Helper()
	base, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := passkey.New(base)
	if err != nil {
		t.Fatal(err)
	}
	return &people{keys, t, map[string][]account.Passkey{}}
}

func (p *people) begin(user account.User) passkey.Ceremony {
	p.t.Helper()
	begun, err := p.BeginAdd(user, p.keys[user.ID])
	if err != nil {
		p.t.Fatal(err)
	}
	return begun
}

// add adds a passkey of a person, which is on the device.
func (p *people) add(user account.User, device *passkeytest.Device) {
	p.t.Helper()
	begun := p.begin(user)
	key, err := p.EndAdd(user, begun.Secret, device.Create(begun.Options))
	if err != nil {
		p.t.Fatal(err)
	}
	p.keys[user.ID] = append(p.keys[user.ID], key)
}

func (p *people) find(userID string) (account.User, []account.Passkey, error) {
	for _, user := range []account.User{ada, bob} {
		if user.ID == userID {
			return user, p.keys[userID], nil
		}
	}
	return account.User{}, nil, fault.Of(fault.NotFound)
}

// signIn ends a sign-in that begins with the options that the device answers.
func (p *people) signIn(device *passkeytest.Device) error {
	p.t.Helper()
	begun, err := p.BeginSignIn()
	if err != nil {
		p.t.Fatal(err)
	}
	return p.end(begun.Secret, device.Get(begun.Options))
}

// end stores how often the passkey was used, as its owner's record does.
func (p *people) end(secret, response string) error {
	p.t.Helper()
	proof, err := p.EndSignIn(secret, response, p.find)
	if err == nil {
		for i, key := range p.keys[proof.Before.UserID] {
			if string(key.ID) == string(proof.Before.ID) {
				p.keys[key.UserID][i].Credential = proof.After
			}
		}
	}
	return err
}

// faults are what makes an answer of a browser prove nothing, in both ceremonies.
var faults = map[string]func(*passkeytest.Device){
	"another challenge":     func(d *passkeytest.Device) { d.Challenge = "c29tZSBvdGhlciBjaGFsbGVuZ2UgdGhhdA" },
	"another origin":        func(d *passkeytest.Device) { d.Origin = "https://share.example.com.evil.example" },
	"the origin of a part":  func(d *passkeytest.Device) { d.Origin = "https://evil.share.example.com" },
	"without encryption":    func(d *passkeytest.Device) { d.Origin = "http://share.example.com" },
	"another relying party": func(d *passkeytest.Device) { d.RPID = "example.com" },
	"nobody was verified":   func(d *passkeytest.Device) { d.Unverified = true },
}

// TestAddRejects asserts that a browser's answer adds a passkey once it is right in everything.
func TestAddRejects(t *testing.T) {
	p := newPeople(t)
	for name, fail := range faults {
		device := passkeytest.New(t, origin)
		fail(device)
		begun := p.begin(ada)
		_, err := p.EndAdd(ada, begun.Secret, device.Create(begun.Options))
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	device := passkeytest.New(t, origin)
	earlier, begun := p.begin(ada), p.begin(ada)
	for name, end := range map[string]func() error{
		"the answer to an earlier challenge": func() error {
			_, err := p.EndAdd(ada, begun.Secret, device.Create(earlier.Options))
			return err
		},
		"for another person": func() error {
			_, err := p.EndAdd(bob, begun.Secret, device.Create(begun.Options))
			return err
		},
		"without a ceremony": func() error {
			_, err := p.EndAdd(ada, "", device.Create(begun.Options))
			return err
		},
		"the answer to a sign-in": func() error {
			p.add(bob, device)
			_, err := p.EndAdd(ada, begun.Secret, device.Get(begun.Options))
			return err
		},
		"too late": func() error {
			_, err := p.EndAdd(ada, outdated(t, begun.Secret), device.Create(begun.Options))
			return err
		},
		"nothing": func() error {
			_, err := p.EndAdd(ada, begun.Secret, "")
			return err
		},
	} {
		if err := end(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	key, err := p.EndAdd(ada, begun.Secret, device.Create(begun.Options))
	if err != nil || key.UserID != ada.ID {
		t.Errorf("the right answer: %+v, %v", key, err)
	}
}

// TestSignInRejects asserts the same of signing in.
func TestSignInRejects(t *testing.T) {
	p := newPeople(t)
	device, other := passkeytest.New(t, origin), passkeytest.New(t, origin)
	p.add(ada, device)
	p.add(bob, other)
	for name, fail := range faults {
		wrong := *device
		fail(&wrong)
		if err := p.signIn(&wrong); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	key := device.Keys[0]
	for name, who := range map[string]string{"another person": bob.ID, "nobody": "nobody"} {
		key.UserHandle = []byte(who)
		if err := p.signIn(device); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("as %s: %v", name, err)
		}
	}
	key.UserHandle = []byte(ada.ID)
	earlier, err := p.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	begun, err := p.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	right := device.Get(begun.Options)
	for name, end := range map[string]func() error{
		"the answer to an earlier challenge": func() error {
			return p.end(begun.Secret, device.Get(earlier.Options))
		},
		"without a ceremony": func() error { return p.end("", right) },
		"another signature":  func() error { return p.end(begun.Secret, withOtherSignature(t, right)) },
		"the answer to a registration": func() error {
			return p.end(begun.Secret, other.Create(p.begin(bob).Options))
		},
		"too late": func() error { return p.end(outdated(t, begun.Secret), right) },
		"nothing":  func() error { return p.end(begun.Secret, "") },
	} {
		if err := end(); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.end(begun.Secret, right); err != nil {
		t.Errorf("the right answer: %v", err)
	}
}

// outdated returns the secret of a ceremony as if it had waited for its whole time.
func outdated(t *testing.T, secret string) string {
	t.Helper()
	var session map[string]any
	if err := json.Unmarshal([]byte(secret), &session); err != nil {
		t.Fatal(err)
	}
	expires, err := time.Parse(time.RFC3339, session["expires"].(string))
	if err != nil || time.Until(expires) <= 0 {
		t.Fatalf("expires %s: %v", expires, err)
	}
	session["expires"] = expires.Add(-passkey.Time)
	text, err := json.Marshal(session)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withOtherSignature changes a bit of the signature in an answer.
func withOtherSignature(t *testing.T, response string) string {
	t.Helper()
	before, after, found := strings.Cut(response, `"signature":"`)
	if !found {
		t.Fatal("an answer without a signature")
	}
	signature, rest, _ := strings.Cut(after, `"`)
	middle := len(signature) / 2
	changed := "A"
	if signature[middle] == 'A' {
		changed = "B"
	}
	return before + `"signature":"` + signature[:middle] + changed + signature[middle+1:] + `"` + rest
}

// TestCopiedPasskey asserts that a passkey whose counter didn't go on signs nobody in: there may be a
// copy.
func TestCopiedPasskey(t *testing.T) {
	p := newPeople(t)
	device := passkeytest.New(t, origin)
	p.add(ada, device)
	key := device.Keys[0]
	key.Count = 6
	if err := p.signIn(device); err != nil {
		t.Fatal(err)
	}
	for _, count := range []uint32{3, 7, 8} {
		key.Count = count - 1
		err := p.signIn(device)
		if on := count > 7; on != (err == nil) || !on && fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("counted %d after 7: %v", count, err)
		}
	}
}
