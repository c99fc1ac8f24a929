package share

import "time"

// Policy is a rule for sharing. The zero value forbids everything; Default is
// the documented one. Durations are whole seconds; MaxViews 0 and an empty
// AllowedDomains are unlimited; FilesMaxSize is in bytes, 0 unlimited up to the
// installation's own bound.
type Policy struct {
	MaxExpiry             time.Duration
	DefaultExpiry         time.Duration
	MaxViews              int
	AllowedTypes          []Type
	AllowedRecipientTypes []RecipientKind
	AllowedDomains        []string // canonical
	FilesAllowed          bool
	FilesMaxSize          int64
}

// Type is a way of sharing, by the SDK's names.
type Type string

// The ways: with named recipients, with anyone who has the link.
const (
	Authenticated Type = "Authenticated"
	Public        Type = "Public"
)
