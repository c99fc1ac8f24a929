package account

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/argon2id"

	"itemshare/fault"
	"itemshare/vault/strength"
)

// TestHashAtMostTwoAtOnce asserts that at most two hashes run at once: each takes 19 MiB, and
// strangers can request them.
func TestHashAtMostTwoAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher()
		var now, most atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				h.run(t.Context(), func() error {
					most.Store(max(most.Load(), now.Add(1)))
					time.Sleep(time.Second)
					now.Add(-1)
					return nil
				})
			})
		}
		all.Wait()
		if most.Load() != 2 {
			t.Errorf("%d at once, want 2", most.Load())
		}
	})
}

func TestHashStopsWithContext(t *testing.T) {
	h := newHasher()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.matches(ctx, "password", dummyHash); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("err = %v, want Unavailable", err)
	}
}

// TestDummyHashCostsTheSame asserts that the hash that an unknown user's password is checked
// against has the parameters and lengths of a real one.
func TestDummyHashCostsTheSame(t *testing.T) {
	params, _, _, err := argon2id.DecodeHash(dummyHash)
	if err != nil {
		t.Fatal(err)
	}
	if *params != hashParams {
		t.Errorf("%+v, want %+v", *params, hashParams)
	}
	cheap, _, _, err := argon2id.DecodeHash(newCheapHasher().dummy)
	if err != nil || *cheap != newCheapHasher().params {
		t.Errorf("in tests: %+v, want %+v, %v", cheap, newCheapHasher().params, err)
	}
	if params.Memory < 19*1024 || params.Iterations < 2 {
		t.Errorf("%+v is weaker than 19 MiB and two passes", *params)
	}
}

func TestHashNormalizesUnicode(t *testing.T) {
	h := newHasher()
	hash, err := h.hash(t.Context(), "caf\u00e9 au lait")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.matches(t.Context(), "cafe\u0301 au lait", hash); !ok || err != nil {
		t.Errorf("another keyboard's spelling: %v, %v", ok, err)
	}
	if ok, _ := h.matches(t.Context(), "cafe au lait", hash); ok {
		t.Error("another word was taken")
	}
}

func TestCheckPassword(t *testing.T) {
	user := User{Email: "ada.lovelace@example.com", Name: "Ada Lovelace"}
	service := New(Config{Strength: func(text string, known ...string) int {
		return int(strength.Estimate(text, known...))
	}})
	tests := []struct {
		why, typed string
		ok         bool
	}{
		{"words", "correct horse battery staple", true},
		{"just long enough", "k7Rw!q2z", true},
		{"in order", "abcdefgh", false},
		{"what everyone takes", "Password1!", false},
		{"eight characters of two bytes each", "äöüßéèêë", true},
		{"nothing", "", false},
		{"seven", "abcdefg", false},
		{"seven of two bytes are not fourteen", "äöüßéèê", false},
		{"as long as may be", longPassword(1024), true},
		{"longer", longPassword(1025), false},
		{"one character", "aaaaaaaaaaaa", false},
		{"three characters", "abcabcabcabc", false},
		{"the address", "Ada.Lovelace@example.com", false},
		{"its local part", "ada.lovelace", false},
		{"the name", "ada lovelace", false},
		{"the name and a year", "lovelace2024", false},
		{"no text", "abcdefgh\xff", false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			problems := service.checkPassword(tt.typed, user)
			if (len(problems) == 0) != tt.ok {
				t.Errorf("problems %v, want ok = %v", problems, tt.ok)
			}
			for _, p := range problems {
				if len(tt.typed) > 7 && strings.Contains(p.Detail, tt.typed) {
					t.Error("the problem quotes the password")
				}
			}
		})
	}
}

// longPassword returns a password of so many bytes that isn't easy to guess.
func longPassword(bytes int) string {
	return strings.Repeat("correct horse battery staple ", bytes)[:bytes]
}
