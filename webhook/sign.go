package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Secret is the key that signs a webhook's messages.
type Secret []byte

// secretBytes is the length of a new secret; the scheme asks for 24 to 64.
const secretBytes = 32

const secretPrefix = "whsec_"

func newSecret(random io.Reader) (Secret, error) {
	secret := make(Secret, secretBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("create a secret: %w", err)
	}
	return secret, nil
}

// Reveal returns the secret as receivers enter it.
func (s Secret) Reveal() string { return secretPrefix + base64.StdEncoding.EncodeToString(s) }

// Format prevents that a secret is printed by accident.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[webhook secret]") }

// signature returns the header webhook-signature: one signature for each secret.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func signature(secrets []Secret, id string, at time.Time, body []byte) string {
	signed := make([]string, len(secrets))
	for i, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		fmt.Fprintf(mac, "%s.%s.%s", id, strconv.FormatInt(at.Unix(), 10), body)
		signed[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signed, " ")
}
