package vault

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B.
func TestTOTPVectors(t *testing.T) {
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
		for name, want := range map[string]string{"SHA1": c.sha1, "SHA256": c.sha256, "SHA512": c.sha512} {
			uri := "otpauth://totp/x?digits=8&algorithm=" + name + "&secret=" + base32.StdEncoding.EncodeToString([]byte(secrets[name]))
			code, left, err := TOTP(uri, time.Unix(c.at, 0))
			if err != nil || code != want {
				t.Errorf("%s at %d: %s, %v; want %s", name, c.at, code, err, want)
			}
			if wantLeft := time.Duration(30-c.at%30) * time.Second; left != wantLeft {
				t.Errorf("%s at %d: %v left, want %v", name, c.at, left, wantLeft)
			}
		}
	}
}

func TestTOTPForms(t *testing.T) {
	now := time.Unix(1111111109, 500_000_000)
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	want, _, err := TOTP(secret, now)
	if err != nil || want != "081804" {
		t.Fatalf("bare secret: %s, %v", want, err)
	}
	for _, form := range []string{
		"gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "otpauth://totp/Example:ann?secret=" + secret + "&issuer=Example",
		"otpauth://totp/?secret=" + strings.ToLower(secret) + "%3D&algorithm=sha-1&period=30",
	} {
		if got, _, err := TOTP(form, now); err != nil || got != want {
			t.Errorf("%s: %s, %v", form, got, err)
		}
	}
	if _, left, _ := TOTP("otpauth://totp/?period=60&secret="+secret, now); left != 30500*time.Millisecond {
		t.Errorf("a period of a minute: %v left", left)
	}
	for _, bad := range []string{
		"", "not base32!", "otpauth://hotp/x?secret=" + secret, "https://example.com/?secret=" + secret, "otpauth://totp/x",
		"otpauth://totp/x?digits=99&secret=" + secret, "otpauth://totp/x?period=0&secret=" + secret, "otpauth://totp/x?algorithm=MD5&secret=" + secret,
	} {
		if code, _, err := TOTP(bad, now); err == nil || code != "" {
			t.Errorf("%q gave %q", bad, code)
		} else if bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("the error holds the value")
		}
	}
}

func FuzzTOTP(f *testing.F) {
	f.Add("otpauth://totp/a?secret=GEZDGNBV&digits=8")
	f.Add("gezd gnbv")
	f.Fuzz(func(t *testing.T, value string) {
		code, left, err := TOTP(value, time.Unix(1700000000, 0))
		if err == nil && (len(code) < 4 || left <= 0) {
			t.Errorf("%q, %v left", code, left)
		}
	})
}
