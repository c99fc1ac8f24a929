package vault_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"itemshare/vault"
)

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestOpenSSHKey has OpenSSH itself read the key and print its public half.
func TestOpenSSHKey(t *testing.T) {
	for range 8 {
		public, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text := pkcs8(t, key)
		converted := vault.OpenSSHKey(text)
		if !strings.HasPrefix(converted, "-----BEGIN OPENSSH PRIVATE KEY-----\n") ||
			converted != vault.OpenSSHKey(strings.ReplaceAll(text, "\n", "\r\n")+" ") ||
			converted != vault.OpenSSHKey(converted) {
			t.Fatalf("converted to %q", converted)
		}
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(converted), 0o600); err != nil {
			t.Fatal(err)
		}
		printed, err := exec.Command("ssh-keygen", "-y", "-f", path).CombinedOutput()
		blob := append([]byte("\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"), public...)
		if err != nil ||
			!strings.Contains(string(printed), base64.StdEncoding.EncodeToString(blob)) {
			t.Fatalf("ssh-keygen: %v, %s", err, printed)
		}
	}
}

func TestOtherKeysStay(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", "no key", pkcs8(t, key), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		pkcs8(t, ed25519.NewKeyFromSeed(make([]byte, 32))) + "more",
	} {
		if got := vault.OpenSSHKey(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
