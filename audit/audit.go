// Package audit builds audit events, links them to a tamper-evident chain and verifies the chain.
// Events never hold item values, link secrets, codes or passwords.
package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// Kind is the kind of an event.
type Kind string

// The kinds of events.
const (
	SignedIn         Kind = "signin.ok"
	SignInRefused    Kind = "signin.refused"
	SignedOut        Kind = "signout"
	UserAdded        Kind = "user.added"
	PasswordChanged  Kind = "user.password"
	PasswordRemoved  Kind = "user.password_removed" // by its owner, who signs in another way
	UserRenamed      Kind = "user.renamed"
	SessionsEnded    Kind = "user.sessions_ended" // by their owner, elsewhere
	ExternalBound    Kind = "user.external_bound" // signs in with a provider from now on
	PasskeyAdded     Kind = "user.passkey_added"
	PasskeyRemoved   Kind = "user.passkey_removed"
	FactorAdded      Kind = "user.factor_added"
	FactorRemoved    Kind = "user.factor_removed"
	RecoveryUsed     Kind = "user.recovery_used"
	RecoveryRenewed  Kind = "user.recovery_renewed"
	FactorRequired   Kind = "signin.factor_required" // or no longer
	UserDisabled     Kind = "user.disabled"
	UserEnabled      Kind = "user.enabled"
	UserInvited      Kind = "user.invited"
	UserJoined       Kind = "user.joined"
	InviteWithdrawn  Kind = "user.withdrawn"
	UserChanged      Kind = "user.changed"
	UserRemoved      Kind = "user.removed"
	LinksHandedOver  Kind = "user.links_handed_over"
	PasswordReset    Kind = "user.reset" // a code for a new password was made
	InstallationSet  Kind = "setup"      // the first admin was added with the set-up code
	SettingsChanged  Kind = "settings.changed"
	VaultAdded       Kind = "vault.added"
	VaultRenamed     Kind = "vault.renamed"
	VaultArchived    Kind = "vault.archived"
	VaultRestored    Kind = "vault.restored" // from the archive
	GrantChanged     Kind = "vault.granted"  // to a user or a group
	GroupAdded       Kind = "group.added"
	GroupRenamed     Kind = "group.renamed"
	GroupDeleted     Kind = "group.deleted"
	MemberAdded      Kind = "group.member_added"
	MemberRemoved    Kind = "group.member_removed"
	ItemsImported    Kind = "vault.imported"
	ItemsExported    Kind = "vault.exported"
	FieldRevealed    Kind = "item.revealed"
	ItemRead         Kind = "item.read" // with its values, by a service account
	FileDownloaded   Kind = "item.file_downloaded"
	FileAdded        Kind = "item.file_added"
	FileRemoved      Kind = "item.file_removed"
	ItemCreated      Kind = "item.created"
	ItemEdited       Kind = "item.edited"
	ItemDuplicated   Kind = "item.duplicated" // of the copy
	ItemMoved        Kind = "item.moved"      // of the item in its new vault
	ItemArchived     Kind = "item.archived"
	ItemRestored     Kind = "item.restored" // from the archive
	ItemDeleted      Kind = "item.deleted"
	VersionRestored  Kind = "item.version_restored"
	ShareCreated     Kind = "share.created"
	ShareRefused     Kind = "share.refused" // the policy does not allow it
	LinkAsked        Kind = "share.asked"   // requested from the vault's own account
	LinkUnknown      Kind = "share.unknown" // the account may have created a link
	CodeRequested    Kind = "share.code"
	CodeRefused      Kind = "share.code_wrong"
	CodeUndelivered  Kind = "share.code_undelivered" // its email could not be delivered
	ShareOpened      Kind = "share.opened"
	OpenRefused      Kind = "share.open_refused"
	ShareRevoked     Kind = "share.revoked"
	ShareExpired     Kind = "share.expired"
	RecipientRemoved Kind = "share.recipient_removed"
	PolicyChanged    Kind = "policy.changed"
	PolicyApplied    Kind = "policy.applied" // the links that break it are revoked
	Restored         Kind = "restored"
	KeysRotated      Kind = "keys.rotated"
	KeysRenewed      Kind = "keys.renewed" // that seal rows
	MailTested       Kind = "mail.tested"

	ServiceAccountAdded   Kind = "service_account.added"
	ServiceAccountRevoked Kind = "service_account.revoked"

	WebhookAdded   Kind = "webhook.added"
	WebhookPaused  Kind = "webhook.paused"
	WebhookResumed Kind = "webhook.resumed"
	WebhookRotated Kind = "webhook.rotated" // has a new secret
	WebhookRemoved Kind = "webhook.removed"
	WebhookTested  Kind = "webhook.tested"
	WebhookGone    Kind = "webhook.gone" // its receiver answered 410
)

