// Package share owns policies, recipients, expiries and links: who can view what, until
// when, how often. It decides and seals. It refuses SQL, HTTP and SMTP, and it never
// stores a link.
package share

import (
	"time"

	"itemshare/share/link"
)

// Protocol names the protocol in answers.
const Protocol = link.Protocol

// What the protocol seals, under the names that other rooms use.
type (
	Terms          = link.Terms
	Audience       = link.Audience
	Content        = link.Content
	ContentField   = link.Field
	ContentSection = link.Section
	ContentFile    = link.File
)

// The audiences.
const (
	Anyone     = link.Anyone
	Recipients = link.Recipients
)

// State is the status of a share.
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
