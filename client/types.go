package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// VaultOverview is a vault. Of the lists, only [Vaults.ListAll] has archived ones.
type VaultOverview struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Archived bool   `json:"archived,omitempty"`
}

// ItemOverview is an item in a list, without its values.
type ItemOverview struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Category  string    `json:"category"` // as the SDK: Login, SecureNote, …
	VaultID   string    `json:"vaultId"`
	Subtitle  string    `json:"subtitle,omitempty"`
	Websites  []Website `json:"websites,omitempty"`
	Tags      []string  `json:"tags"`
	Version   uint32    `json:"version"`
	UpdatedAt time.Time `json:"updatedAt"`
	State     ItemState `json:"state"`
}

// ItemState says whether an item is archived.
type ItemState string

// The states.
const (
	ItemStateActive   ItemState = "active"
	ItemStateArchived ItemState = "archived"
)

// ItemCreateParams are a new item. VaultID, Category and Title are required; sections and fields
// without an ID get one.
type ItemCreateParams struct {
	VaultID  string        `json:"vaultId"`
	Category string        `json:"category"` // as the SDK: Login, SecureNote, …
	Title    string        `json:"title"`
	Fields   []ItemField   `json:"fields,omitempty"`
	Sections []ItemSection `json:"sections,omitempty"`
	Notes    *string       `json:"notes,omitempty"`
	Tags     []string      `json:"tags,omitempty"`
	Websites []Website     `json:"websites,omitempty"`
}

// Item is an item with its values.
type Item struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Category  string        `json:"category"`
	VaultID   string        `json:"vaultId"`
	Fields    []ItemField   `json:"fields"`
	Sections  []ItemSection `json:"sections"`
	Notes     string        `json:"notes"`
	Tags      []string      `json:"tags"`
	Websites  []Website     `json:"websites"`
	Version   uint32        `json:"version"`
	Files     []ItemFile    `json:"files"`
	CreatedAt time.Time     `json:"createdAt"`
	UpdatedAt time.Time     `json:"updatedAt"`
}

// ItemField is a field of an item. SectionID is nil for a field outside sections; FieldType is the
// SDK's name (Text, Concealed, Totp, …). Withheld reports whether the value is concealed and the
// service account can't see it.
type ItemField struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	SectionID *string `json:"sectionId,omitempty"`
	FieldType string  `json:"fieldType"`
	Value     string  `json:"value"`
	Withheld  bool    `json:"withheld,omitempty"`
}

// ItemFile is a file of an item. Size is in bytes; Type is a media type or "".
type ItemFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type,omitempty"`
}

// ItemShareDuration is the time after which a link expires.
type ItemShareDuration string

// The durations.
const (
	ItemShareDurationOneHour      ItemShareDuration = "OneHour"
	ItemShareDurationOneDay       ItemShareDuration = "OneDay"
	ItemShareDurationSevenDays    ItemShareDuration = "SevenDays"
	ItemShareDurationFourteenDays ItemShareDuration = "FourteenDays"
	ItemShareDurationThirtyDays   ItemShareDuration = "ThirtyDays"
)

// AllowedType is a type of link that a policy allows.
type AllowedType string

// The types of links.
const (
	AllowedTypeAuthenticated AllowedType = "Authenticated" // only for recipients
	AllowedTypePublic        AllowedType = "Public"        // for anyone with the link
)

// AllowedRecipientType is a type of recipient that a policy allows.
type AllowedRecipientType string

// The types of recipients.
const (
	AllowedRecipientTypeEmail  AllowedRecipientType = "Email"
	AllowedRecipientTypeDomain AllowedRecipientType = "Domain"
)

// ItemShareFiles is the policy for files. MaxSize is the size of the largest file, in bytes.
type ItemShareFiles struct {
	Allowed bool  `json:"allowed"`
	MaxSize int64 `json:"maxSize"`
}

// ItemShareAccountPolicy is the policy for sharing one item. The server enforces it, whatever a
// program sends. VaultID and ItemID are those of the item, which the next steps need.
type ItemShareAccountPolicy struct {
	VaultID               string                 `json:"vaultId,omitempty"`
	ItemID                string                 `json:"itemId,omitempty"`
	MaxExpiry             ItemShareDuration      `json:"maxExpiry"`
	DefaultExpiry         ItemShareDuration      `json:"defaultExpiry"`
	MaxViews              *uint32                `json:"maxViews,omitempty"` // nil is unlimited
	AllowedTypes          []AllowedType          `json:"allowedTypes"`       // empty: sharing is off
	AllowedRecipientTypes []AllowedRecipientType `json:"allowedRecipientTypes"`
	AllowedDomains        []string               `json:"allowedDomains"` // empty: any
	Files                 ItemShareFiles         `json:"files"`
}

// ItemShareParams are the options for a share. The policy must allow them.
type ItemShareParams struct {
	Recipients  []ValidRecipient   `json:"recipients,omitempty"`  // empty: anyone with the link
	ExpireAfter *ItemShareDuration `json:"expireAfter,omitempty"` // nil is the policy's default
	OneTimeOnly bool               `json:"oneTimeOnly"`           // one view, for each recipient

	// Not in the SDK.
	Files bool     `json:"files,omitempty"` // include the item's files
	TOTP  bool     `json:"totp,omitempty"`  // include one-time passwords
	Omit  []string `json:"omit,omitempty"`  // ids of fields that are not included
}

// CreatedShare is a new share. Its Link cannot be shown again. It prints as its ID; use the field
// Link by name.
type CreatedShare struct {
	ID        string    `json:"id"`
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expiresAt"`
	Native    bool      `json:"native,omitempty"` // a link of 1Password's, which alone can revoke it
}