// DetailLast is the detail of a ShareOpened event that used up the last view.
const DetailLast = "last"

// Event is an audit event. Actor is a user's ID, or "" if nobody is signed in. Subject is the ID of
// the share, user or vault that it is about, or "vault/item". Detail is stored sealed: it may hold
// email addresses, but no secrets.
type Event struct {
	At      time.Time
	Kind    Kind
	Actor   string
	Subject string
	Detail  map[string]string
}

// Entry is an event with its detail sealed. The transaction of the change that it records stores
// it.
type Entry struct {
	At      time.Time // whole milliseconds, UTC
	Kind    Kind
	Actor   string
	Subject string
	Detail  []byte
	// AddressMAC is the keyed hash of the email address or user ID in the detail, nil without. Events
	// are found by it; the chain does not cover it.
	AddressMAC []byte
}

// DetailHash returns the hash of the sealed detail. The chain holds it in place of the detail, so
// that the detail can be erased later.
func (e Entry) DetailHash() [32]byte { return sha256.Sum256(e.Detail) }

// Cipher seals details: the box of seal.Audit.
type Cipher interface {
	Seal(plaintext []byte, place ...string) ([]byte, error)
	Open(sealed []byte, place ...string) ([]byte, error)
}

// Log turns events into entries and back.
type Log struct {
	cipher    Cipher
	addresses MAC
}

// NewLog returns a Log that seals details with cipher, and finds email addresses by their hashes of
// addresses.
func NewLog(cipher Cipher, addresses MAC) *Log { return &Log{cipher, addresses} }

// addressDetail is the detail that holds an email address, in its canonical form.
const addressDetail = "address"

// userDetail is the detail that holds the ID of a user whom an event is about beside its subject.
const userDetail = "user"

// AddressMAC returns the hash by which events with this canonical address, or with the ID of this user,
// are found.
func (l *Log) AddressMAC(address string) []byte { return l.addresses("audit", address) }

// Entry seals an event's detail, padded to hide its length.
func (l *Log) Entry(e Event) (Entry, error) {
	at := e.At.UTC().Truncate(time.Millisecond)
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return Entry{}, fmt.Errorf("audit detail: %w", err)
	}
	sealed, err := l.cipher.Seal(pad(detail), place(at, e.Kind, e.Actor, e.Subject)...)
	if err != nil {
		return Entry{}, fmt.Errorf("seal audit detail: %w", err)
	}
	entry := Entry{At: at, Kind: e.Kind, Actor: e.Actor, Subject: e.Subject, Detail: sealed}
	// Whatever stands there is hashed: what is no recipient's takes as long as what is.
	if address, ok := e.Detail[addressDetail]; ok {
		entry.AddressMAC = l.AddressMAC(address)
	} else if user := e.Detail[userDetail]; user != "" {
		entry.AddressMAC = l.AddressMAC(user)
	}
	return entry, nil
}

// Event opens an entry's detail. An erased detail is nil.
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

// pad adds spaces to the JSON up to a multiple of 128 bytes.
func pad(detail []byte) []byte {
	for len(detail)%128 != 0 {
		detail = append(detail, ' ')
	}
	return detail
}
