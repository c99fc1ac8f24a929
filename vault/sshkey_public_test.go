package vault

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenSSHReadsNewKeys asserts that OpenSSH reads the keys that are made, and names the same public
// key and fingerprint.
func TestOpenSSHReadsNewKeys(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal("ssh-keygen, which make test installs: ", err)
	}
	for _, kind := range []SSHKeyType{Ed25519, RSA} {
		private, err := NewSSHKey(rand.Reader, kind)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(private), 0o600); err != nil {
			t.Fatal(err)
		}
		public, ok := PublicKeyOf(private)
		if !ok {
			t.Fatalf("%s: no public key", kind)
		}
		line, err := exec.Command(keygen, "-y", "-f", path).Output()
		if err != nil || strings.TrimSpace(string(line)) != public.Line {
			t.Errorf("%s: ssh-keygen says %s, %v, not %s", kind, line, err, public.Line)
		}
		print, err := exec.Command(keygen, "-l", "-f", path).Output()
		if err != nil || !strings.Contains(string(print), public.Fingerprint) {
			t.Errorf("%s: ssh-keygen says %s, %v, not %s", kind, print, err, public.Fingerprint)
		}
	}
}

// TestPublicKeyOf asserts which texts have a public key.
func TestPublicKeyOf(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	exported := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	plain, ok := PublicKeyOf(exported)
	if !ok || !strings.HasPrefix(plain.Line, "ssh-ed25519 ") {
		t.Errorf("of PKCS#8: %+v, %v", plain, ok)
	}
	if same, ok := PublicKeyOf("  \r\n" + OpenSSHKey(exported) + "\n\n"); !ok || same != plain {
		t.Errorf("of the same key in OpenSSH's form: %+v, %v", same, ok)
	}
	for _, text := range []string{
		"", "secret", exported[:60], strings.Repeat("x", maxKeyText+1),
		"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
	} {
		if got, ok := PublicKeyOf(text); ok {
			t.Errorf("%.30q has the public key %v", text, got)
		}
	}
}
