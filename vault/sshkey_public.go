package vault

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// SSHKeyType is a type of SSH keys that NewSSHKey makes.
type SSHKeyType string

// The types. RSA keys have 4096 bits.
const (
	Ed25519 SSHKeyType = "ed25519"
	RSA     SSHKeyType = "rsa"
)

const rsaBits = 4096

// NewSSHKey makes a private key, in the form that OpenSSH reads.
func NewSSHKey(random io.Reader, t SSHKeyType) (string, error) {
	var key crypto.PrivateKey
	var err error
	switch t {
	case Ed25519:
		_, key, err = ed25519.GenerateKey(random)
	case RSA:
		key, err = rsa.GenerateKey(random, rsaBits)
	default:
		return "", fmt.Errorf("no SSH keys of type %q", t)
	}
	if err != nil {
		return "", fmt.Errorf("make an SSH key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		return "", fmt.Errorf("encode an SSH key: %w", err)
	}
	return string(pem.EncodeToMemory(block)), nil
}

// SSHPublicKey is what may be known of an SSH key: the line for authorized_keys, without a comment,
// and the fingerprint as OpenSSH shows it, such as "SHA256:…".
type SSHPublicKey struct {
	Line        string
	Fingerprint string
}

// maxKeyText is the longest text that is read as a key, in bytes.
const maxKeyText = 64 << 10

// PublicKeyOf returns the public half of a private key, and reports false for a text that is none. A
// key behind a passphrase has one too, where its format keeps it readable.
func PublicKeyOf(private string) (SSHPublicKey, bool) {
	if len(private) > maxKeyText {
		return SSHPublicKey{}, false
	}
	var public ssh.PublicKey
	signer, err := ssh.ParsePrivateKey([]byte(strings.TrimSpace(private) + "\n"))
	var locked *ssh.PassphraseMissingError
	switch {
	case err == nil:
		public = signer.PublicKey()
	case errors.As(err, &locked) && locked.PublicKey != nil:
		public = locked.PublicKey
	default:
		return SSHPublicKey{}, false
	}
	return SSHPublicKey{
		Line:        strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public))),
		Fingerprint: ssh.FingerprintSHA256(public),
	}, true
}

// IsPrivateKey reports whether a text is a private key that OpenSSH reads, perhaps behind a passphrase.
func IsPrivateKey(text string) bool {
	if len(text) > maxKeyText {
		return false
	}
	_, err := ssh.ParsePrivateKey([]byte(strings.TrimSpace(text) + "\n"))
	var locked *ssh.PassphraseMissingError
	return err == nil || errors.As(err, &locked)
}
