// Package audit says what happened, in a chain that shows whether any of it was
// changed. It builds entries for those who do things and proves the chain; it
// refuses to hold item values, link secrets, codes and passwords.
package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// Kind names what happened.
type Kind string

// The kinds of event.
const (
	SignedIn         Kind = "signin.ok"
	SignInRefused    Kind = "signin.refused"
	SignedOut        Kind = "signout"
	UserAdded        Kind = "user.added"
	PasswordChanged  Kind = "user.password"
	UserDisabled     Kind = "user.disabled"
	UserEnabled      Kind = "user.enabled"
	VaultAdded       Kind = "vault.added"
	GrantChanged     Kind = "vault.granted"
	ItemsImported    Kind = "vault.imported"
	FieldRevealed    Kind = "item.revealed"
	ItemRead         Kind = "item.read" // with its values, by a program
	ShareCreated     Kind = "share.created"
	ShareRefused     Kind = "share.refused" // the policy said no
	LinkAsked        Kind = "share.asked"   // an account is about to be asked for a link
	LinkUnknown      Kind = "share.unknown" // an account may have made a link that nobody has seen
	CodeRequested    Kind = "share.code"
	CodeRefused      Kind = "share.code_wrong"
	ShareOpened      Kind = "share.opened"
	OpenRefused      Kind = "share.open_refused"
	ShareRevoked     Kind = "share.revoked"
	RecipientRemoved Kind = "share.recipient_removed"
	PolicyChanged    Kind = "policy.changed"
	Restored         Kind = "restored"
	KeysRotated      Kind = "keys.rotated"

	ServiceAccountAdded   Kind = "service_account.added"
	ServiceAccountRevoked Kind = "service_account.revoked"
)

// Event is something that happened. Actor is a user's id, "" for nobody signed
// in; Subject the id of the share, user, vault or "vault/item" it is about.
// Detail is sealed: addresses may stand in it, secrets never.
type Event struct {
	At      time.Time
	Kind    Kind
	Actor   string
	Subject string
	Detail  map[string]string
}

// Entry is an event as it is stored: its detail is sealed, and the chain holds
// the hash of the sealed detail. The transaction that does the thing keeps it.
type Entry struct {
	At      time.Time // whole milliseconds, UTC
	Kind    Kind
	Actor   string
	Subject string
	Detail  []byte
}

// DetailHash is what the chain holds of the sealed detail, so that the detail can
// be erased and the chain still be proven.
func (e Entry) DetailHash() [32]byte { return sha256.Sum256(e.Detail) }

// Cipher seals details; seal.Keyring's Audit purpose is behind it.
type Cipher interface {
	Seal(plaintext []byte, place ...string) ([]byte, error)
	Open(sealed []byte, place ...string) ([]byte, error)
}

// Log turns events into entries and back.
type Log struct{ cipher Cipher }

// NewLog makes a log that seals details with cipher.
func NewLog(cipher Cipher) *Log { return &Log{cipher} }

// Entry seals an event's detail, padded so that its length tells little.
func (l *Log) Entry(e Event) (Entry, error) {
	at := e.At.UTC().Truncate(time.Millisecond)
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return Entry{}, fmt.Errorf("audit detail: %w", err)
	}
	sealed, err := l.cipher.Seal(padded(detail), place(at, e.Kind, e.Actor, e.Subject)...)
	if err != nil {
		return Entry{}, fmt.Errorf("seal audit detail: %w", err)
	}
	return Entry{At: at, Kind: e.Kind, Actor: e.Actor, Subject: e.Subject, Detail: sealed}, nil
}

// Event opens an entry's detail. An erased one has a nil detail.
func (l *Log) Event(e Entry) (Event, error) {
	event := Event{At: e.At, Kind: e.Kind, Actor: e.Actor, Subject: e.Subject}
	if len(e.Detail) == 0 {
		return event, nil
	}
	detail, err := l.cipher.Open(e.Detail, place(e.At, e.Kind, e.Actor, e.Subject)...)
	if err != nil {
		return Event{}, fmt.Errorf("open audit detail: %w", err)
	}
	if err := json.Unmarshal(detail, &event.Detail); err != nil {
		return Event{}, fmt.Errorf("read audit detail: %w", err)
	}
	return event, nil
}

func place(at time.Time, kind Kind, actor, subject string) []string {
	return []string{"audit", at.UTC().Format(time.RFC3339Nano), string(kind), actor, subject}
}

// padded ends the JSON with spaces to a multiple of 128 bytes.
func padded(detail []byte) []byte {
	for len(detail)%128 != 0 {
		detail = append(detail, ' ')
	}
	return detail
}
