package vault

import (
	"encoding/base32"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"itemshare/fault"
)

// The vectors of RFC 6238, appendix B.
func TestSeedVectors(t *testing.T) {
	seed := strings.Repeat("1234567890", 7)
	secrets := map[string]string{"SHA1": seed[:20], "SHA256": seed[:32], "SHA512": seed[:64]}
	for _, c := range []struct {
		at                   int64
		sha1, sha256, sha512 string
	}{
		{59, "94287082", "46119246", "90693936"},
		{1111111109, "07081804", "68084774", "25091201"},
		{1111111111, "14050471", "67062674", "99943326"},
		{1234567890, "89005924", "91819424", "93441116"},
		{2000000000, "69279037", "90698825", "38618901"},
		{20000000000, "65353130", "77737706", "47863826"},
	} {
		wants := map[string]string{"SHA1": c.sha1, "SHA256": c.sha256, "SHA512": c.sha512}
		for name, want := range wants {
			secret := base32.StdEncoding.EncodeToString([]byte(secrets[name]))
			uri := "otpauth://totp/x?digits=8&algorithm=" + name + "&secret=" + secret
			code, left := codeAt(t, uri, time.Unix(c.at, 0))
			if code != want {
				t.Errorf("%s at %d: %s, want %s", name, c.at, code, want)
			}
			if wantLeft := time.Duration(30-c.at%30) * time.Second; left != wantLeft {
				t.Errorf("%s at %d: %v left, want %v", name, c.at, left, wantLeft)
			}
		}
	}
}

func codeAt(t *testing.T, text string, at time.Time) (string, time.Duration) {
	t.Helper()
	seed, err := ParseSeed(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return seed.Code(at)
}

// seedCase is a row of testdata/seeds.json, which the recipient's page is tested by as well.
type seedCase struct {
	Case, Seed string
	At         int64  // Unix seconds
	Code       string // "" where none can be made
	Period     int    // seconds
	Problem    string // why none can be made
}

func seedCases(t *testing.T) (cases []seedCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/seeds.json")
	if err := errors.Join(err, json.Unmarshal(text, &cases)); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestSeedCases(t *testing.T) {
	for _, c := range seedCases(t) {
		seed, err := ParseSeed(c.Seed)
		if c.Problem != "" {
			if fault.KindOf(err) != fault.Invalid || fault.ProblemsOf(err)[0].Detail != c.Problem {
				t.Errorf("%s: %+v, %v; want %q", c.Case, seed, err, c.Problem)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.Case, err)
			continue
		}
		code, _ := seed.Code(time.Unix(c.At, 0))
		period := time.Duration(c.Period) * time.Second
		if code != c.Code || seed.Period() != period {
			t.Errorf("%s: %s each %v, want %s each %v", c.Case, code, seed.Period(), c.Code, period)
		}
	}
}

func TestSeedErrorsHoldNothingOfTheSeed(t *testing.T) {
	for _, c := range seedCases(t) {
		if _, err := ParseSeed(c.Seed); err != nil && len(c.Seed) > 2 &&
			strings.Contains(err.Error(), c.Seed) {
			t.Errorf("%s: %v", c.Case, err)
		}
	}
}

func TestSeedTimeLeft(t *testing.T) {
	now := time.Unix(1111111109, 500_000_000)
	_, left := codeAt(t, "otpauth://totp/?period=60&secret=GEZDGNBVGY3TQOJQ", now)
	if want := 30500 * time.Millisecond; left != want {
		t.Errorf("%v left, want %v", left, want)
	}
}

func FuzzSeed(f *testing.F) {
	f.Add("otpauth://totp/a?secret=GEZDGNBV&digits=8")
	f.Add("gezd gnbv")
	f.Fuzz(func(t *testing.T, value string) {
		seed, err := ParseSeed(value)
		if err != nil {
			return
		}
		code, left := seed.Code(time.Unix(1700000000, 0))
		if len(code) < 4 || left <= 0 || left > seed.Period() {
			t.Errorf("%q: %q, %v left", value, code, left)
		}
	})
}