// Format prints the id, never the link, whatever the verb.
func (s CreatedShare) Format(f fmt.State, _ rune) { io.WriteString(f, "share "+s.ID) }

// LogValue logs the id, never the link.
func (s CreatedShare) LogValue() slog.Value { return slog.StringValue("share " + s.ID) }

// ShareStatus is the status of a share.
type ShareStatus string

// The statuses.
const (
	ShareStatusActive  ShareStatus = "active"
	ShareStatusExpired ShareStatus = "expired"
	ShareStatusViewed  ShareStatus = "viewed" // no views left
	ShareStatusRevoked ShareStatus = "revoked"
)

// Share is a share in the history. Its link cannot be shown again.
type Share struct {
	ID         string           `json:"id"`
	VaultID    string           `json:"vaultId"`
	ItemID     string           `json:"itemId"`
	Title      string           `json:"title"` // as shared; "" once it was erased
	SharedBy   string           `json:"sharedBy"`
	Audience   Audience         `json:"audience"`
	Recipients []ValidRecipient `json:"recipients"`
	CreatedAt  time.Time        `json:"createdAt"`
	ExpiresAt  time.Time        `json:"expiresAt"`
	EndedAt    *time.Time       `json:"endedAt,omitempty"`
	MaxViews   int              `json:"maxViews"` // 0 is unlimited
	Views      int              `json:"views"`
	Status     ShareStatus      `json:"status"`
	Native     bool             `json:"native"`
	// Undelivered are the emails with codes that could not be delivered, newest first.
	Undelivered []UndeliveredCode `json:"undelivered,omitempty"`
	Included    string            `json:"included,omitempty"` // of the item, in words; "" once it was erased
}

// UndeliveredCode is the email of a code that could not be delivered, or not yet. Email is "" once
// it was erased; Retried reports whether the server still tries.
type UndeliveredCode struct {
	Email   string    `json:"email"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Retried bool      `json:"retried"`
}

// View is one view of a share, or the views that were counted in the minute that begins At. Email
// is the verified address, "" if anyone with the link could view it; Browser may be unknown.
type View struct {
	At      time.Time `json:"at"`
	Email   string    `json:"email,omitempty"`
	Browser string    `json:"browser,omitempty"`
	Views   int       `json:"views"`
}

// Event is an event of the audit log. Actor and Subject are IDs; Actor is "" if nobody was signed
// in. Erased reports whether the detail was erased.
type Event struct {
	Number  int64             `json:"number"`
	At      time.Time         `json:"at"`
	Kind    string            `json:"kind"`
	Actor   string            `json:"actor"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail"`
	Erased  bool              `json:"erased,omitempty"`
}

// SharePeriod is a time up to now, in whole days in UTC.
type SharePeriod string

// The periods.
const (
	SharePeriodToday  SharePeriod = "today"
	SharePeriod7Days  SharePeriod = "7days"
	SharePeriod30Days SharePeriod = "30days"
)

// ValidRecipientTypes is the type of a recipient.
type ValidRecipientTypes string

// The types of recipients.
const (
	ValidRecipientTypeVariantEmail  ValidRecipientTypes = "Email"  // one email address
	ValidRecipientTypeVariantDomain ValidRecipientTypes = "Domain" // everyone at a domain
)

// ValidRecipientEmailInner has the email address of a recipient.
type ValidRecipientEmailInner struct {
	Email string `json:"email"`
}

// ValidRecipientDomainInner has the domain of a recipient.
type ValidRecipientDomainInner struct {
	Domain string `json:"domain"`
}

// ValidRecipient is a recipient that the server has checked.
type ValidRecipient struct {
	Type   ValidRecipientTypes
	email  *ValidRecipientEmailInner
	domain *ValidRecipientDomainInner
}

// NewValidRecipientTypeVariantEmail returns a recipient with an email address.
func NewValidRecipientTypeVariantEmail(content *ValidRecipientEmailInner) ValidRecipient {
	return ValidRecipient{Type: ValidRecipientTypeVariantEmail, email: content}
}

// NewValidRecipientTypeVariantDomain returns a recipient that is a domain.
func NewValidRecipientTypeVariantDomain(content *ValidRecipientDomainInner) ValidRecipient {
	return ValidRecipient{Type: ValidRecipientTypeVariantDomain, domain: content}
}

// Email returns the email address, or nil where the recipient is a domain.
func (v ValidRecipient) Email() *ValidRecipientEmailInner { return v.email }

// Domain returns the domain, or nil where the recipient is an email address.
func (v ValidRecipient) Domain() *ValidRecipientDomainInner { return v.domain }

// String returns the email address or the domain.
func (v ValidRecipient) String() string {
	switch {
	case v.email != nil:
		return v.email.Email
	case v.domain != nil:
		return v.domain.Domain
	default:
		return ""
	}
}

type recipientJSON struct {
	Type       ValidRecipientTypes `json:"type"`
	Parameters json.RawMessage     `json:"parameters"`
}

// UnmarshalJSON decodes the SDK's form. A recipient of an unknown type has its Type alone.
func (v *ValidRecipient) UnmarshalJSON(text []byte) error {
	var in recipientJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*v = ValidRecipient{Type: in.Type}
	switch in.Type {
	case ValidRecipientTypeVariantEmail:
		return json.Unmarshal(in.Parameters, &v.email)
	case ValidRecipientTypeVariantDomain:
		return json.Unmarshal(in.Parameters, &v.domain)
	default:
		return nil
	}
}

// MarshalJSON encodes the SDK's form.
func (v ValidRecipient) MarshalJSON() ([]byte, error) {
	var inner any = v.email
	if v.domain != nil {
		inner = v.domain
	}
	parameters, err := json.Marshal(inner)
	if err != nil {
		return nil, err
	}
	return json.Marshal(recipientJSON{v.Type, parameters})
}
