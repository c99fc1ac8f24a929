package vault

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestCheckValue(t *testing.T) {
	key, err := NewSSHKey(rand.Reader, Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind FieldType
		good []string
		bad  []string
	}{
		{FieldDate, []string{"", "2027-04-30", "0001-01-01"}, []string{
			"2027-02-30", "30.4.2027", "2027-4-30", " 2027-04-30", "0000-01-01", "12027-04-30", "soon",
		}},
		{FieldMonthYear, []string{"", "2029-11"}, []string{"11/2029", "2029-13", "2029-1", "2029-11-01"}},
		{FieldTOTP, []string{"", "JBSWY3DPEHPK3PXP"}, []string{"not base 32!"}},
		{FieldSSHKey, []string{"", key, "\n" + strings.ReplaceAll(key, "\n", "\r\n"), lockedKeyOfOld}, []string{
			"ssh-ed25519 AAAA", key[:len(key)/2], "-----BEGIN PRIVATE KEY-----",
		}},
		{FieldText, []string{"", "anything"}, nil},
		{"Later", []string{"anything"}, nil},
	} {
		for _, value := range c.good {
			if err := CheckValue(Field{Type: c.kind, Value: value}); err != nil {
				t.Errorf("%s %q: %v", c.kind, value, err)
			}
		}
		for _, value := range c.bad {
			if err := CheckValue(Field{Type: c.kind, Value: value}); err == nil {
				t.Errorf("%s %q is accepted", c.kind, value)
			}
		}
	}
}

// lockedKeyOfOld is a key behind a passphrase in a form whose public half can't be read.
const lockedKeyOfOld = `-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF

AAAA
-----END RSA PRIVATE KEY-----
`
