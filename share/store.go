package share

import (
	"context"
	"time"

	"itemshare/audit"
)

// RecipientKind is the kind of a recipient.
type RecipientKind string

// The kinds.
const (
	Email  RecipientKind = "email"
	Domain RecipientKind = "domain"
)

// Record is a stored share. Title is sealed; of the link only its id and the hash of its
// access token are stored, which open nothing.
type Record struct {
	ID        string // the history's own, never the link's
	LinkID    [16]byte
	TokenHash [32]byte
	Terms     Terms
	OwnerID   string
	OwnerName string // loaded from the owner; not stored by Create
	// Organization is the name of whose installation it is, "" for none. Create doesn't store it either.
	Organization string
	VaultID      string
	ItemID       string
	ItemVersion  uint32
	Title        []byte // sealed, padded
	Included     []byte // sealed, padded: what the share includes by name; nil once erased
	Files        bool   // has files: a view lasts ViewTimeFiles instead of ViewTime
	LargestFile  int64  // bytes of the largest file, to judge it by a later policy
	Bytes        int64  // size of the sealed content and chunks; stored, not loaded
	State        State  // at the now of the call: a share past its expiry is Expired
	Views        int    // all views, of all addresses
	EndedAt      int64  // Unix seconds, 0 while active; of an expired one its expiry
	WrongTries   int    // wrong codes of all addresses, ever
	Tell         bool   // the owner wants emails about it
	Native       bool   // created by the vault's own account: it has no content, and no link finds it
	Recipients   []StoredRecipient
}

// StoredRecipient is a recipient of a share. Position is its
// place in the share, from 0. Address is sealed; MAC is the keyed hash of the
// canonical form. RemovedAt is Unix seconds, 0 while it has access.
type StoredRecipient struct {
	Position  int
	Kind      RecipientKind
	Address   []byte
	MAC       []byte
	RemovedAt int64
	Codes     int // codes requested by matching addresses
	Views     int // views by matching addresses
}

// SealedTitle is the title of a share, nil once erased.
type SealedTitle struct {
	ShareID string
	OwnerID string
	Title   []byte
}

// StoredView is one view, or the views counted in one minute. Address is sealed, nil in a
// link for anyone.
type StoredView struct {
	At       int64
	Until    int64 // the view can be repeated, and its files fetched, before this
	Address  []byte
	Agent    string // coarse: "Safari on iPhone"
	InMinute int    // how many views were counted in the minute that begins At, 0 for one view
}

// MinuteViews is how many views of a share were counted in one minute.
type MinuteViews struct {
	ShareID string
	Minute  time.Time // its begin
	Views   int
}

// Draft is everything that one transaction stores of a new share. The chunks of its
// files were staged before under Record.ID; a native share has no content, and its
// key was reserved before. RequestKey, where not nil, is the
// hash of a one-use token of the owner: used before, Create answers
// fault.Conflict with code already_created and the earlier share as Subject.
//
// PolicyVersion is that of the stored policies by which the request was judged. Where
// they have changed, or where the owner may no longer share from the vault, Create and
// Reserve answer fault.Conflict and store nothing; Create of a native share, whose
// link exists already, records it all the same.
type Draft struct {
	Record     Record
	Nonce      []byte
	Ciphertext []byte
	EraseAt    int64
	RequestKey []byte
	Entry      audit.Entry

	PolicyVersion string
	Unseen        bool // the owner need not be able to reveal the item's concealed values
}

// Outcome is the result of a claim.
type Outcome int

// The outcomes.
const (
	Opened   Outcome = iota // a view was counted
	Repeated                // the same view again, in its time: nothing was counted
	OutcomeMissing
	OutcomeRevoked
	OutcomeExpired
	CodeWrong // wrong, expired, used or replaced code: the attempt was counted
	TooManyTries
	ViewsUsedUp
	OpenedLast // for Claim.Entry alone: Opened, and no view is left
)

// String returns a word for the outcome.
func (o Outcome) String() string {
	words := [...]string{
		"opened", "repeated", "missing", "revoked", "expired", "code_invalid", "too_many_attempts",
		"viewed",
	}
	if o < 0 || int(o) >= len(words) {
		return "unknown"
	}
	return words[o]
}

