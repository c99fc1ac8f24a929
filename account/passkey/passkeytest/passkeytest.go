// Package passkeytest is an authenticator in a browser, for tests: it answers the options of a WebAuthn
// ceremony as a browser does, with ES256 and no attestation. Its fields make it answer wrongly.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// Device is a browser with an authenticator. What New returns answers rightly.
type Device struct {
	Origin     string // of the page that the browser shows
	RPID       string // that the authenticator answers for; "" for the one in the options
	Challenge  string // that the browser answers; "" for the one in the options
	Unverified bool   // the authenticator didn't ask who uses it
	Uncounted  bool   // the authenticator counts no uses, as those that copy passkeys to other devices
	Keys       []*Key // its passkeys, the newest last
	t          testing.TB
}

// Key is a passkey.
type Key struct {
	ID         []byte
	UserHandle []byte // the ID of the person whose it is
	Count      uint32 // how often it was used
	private    *ecdsa.PrivateKey
}

// New returns a browser at a page of an origin, such as http://localhost:8080, without passkeys.
func New(t testing.TB, origin string) *Device {
	t.Helper()
	return &Device{Origin: origin, t: t}
}

// options are those of both ceremonies.
type options struct {
	Challenge string `json:"challenge"`
	RPID      string `json:"rpId"` // to sign in
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"` // to add a passkey
	User struct {
		ID string `json:"id"`
	} `json:"user"`
}

func (d *Device) read(text string) (o options) {
	d.t.Helper()
	if err := json.Unmarshal([]byte(text), &o); err != nil || o.Challenge == "" {
		d.t.Fatalf("these are no options of a ceremony: %q, %v", text, err)
	}
	if d.Challenge != "" {
		o.Challenge = d.Challenge
	}
	if o.RPID == "" {
		o.RPID = o.RP.ID
	}
	if d.RPID != "" {
		o.RPID = d.RPID
	}
	return o
}

// Create adds a passkey, and returns the browser's answer to the options of a registration.
func (d *Device) Create(text string) string {
	d.t.Helper()
	o := d.read(text)
	handle, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	d.must(err)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.must(err)
	point, err := private.PublicKey.Bytes()
	d.must(err)
	key := &Key{ID: []byte(rand.Text()), UserHandle: handle, private: private}
	d.Keys = append(d.Keys, key)

	const hasKey = 0x40
	data := d.data(o.RPID, hasKey, key.Count)
	data = append(data, make([]byte, 16)...) // of no known model
	data = binary.BigEndian.AppendUint16(data, uint16(len(key.ID)))
	data = append(data, key.ID...)
	data = append(data, publicKey(point)...)
	return d.answer(key, map[string]any{
		"clientDataJSON":    encoded(d.clientData("webauthn.create", o.Challenge)),
		"attestationObject": encoded(unattested(data)),
		"transports":        []string{"internal"},
	})
}

// Get uses the newest passkey, and returns the browser's answer to the options of a sign-in.
func (d *Device) Get(text string) string {
	d.t.Helper()
	o := d.read(text)
	if len(d.Keys) == 0 {
		d.t.Fatal("the device has no passkey")
	}
	key := d.Keys[len(d.Keys)-1]
	if !d.Uncounted {
		key.Count++
	}
	client, data := d.clientData("webauthn.get", o.Challenge), d.data(o.RPID, 0, key.Count)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, key.private, digest[:])
	d.must(err)
	return d.answer(key, map[string]any{
		"clientDataJSON": encoded(client), "authenticatorData": encoded(data),
		"signature": encoded(signature), "userHandle": encoded(key.UserHandle),
	})
}

// clientData is what the browser says of the ceremony.
func (d *Device) clientData(ceremony, challenge string) []byte {
	d.t.Helper()
	text, err := json.Marshal(map[string]any{
		"type": ceremony, "challenge": challenge, "origin": d.Origin, "crossOrigin": false,
	})
	d.must(err)
	return text
}

// data is what the authenticator says of itself: whom it answers, how, and how often it did.
func (d *Device) data(rpID string, flags byte, count uint32) []byte {
	const present, verified = 0x01, 0x04
	flags |= present
	if !d.Unverified {
		flags |= verified
	}
	hash := sha256.Sum256([]byte(rpID))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), count)
}

func (d *Device) answer(key *Key, response map[string]any) string {
	d.t.Helper()
	text, err := json.Marshal(map[string]any{
		"id": encoded(key.ID), "rawId": encoded(key.ID), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{},
		"response": response,
	})
	d.must(err)
	return string(text)
}

func (d *Device) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// publicKey is a point of P-256 as a COSE key for ES256 (RFC 9053, sections 2.1 and 7.1), in CBOR.
func publicKey(point []byte) []byte {
	x, y := point[1:33], point[33:]
	key := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	key = append(key, x...)
	return append(append(key, 0x22, 0x58, 0x20), y...)
}

// unattested is an attestation object of the format "none", in CBOR.
func unattested(data []byte) []byte {
	object := []byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59")
	object = binary.BigEndian.AppendUint16(object, uint16(len(data)))
	return append(object, data...)
}
