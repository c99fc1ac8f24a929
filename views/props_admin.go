package views

import (
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// PolicyProps are the values of PolicyPage.
type PolicyProps struct {
	Shell    Shell
	ReadOnly string // why the policy can't be edited here, "" if it can
	Account  share.Policy
	Vaults   []VaultPolicy // all vaults
	Form     PolicyInput
	Problems []fault.Problem
	Linking  share.Linking   // who creates links, and the name of the vault's own account
	Upstream *UpstreamPolicy // the policy of that account, nil where it has none or was not asked

	Revocations RevocationsProps
}

// UpstreamPolicy is the policy of the vault's own account for one item. Plain is nil
// where it is unknown; Why says why, "" where there is no item yet.
type UpstreamPolicy struct {
	Plain *share.Policy
	Files share.Policy // for links with files
	Why   string
}

// VaultPolicy is the policy of one vault, nil where it has none.
type VaultPolicy struct {
	Option
	Own *share.Policy
}

// PolicyInput is the policy form as entered, or filled in with a stored policy.
type PolicyInput struct {
	Vault string
	share.PolicyForm
	Affected string // "keep", "revoke" or ""
	Same     bool   // removes the vault's own policy
}

// PolicyPreviewProps are the values of PolicyPreviewPage and of its fragment PolicyPreview.
type PolicyPreviewProps struct {
	Shell    Shell
	Form     PolicyInput
	Vault    string       // its title, "" for the account
	Current  share.Policy // of the account where the vault has no own
	Own      bool         // Current is the policy that is replaced
	Proposed share.Policy
	Affected []AffectedShare
	Count    int    // affected links of all pages
	Native   int    // of Count, can only be revoked in their own account
	AtLeast  bool   // there may be more than Count
	After    string // the cursor of this page, "" for the first
	Next     string
	Revoking bool // the links that break an earlier policy are still being revoked
}

// AffectedShare is an active share that breaks the proposed policy.
type AffectedShare struct {
	ShareRow
	Reasons []fault.Problem
}

// ListFilter is the search of an admin's list, and the page of it.
type ListFilter struct {
	Text  string
	After string
}

// AuditFilter is the query of the audit log.
type AuditFilter struct {
	Text    string // an email address
	Kind    audit.Kind
	By      string // a user's ID
	Subject string
	From    string // a date, as is To: the first and the last day
	To      string
	After   string
}

// AuditProps are the values of AuditPage and of its fragment AuditList.
type AuditProps struct {
	Shell    Shell
	Filter   AuditFilter
	Events   []AuditRow
	Next     string
	People   *Lookup         // by whom
	Problems []fault.Problem // of the filter, by the names of its fields
	Chain    ChainState

	Truncated bool // not all links with the address were looked at

	BehindSince time.Time // since when an erasure has been due that is late, else zero
}

// AuditRow is an event, or several equal ones: the newest of them. Detail is empty once it was
// erased.
type AuditRow struct {
	audit.Event
	Number      int64 // in the chain, 0 while it isn't added yet
	Count       int   // how often it happened
	Occurrences []audit.Occurrence
	Who         string // the actor's name, "" for people who aren't signed in
	About       string // the subject in words, "" to show its ID
	Page        string // the address of the subject's page, "" if it has none
	Whom        string // the name of the person whose access was changed
	Vaults      string // the titles of the vaults that a service account can read
	Groups      string // the names of the groups that an invited person joins
}

// ChainState is the last result of verifying the audit log.
type ChainState struct {
	Count    int64
	Head     string // hex, "" for an empty chain
	Unsealed int
	Broken   string    // what is wrong, "" if the log is intact
	At       time.Time // when it was verified, zero if it wasn't yet
	WholeAt  time.Time // when it was last verified from the first event on
	Running  bool      // whether it is being verified from the first event on
	Checked  int64     // how many events of that are done
}

// OutboxProps are the values of OutboxPage.
type OutboxProps struct {
	Shell Shell
	Mails []OutboxMail
}

// OutboxMail is an email that a demo would have sent.
type OutboxMail struct {
	To      string
	Subject string
	Text    string
	At      time.Time
}

// ErrorProps are the values of ErrorPage and of its fragment ErrorNotice.
type ErrorProps struct {
	Shell      Shell
	Status     int        // 400 401 403 404 405 409 413 421 422 429 500 503; 500 for others
	Code       fault.Code // such as CodeAlreadyCreated
	Problems   []fault.Problem
	RequestID  string
	RetryAfter time.Duration // of 429 and 503, 0 if unknown
	Address    string        // of 421: the right address
	Host       string        // of 421: the Host header that arrived
	ShareID    string        // of already_created: the share that exists
	Vault      bool          // of 503: the vault can't be reached
	Back       string        // the page to return to, "" for the items
}