// Claim asks for the sealed content. Its transaction first updates the share's own row
// with not revoked and not expired in the WHERE, then checks and counts the
// code where Proof is set, then counts the view by a conditional update, then
// reads the bytes.
type Claim struct {
	ShareID string
	View    [16]byte
	Now     time.Time
	Proof   *Proof // set exactly where the audience is recipients
	Agent   string
	// Entry returns the audit entry of an outcome; called within the transaction
	// for every outcome but Repeated, OutcomeMissing. Refusals (other than wrong tries that count)
	// are stored at most once a minute per share.
	Entry func(Outcome) (audit.Entry, error)
}

// Proof shows that a person reads mail at an address. Address is sealed for the view's
// row; it is stored only if the code was right.
type Proof struct {
	AddressMAC []byte
	DomainMAC  []byte
	CodeMAC    []byte
	Address    []byte
}

// ClaimResult is the answer to a claim; the bytes are set for Opened and Repeated.
type ClaimResult struct {
	Outcome    Outcome
	Nonce      []byte
	Ciphertext []byte
	RetryAfter time.Duration // of TooManyTries
}

// CodeIssue asks to store a code and queue its mail. An address that is not a recipient
// differs only in that CodeMAC is random and the mail is dropped.
// The transaction locks the share's row first, counts the limits of
// share-link-v1 and stores nothing where one is reached. Where the address has been
// mailed enough codes over all shares, it counts the request and stores the entry
// Withheld: no code and no mail, and the answer is the same.
type CodeIssue struct {
	ShareID    string
	AddressMAC []byte
	DomainMAC  []byte
	CodeMAC    []byte
	Now        time.Time
	ExpiresAt  time.Time
	MailID     string
	Mail       []byte // sealed
	Entry      audit.Entry
	Withheld   audit.Entry
}

// IssueResult is the answer: OK, or how long to wait, or why the share ended.
type IssueResult struct {
	Outcome    Outcome // Opened stands for issued; TooManyTries, OutcomeRevoked, OutcomeExpired
	RetryAfter time.Duration
}

// Creator is what creating a share needs of the store.
type Creator interface {
	// StageChunk stores one sealed chunk of a share that is being created.
	StageChunk(
		ctx context.Context,
		shareID string,
		file, chunk int,
		sealed []byte,
		now time.Time,
	) error
	// DropStage erases what was staged for a share that was not created.
	DropStage(ctx context.Context, shareID string) error
	Create(ctx context.Context, draft Draft) error
	// Reserve stores the entry of a native share that is about to be created, and uses
	// up the request's key of its draft. A key that was used is fault.Conflict: already_created with the
	// earlier share as Subject, conflict where none was recorded.
	Reserve(ctx context.Context, draft Draft, entry audit.Entry) error
	// Release frees a key that Reserve used up for a share that was not created.
	Release(ctx context.Context, key []byte, record Record) error
	// Record stores an audit entry that belongs to no other change.
	Record(ctx context.Context, entry audit.Entry) error
}

// Opener is what the recipient's side needs of the store.
type Opener interface {
	// ByLink finds a share by its link's id and the hash of the link's token:
	// fault.NotFound where there is none, after the same work whatever there is of that id.
	ByLink(
		ctx context.Context,
		linkID [16]byte,
		tokenHash [32]byte,
		now time.Time,
	) (Record, error) // with Recipients
	IssueCode(ctx context.Context, issue CodeIssue) (IssueResult, error)
	Claim(ctx context.Context, claim Claim) (ClaimResult, error)
	// Chunk returns one sealed chunk while the view lasts and the share is not
	// ended otherwise than by its views, else fault.Gone (view over) or fault.NotFound (no such chunk or view).
	Chunk(
		ctx context.Context,
		shareID string,
		view [16]byte,
		file, chunk int,
		now time.Time,
	) ([]byte, error)
}

