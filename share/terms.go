// Package share is the heart: policies, recipients, durations and links; who may
// open what, until when, how often. It decides and seals; it does no SQL, no
// HTTP and no SMTP, and it never keeps a link.
package share

import "time"

// Audience is who may open a share.
type Audience string

// The audiences, as they stand in the sealed terms.
const (
	Anyone     Audience = "anyone"
	Recipients Audience = "recipients"
)

// Terms are what a share is bound to for good: they are part of what seals it.
// Times are Unix seconds; MaxViews 0 is unlimited, per address where the
// audience is recipients.
type Terms struct {
	CreatedAt int64
	ExpiresAt int64
	MaxViews  int
	Audience  Audience
}

// State is how a share stands.
type State string

// The states. A share is Viewed when no view is left.
const (
	Active  State = "active"
	Expired State = "expired"
	Viewed  State = "viewed"
	Revoked State = "revoked"
)

// ViewTime is how long a view may be repeated, ViewTimeFiles where there are files to fetch.
const (
	ViewTime      = 2 * time.Minute
	ViewTimeFiles = 30 * time.Minute
)

const (
	eraseAfter = 10 * time.Minute // sealed bytes outlast expiry by this
	codeTime   = 10 * time.Minute // a code is good for so long
)

// maxWrongTries ends a share's codes for good, over all addresses.
const maxWrongTries = 100
