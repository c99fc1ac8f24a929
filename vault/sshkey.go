package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"strings"
)

// OpenSSHKey returns an Ed25519 private key in PKCS#8, as 1Password exports it, in the form that OpenSSH
// reads (PROTOCOL.key of openssh-portable): it reads those of no other form. Any other text is returned
// unchanged, also an RSA or ECDSA key in PKCS#8, which OpenSSH reads.
func OpenSSHKey(text string) string {
	if len(text) > 4096 || !strings.Contains(text, "-----BEGIN PRIVATE KEY-----") {
		return text
	}
	block, rest := pem.Decode([]byte(strings.TrimSpace(text) + "\n"))
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return text
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return text
	}
	return string(
		pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: openSSHKey(key)}),
	)
}

func openSSHKey(key ed25519.PrivateKey) []byte {
	const name = "ssh-ed25519"
	field := func(to, content []byte) []byte {
		return append(binary.BigEndian.AppendUint32(to, uint32(len(content))), content...)
	}
	public := key[ed25519.SeedSize:]
	// Two equal numbers show that decryption worked. Made from the key, they make the text the same each
	// time, so that an import finds it unchanged.
	check := sha256.Sum256(key)
	private := bytes.Repeat(check[:4], 2)
	for _, part := range [][]byte{[]byte(name), public, key, nil} {
		private = field(private, part)
	}
	for i := byte(1); len(private)%8 != 0; i++ {
		private = append(private, i)
	}
	out := []byte("openssh-key-v1\x00")
	for _, part := range [][]byte{[]byte("none"), []byte("none"), nil} {
		out = field(out, part)
	}
	out = binary.BigEndian.AppendUint32(out, 1)
	out = field(out, field(field(nil, []byte(name)), public))
	return field(out, private)
}
