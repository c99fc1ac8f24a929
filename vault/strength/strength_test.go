package strength_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"itemshare/vault/password"
	"itemshare/vault/strength"
)

// TestEstimate asserts the order of some well-known passwords, and that known words count.
func TestEstimate(t *testing.T) {
	for text, want := range map[string]strength.Score{
		"": strength.VeryWeak, "password": strength.VeryWeak, "Tr0ub4dour&3": strength.Fair,
		"correct horse battery staple":         strength.Strong,
		"a" + strings.Repeat("üx9!Qw ", 1_000): strength.Strong,
	} {
		if got := strength.Estimate(text); got != want {
			t.Errorf("%.40q is %v, want %v", text, got, want)
		}
	}
	without := strength.Estimate("ledgerco2031")
	if with := strength.Estimate("ledgerco2031", "ledgerco"); with >= without {
		t.Errorf("a known word counts nothing: %v, %v", without, with)
	}
}

// TestMadePasswordsAreStrong asserts that what the form begins with is strong.
func TestMadePasswordsAreStrong(t *testing.T) {
	for _, recipe := range []password.Recipe{password.DefaultRandom, password.DefaultMemorable} {
		made, err := password.Generate(rand.Reader, recipe)
		if err != nil {
			t.Fatal(err)
		}
		if strength.Estimate(made) != strength.Strong {
			t.Errorf("%q is %v", made, strength.Estimate(made))
		}
	}
}

// TestEstimateAcceptsAnyText asserts that no text makes the estimate fail or change what was
// handed over.
func TestEstimateAcceptsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "known")
		kept := strings.Join(known, "\x00")
		got := strength.Estimate(rapid.String().Draw(t, "password"), known...)
		if got < strength.VeryWeak || got > strength.Strong {
			t.Fatalf("strength %d", got)
		}
		if strings.Join(known, "\x00") != kept {
			t.Fatal("the known words changed")
		}
	})
}
