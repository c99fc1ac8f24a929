package share

import (
	"io"
	"net/url"
	"time"

	"itemshare/audit"
	"itemshare/seal"
	"itemshare/vault"
)

// Store is what the service needs of the database.
type Store interface {
	Creator
	Opener
	History
	Failures
	Policies
	Members
	Leavers
	Counter
	Revocations
	Newsroom
}

// Mailer prepares the mail of a share's code for the queue: sealed under the id, dropped
// after until. A mail to drop is built like any other and never sent.
type Mailer interface {
	PrepareCode(
		id, shareID, to, subject, text string,
		drop bool,
		until time.Time,
	) ([]byte, error)
}

// Config configures a Service. A nil Mailer means that email is off. BaseURL
// is the configured public address, path included, without a slash at its end. MaxFile is the size in
// bytes of the largest file that can be shared, 0 for MaxFileSize.
type Config struct {
	Store   Store
	Vault   vault.Backend
	Keyring *seal.Keyring
	Mailer  Mailer
	Audit   *audit.Log
	Clock   func() time.Time
	Random  io.Reader
	BaseURL string
	MaxFile int64
}

// Service creates shares, opens them and stores their history. It is safe for use
// by many goroutines.
type Service struct {
	store   Store
	vault   vault.Backend
	keyring *seal.Keyring
	mailer  Mailer
	audit   *audit.Log
	clock   func() time.Time
	random  io.Reader
	baseURL string
	maxFile int64
	ordered chan struct{} // wakes RunRevocations
	site    string        // the host of baseURL, by which people know the site
}

// New returns a service.
func New(c Config) *Service {
	site := "this site"
	if address, err := url.Parse(c.BaseURL); err == nil && address.Hostname() != "" {
		site = address.Hostname()
	}
	return &Service{
		store: c.Store, vault: c.Vault, keyring: c.Keyring, mailer: c.Mailer,
		audit: c.Audit, clock: c.Clock, random: c.Random, baseURL: c.BaseURL, site: site,
		maxFile: c.MaxFile,
		ordered: make(chan struct{}, 1),
	}
}

// MailOff reports whether email is off: then links for recipients cannot be created.
func (s *Service) MailOff() bool { return s.mailer == nil }

// Sharer is the signed-in person or service account that acts. Only one that Reveals may see the
// concealed values of what it shares: see Unseen.
type Sharer struct {
	ID, Name string
	Reveals  bool
}

// Viewer is who looks at the history: their own, or everyone's with All. Vaults are those
// whose items the viewer may see, to find shares by an item's title.
type Viewer struct {
	UserID string
	All    bool
	Vaults []string
}

// may reports whether the viewer may see and manage a share. An empty user ID owns no
// share.
func (v Viewer) may(ownerID string) bool {
	return v.All || v.UserID != "" && v.UserID == ownerID
}

// entry seals an audit event that happens now.
func (s *Service) entry(
	now time.Time,
	kind audit.Kind,
	actor, subject string,
	detail map[string]string,
) (audit.Entry, error) {
	return s.audit.Entry(
		audit.Event{At: now, Kind: kind, Actor: actor, Subject: subject, Detail: detail},
	)
}
