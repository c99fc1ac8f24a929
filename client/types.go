package client

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// VaultOverview is a vault that the service account may read.
type VaultOverview struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// ItemOverview is what a list shows of an item: never a concealed value.
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
}

// Item is one item, whole.
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

// ItemField is one value. SectionID is nil for a field of no section; FieldType is
// the SDK's name (Text, Concealed, Totp, …).
type ItemField struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	SectionID *string `json:"sectionId,omitempty"`
	FieldType string  `json:"fieldType"`
	Value     string  `json:"value"`
}

// ItemFile is a file's entry. Size is in bytes; Type is a media type or "".
type ItemFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	Type string `json:"type,omitempty"`
}

// ItemShareDuration is how long a link lasts.
type ItemShareDuration string

// The durations that can be chosen.
const (
	ItemShareDurationOneHour      ItemShareDuration = "OneHour"
	ItemShareDurationOneDay       ItemShareDuration = "OneDay"
	ItemShareDurationSevenDays    ItemShareDuration = "SevenDays"
	ItemShareDurationFourteenDays ItemShareDuration = "FourteenDays"
	ItemShareDurationThirtyDays   ItemShareDuration = "ThirtyDays"
)

// AllowedType is one of the ways of sharing that a policy allows.
type AllowedType string

// Both ways.
const (
	AllowedTypeAuthenticated AllowedType = "Authenticated" // with named recipients
	AllowedTypePublic        AllowedType = "Public"        // with anyone who has the link
)

// AllowedRecipientType is one of the kinds of recipients that a policy allows.
type AllowedRecipientType string

// Both kinds.
const (
	AllowedRecipientTypeEmail  AllowedRecipientType = "Email"
	AllowedRecipientTypeDomain AllowedRecipientType = "Domain"
)

// ItemShareFiles says whether files may come along. MaxSize is in bytes of one file.
type ItemShareFiles struct {
	Allowed bool  `json:"allowed"`
	MaxSize int64 `json:"maxSize"`
}

// ItemShareAccountPolicy is the rule for sharing one item. The server holds to it
// whatever a program sends. It remembers its item, to which the next steps go.
type ItemShareAccountPolicy struct {
	VaultID               string                 `json:"vaultId,omitempty"`
	ItemID                string                 `json:"itemId,omitempty"`
	MaxExpiry             ItemShareDuration      `json:"maxExpiry"`
	DefaultExpiry         ItemShareDuration      `json:"defaultExpiry"`
	MaxViews              *uint32                `json:"maxViews,omitempty"` // nil: unlimited
	AllowedTypes          []AllowedType          `json:"allowedTypes"`       // none: sharing is off
	AllowedRecipientTypes []AllowedRecipientType `json:"allowedRecipientTypes"`
	AllowedDomains        []string               `json:"allowedDomains"` // none: any
	Files                 ItemShareFiles         `json:"files"`
}

// ItemShareParams are the choices for one share. They must respect the policy.
type ItemShareParams struct {
	Recipients  []ValidRecipient   `json:"recipients,omitempty"`  // none: everyone with the link
	ExpireAfter *ItemShareDuration `json:"expireAfter,omitempty"` // nil: the policy's default
	OneTimeOnly bool               `json:"oneTimeOnly"`           // opens once, or once for each recipient

	// What the SDK has no word for.
	Files bool     `json:"files,omitempty"` // the item's files come along
	TOTP  bool     `json:"totp,omitempty"`  // one-time-password seeds come along; else they stay out
	Omit  []string `json:"omit,omitempty"`  // ids of fields that stay out
}

// CreatedShare is a share just made. Its link opens it and is shown this once. It
// prints as its id: take the link by name.
type CreatedShare struct {
	ID        string    `json:"id"`
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expiresAt"`
	Native    bool      `json:"native,omitempty"` // the link is 1Password's own: views and revocation are seen there
}

// Format prints the id, never the link, whatever the verb.
func (s CreatedShare) Format(f fmt.State, _ rune) { io.WriteString(f, "share "+s.ID) }

// LogValue logs the id, never the link.
func (s CreatedShare) LogValue() slog.Value { return slog.StringValue("share " + s.ID) }

// ShareStatus is what became of a share.
type ShareStatus string

// The states.
const (
	ShareStatusActive  ShareStatus = "active"
	ShareStatusExpired ShareStatus = "expired"
	ShareStatusViewed  ShareStatus = "viewed" // no view is left
	ShareStatusRevoked ShareStatus = "revoked"
)

// Share is one row of the history. It has no link: that was shown once.
type Share struct {
	ID         string           `json:"id"`
	VaultID    string           `json:"vaultId"`
	ItemID     string           `json:"itemId"`
	Title      string           `json:"title"` // as shared; "" where history erased it
	SharedBy   string           `json:"sharedBy"`
	Audience   Audience         `json:"audience"`
	Recipients []ValidRecipient `json:"recipients"`
	CreatedAt  time.Time        `json:"createdAt"`
	ExpiresAt  time.Time        `json:"expiresAt"`
	EndedAt    *time.Time       `json:"endedAt,omitempty"`
	MaxViews   int              `json:"maxViews"` // 0: unlimited
	Views      int              `json:"views"`
	Status     ShareStatus      `json:"status"`
	Native     bool             `json:"native"`
}

// ValidRecipientTypes says which of the two kinds a recipient is.
type ValidRecipientTypes string

// Both kinds.
const (
	ValidRecipientTypeVariantEmail  ValidRecipientTypes = "Email"  // this one address
	ValidRecipientTypeVariantDomain ValidRecipientTypes = "Domain" // everybody at this domain
)

// ValidRecipientEmailInner holds an address.
type ValidRecipientEmailInner struct {
	Email string `json:"email"`
}

// ValidRecipientDomainInner holds a domain.
type ValidRecipientDomainInner struct {
	Domain string `json:"domain"`
}

// ValidRecipient is a recipient that the server has checked.
type ValidRecipient struct {
	Type   ValidRecipientTypes
	email  *ValidRecipientEmailInner
	domain *ValidRecipientDomainInner
}

// NewValidRecipientTypeVariantEmail makes a recipient of an address.
func NewValidRecipientTypeVariantEmail(content *ValidRecipientEmailInner) ValidRecipient {
	return ValidRecipient{Type: ValidRecipientTypeVariantEmail, email: content}
}

// NewValidRecipientTypeVariantDomain makes a recipient of a domain.
func NewValidRecipientTypeVariantDomain(content *ValidRecipientDomainInner) ValidRecipient {
	return ValidRecipient{Type: ValidRecipientTypeVariantDomain, domain: content}
}

// Email is the address, nil where the recipient is a domain.
func (v ValidRecipient) Email() *ValidRecipientEmailInner { return v.email }

// Domain is the domain, nil where the recipient is an address.
func (v ValidRecipient) Domain() *ValidRecipientDomainInner { return v.domain }

// String is the address or the domain.
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

// UnmarshalJSON reads the SDK's form. Of a kind that this client does not know it
// keeps the name.
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

// MarshalJSON writes the SDK's form.
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