// Filter selects shares of the history. Zero values match all, except for OwnerID:
// the handler sets it for everyone but admins. ItemIDs and AddressMACs belong to
// Text: where HasText is set, a share matches when its item is in ItemIDs or a
// recipient's MAC is in AddressMACs, and with both empty nothing matches.
type Filter struct {
	OwnerID     string
	VaultID     string
	ItemID      string // with VaultID
	State       State
	HasText     bool
	ItemIDs     []string
	AddressMACs [][]byte
	WithMAC     []byte    // of a recipient that each share has, nil for any
	EndsBy      time.Time // active shares that end by then, those that end first; zero for all
	Since       string    // the least id, "" for all
	After       string    // the ids of the page are less; "" begins with the newest
	Limit       int
	Now         time.Time
}

// History is what the sharer's side needs of the store. Lists are newest first.
type History interface {
	List(
		ctx context.Context,
		filter Filter,
	) (records []Record, more bool, err error) // with Recipients
	ByID(
		ctx context.Context,
		id string,
		now time.Time,
	) (Record, error) // with Recipients
	// TitlesOf loads the sealed titles of shares; unknown ids have none.
	TitlesOf(ctx context.Context, ids []string) ([]SealedTitle, error)
	// SharesWith returns the IDs of at most limit shares with a recipient, newest first.
	SharesWith(ctx context.Context, mac []byte, limit int) ([]string, error)
	ViewsOf(ctx context.Context, id string, limit int) ([]StoredView, error) // newest first
	// RecordMinutes stores an audit entry for each of at most limit minutes that ended by
	// now, of the views in them that no entry records yet, and returns how many.
	RecordMinutes(
		ctx context.Context,
		now time.Time,
		limit int,
		entry func(MinuteViews) (audit.Entry, error),
	) (int, error)
	// Revoke ends a share now, one with no view left too while its last view
	// lasts: its views' until is set to now and its
	// bytes are due for erasure. One that ended already is left as it is: false.
	Revoke(ctx context.Context, id string, now time.Time, entry audit.Entry) (bool, error)
	// RemoveRecipient removes one recipient and ends its views and codes. Removing the last
	// one revokes the share: then last is stored too.
	RemoveRecipient(
		ctx context.Context,
		id string,
		position int,
		now time.Time,
		entry, last audit.Entry,
	) error
	// LiveItems returns how many active shares each item has, without those that have none.
	// An ownerID of "" counts everyone's shares.
	LiveItems(
		ctx context.Context,
		ownerID, vaultID string,
		itemIDs []string,
		now time.Time,
	) (map[string]int, error)
}

// StoredFailure says that the mail of a code was not delivered. Address and Reason are sealed;
// RetryAt is in Unix seconds, 0 once it was given up.
type StoredFailure struct {
	MessageID string
	ShareID   string
	At        int64
	RetryAt   int64
	Address   []byte
	Reason    []byte
}

// Failures stores which code emails were not delivered, for thirty days and at most fifty of a
// share. A later delivery to the same address erases its failure.
type Failures interface {
	// FailMail stores a failure in place of an earlier one to the same address. Without an
	// entry the message is due again at RetryAt, with one it is erased from the queue.
	FailMail(ctx context.Context, failure StoredFailure, entry *audit.Entry) error
	// FailuresOf and LatestFailures return the newest first.
	FailuresOf(ctx context.Context, shareIDs []string) ([]StoredFailure, error)
	LatestFailures(ctx context.Context, now time.Time, limit int) ([]StoredFailure, error)
}

// StoredPolicies are the policies of the account and of one vault, nil where none is
// stored. Version differs between any two that differ.
type StoredPolicies struct {
	Account *Policy
	Vault   *Policy
	Version string
}

// Policies stores the policies of the account and the vaults. VaultID "" is the account.
type Policies interface {
	PolicyOf(ctx context.Context, vaultID string) (StoredPolicies, error)
	ListPolicies(ctx context.Context) (map[string]Policy, error)
	SetPolicy(ctx context.Context, change PolicyChange) error
	// LinksBy is the stored choice, LinksNative where none is.
	LinksBy(ctx context.Context) (LinksBy, error)
	SetLinksBy(ctx context.Context, choice LinksBy, now time.Time, entry audit.Entry) error
}
