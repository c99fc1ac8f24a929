package views

import (
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
)

// PolicyProps belong to PolicyPage.
type PolicyProps struct {
	Shell    Shell
	ReadOnly string // why it cannot be changed here, "" where it can
	Account  share.Policy
	Vaults   []VaultPolicy // every vault
	Form     PolicyInput
	Problems []fault.Problem
	Linking  share.Linking   // who creates links, and the name of the vault's own account
	Upstream *UpstreamPolicy // the policy of that account, nil where it has none or was not asked
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

// PolicyInput is the policy form as typed, or filled in with a stored policy.
type PolicyInput struct {
	Vault string
	share.PolicyForm
	Affected string // "keep", "revoke" or ""
}

// PolicyPreviewProps belong to PolicyPreviewPage and its fragment PolicyPreview.
type PolicyPreviewProps struct {
	Shell    Shell
	Form     PolicyInput
	Vault    string // its title, "" for the account
	Current  *share.Policy
	Proposed share.Policy
	Affected []AffectedShare
	After    string // the cursor of this page, "" for the first
	Next     string
}

// AffectedShare is an active share that breaks the proposed policy.
type AffectedShare struct {
	ShareRow
	Reasons []fault.Problem
}

// UsersProps belong to UsersPage.
type UsersProps struct {
	Shell Shell
	Users []UserRow
}

// UserRow is one person.
type UserRow struct {
	User
	Disabled  bool
	CreatedAt time.Time
	Vaults    int // how many they may view
}

// VaultsProps belong to VaultsPage: who may what where, as one table.
type VaultsProps struct {
	Shell  Shell
	Vaults []Option
	Grants []GrantRow
}

// GrantRow is what one person or program may do in one vault.
type GrantRow struct {
	VaultID string
	User    string // name
	Email   string // "" of a service account
	View    bool
	Share   bool
}

// AuditFilter is the address of the audit page.
type AuditFilter struct {
	Kind    audit.Kind
	Actor   string
	Subject string
	After   string
}

// AuditProps belong to AuditPage and its fragment AuditList.
type AuditProps struct {
	Shell  Shell
	Filter AuditFilter
	Events []AuditRow
	Next   string
	People []Option
	Chain  ChainState
}

// AuditRow is one event. Detail is empty once erased.
type AuditRow struct {
	audit.Event
	Number int64  // in the chain, 0 while not sealed yet
	Who    string // the actor's name; "" for nobody signed in
	About  string // the subject in words, "" to show its id
	Whom   string // the name of the person whose access was changed
	Vaults string // the titles of the vaults that a service account may read
}

// ChainState is the proof's last answer.
type ChainState struct {
	Count    int64
	Head     string // hex, "" for an empty chain
	Unsealed int
	Broken   string // what is wrong, "" while intact
}

// OutboxProps belong to OutboxPage.
type OutboxProps struct {
	Shell Shell
	Mails []OutboxMail
}

// OutboxMail is one mail that a demo would have sent.
type OutboxMail struct {
	To      string
	Subject string
	Text    string
	At      time.Time
}

// ErrorProps belong to ErrorPage and its fragment ErrorNotice.
type ErrorProps struct {
	Shell      Shell
	Status     int        // 400 403 404 409 413 421 422 429 500 503; others read as 500
	Code       fault.Code // such as CodeAlreadyCreated
	Problems   []fault.Problem
	RequestID  string
	RetryAfter time.Duration // of 429 and 503, 0 where unknown
	Address    string        // of 421: the right address
	ShareID    string        // of already_created: the share that the first request made
	Vault      bool          // of 503: it is the vault that did not answer
	Back       string        // a way back, "" for the items
}
