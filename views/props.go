// Package views turns values into HTML and is the only place that spells an
// address. It decides nothing, does no I/O and asks no clock: times come in as
// values beside the Now of the Shell. It refuses to hold a concealed value
// anywhere but in RevealProps, a link anywhere but in SharedProps, and
// a token anywhere but in ServiceTokenProps.
//
// A component named …Page is a whole document; the others that take the same
// props are its fragment for htmx.
package views

import (
	"time"

	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// Shell is what stands around every page.
type Shell struct {
	Paths
	Asset  func(name string) string // "app.css" → its address
	User   *User                    // nil while nobody is signed in
	Nav    Nav                      // what is marked as the current place
	Title  string                   // of the document; pages that have a better one ignore it
	Now    time.Time
	Vaults []Option // what the reader may view, for the side; may be empty
	Flash  string   // one sentence about what was just done, "" for none
	Demo   bool     // shows the way to the outbox
}

// User is the signed-in person.
type User struct {
	ID    string
	Name  string
	Email string
	Admin bool
}

// Nav names a place in the navigation.
type Nav string

// The places.
const (
	NavNone    Nav = ""
	NavItems   Nav = "items"
	NavHistory Nav = "history"
	NavPolicy  Nav = "policy"
	NavUsers   Nav = "users"
	NavVaults  Nav = "vaults"
	NavAudit   Nav = "audit"

	NavServiceAccounts Nav = "service-accounts"
	NavOutbox          Nav = "outbox"
)

// Option is something to choose: a vault or a person.
type Option struct {
	ID   string
	Name string
}

// SignInProps belong to SignInPage.
type SignInProps struct {
	Shell      Shell
	Email      string     // as typed
	Next       string     // local path, "" for the usual one
	Code       fault.Code // "" or CodeSigninFailed, CodeTooManyAttempts
	RetryAfter time.Duration
}

// ItemsFilter is the address of the items page.
type ItemsFilter struct {
	Vault    string
	Text     string
	Category vault.Category
	After    string
}

// ItemsProps belong to ItemsPage and its fragment ItemList.
type ItemsProps struct {
	Shell       Shell
	Filter      ItemsFilter
	Items       []ItemRow
	Next        string // cursor of the next page, "" at the end
	Unreachable bool   // the vault did not answer: Items is empty, and says nothing
	Why         string // what the vault says about it, "" for nothing
	Cached      bool   // the list is remembered for a short while, and can be read anew
	AsOf        time.Time
}

// ItemRow is one line of the list.
type ItemRow struct {
	vault.Overview
	Vault string // its title
	Live  int    // active links that the reader may see
}

// ItemRef names an item on pages that are about something else.
type ItemRef struct {
	VaultID  string
	ID       string
	Vault    string // the vault's title
	Title    string
	Category vault.Category
	Version  uint32
}

// ItemProps belong to ItemPage.
type ItemProps struct {
	Shell    Shell
	Item     ItemView // made by ViewItem, which leaves concealed values out
	MayShare bool
	Links    []ItemLink // live links that the reader may see, newest first
}

// ItemView is an item without its concealed values.
type ItemView struct {
	ItemRef
	Sections  []ItemSection
	Websites  []vault.Website
	Notes     string
	Tags      []string
	Files     []vault.File
	UpdatedAt time.Time
}

// ItemSection groups fields; Title is "" for those of no section.
type ItemSection struct {
	Title  string
	Fields []ItemField
}

// ItemField is one field. Value is "" where Concealed.
type ItemField struct {
	ID        string
	Label     string
	Type      vault.FieldType
	Value     string
	Concealed bool
	Empty     bool // there is no value, concealed or not
}

// ItemLink is a live link of an item.
type ItemLink struct {
	ShareRow
	Older bool // made from an older version of the item
}

// RevealProps belong to RevealedPage and its fragment RevealedValue.
type RevealProps struct {
	Shell Shell
	Item  ItemRef
	Field ItemField     // Value is the concealed one; of a Totp field the current code
	Left  time.Duration // of a code: how long it is good
	Every time.Duration // of a code: its period
	Fault string        // why there is no value, such as a seed that makes no code; "" usually
}

// ShareProps belong to SharePage and its fragment ShareForm. After a refusal
// (422) Form holds all that was typed and Problems what is wrong with it.
type ShareProps struct {
	Shell      Shell
	Item       ItemView
	Form       ShareInput
	Recipients []CheckedRecipient // Form.Recipients, checked; may be empty at first
	Policy     share.Effective
	MailOff    bool // no code can be sent to recipients
	Problems   []fault.Problem
	From       *ShareRow // the share that Form repeats, nil for none
	Native     string    // the account that makes the link, of the whole item; "" where this server makes it
	OnlyOnce   string    // of a native one: why it can only be for once, "" where it need not be
}

// ShareRetryProps belong to ShareRetryPage: a share that could not be made now, with
// all that was typed.
type ShareRetryProps struct {
	Shell      Shell
	Item       ItemRef
	Form       ShareInput
	Native     string // as in ShareProps
	Problems   []fault.Problem
	RetryAfter time.Duration
}

// ShareInput is the share form as typed. The names in the form are those of
// docs/interface.md, and "from" (id of the share it repeats) and "replace" ("on": revoke
// that one once the new link is made), "token" (one use).
type ShareInput struct {
	Access      share.Audience // "" chooses the first that is allowed
	Recipients  []string       // the texts of the form, as they came
	ExpireAfter string         // a name, "" for the policy's default
	OneTime     bool
	Files       bool
	TOTP        bool
	Omit        []string
	Token       string
	From        string
	Replace     bool
}

// CheckedRecipient is one text as RecipientChips shows it: a recipient, or why
// it is none.
type CheckedRecipient struct {
	Text    string // as typed
	Kind    share.RecipientKind
	Address string         // canonical
	Problem *fault.Problem // nil for a good one
}

// SharedProps belong to SharedPage and its fragment Shared: the one place where a
// link is shown.
type SharedProps struct {
	Shell      Shell
	Item       ItemRef
	ShareID    string // the history's own id
	Link       string
	Terms      share.Terms
	Recipients []RecipientName
	Replaced   bool   // the earlier link was revoked
	Native     string // the account that made the link, "" for one of ours
}

// PreviewProps belong to PreviewPage.
type PreviewProps struct {
	Shell      Shell
	Item       ItemRef
	Content    RecipientItemProps
	Terms      share.Terms
	Recipients []RecipientName
}

// RecipientName is one recipient in words.
type RecipientName struct {
	Kind    share.RecipientKind
	Address string // "" once erased
	Removed bool
}

// HistoryFilter is the address of the history.
type HistoryFilter struct {
	Status share.State
	Text   string
	Vault  string
	By     string // user id; admins alone
	After  string
}

// HistoryProps belong to HistoryPage and its fragment HistoryList.
type HistoryProps struct {
	Shell     Shell
	Filter    HistoryFilter
	Shares    []ShareRow
	Next      string
	Truncated bool     // the text matched more items than are searched
	People    []Option // for the filter by person; empty for members
}

// ShareRow is one share of the history.
type ShareRow struct {
	ID         string
	Title      string // "" once erased
	VaultID    string
	Vault      string // title; "" where the reader may not see the vault
	ItemID     string
	By         string // who shared it
	Audience   share.Audience
	Recipients []RecipientName
	State      share.State
	Views      int
	MaxViews   int // 0 unlimited; per address for named recipients
	Files      bool
	CreatedAt  time.Time
	ExpiresAt  time.Time
	EndedAt    time.Time // zero while active
	Native     string    // the account that made the link, "" for one of ours
}

// ShareDetailProps belong to ShareDetailPage.
type ShareDetailProps struct {
	Shell       Shell
	Share       ShareRow
	MayView     bool // the item may be linked to
	MayShare    bool // a new link may be made
	Version     uint32
	CurrentItem uint32 // the item's version now, 0 where it is unknown
	Progress    []RecipientProgress
	Views       []ViewRow // newest first
	MoreViews   bool
	Locked      bool // too many wrong codes ever
	Revocable   bool // active, or the last view can still be repeated
}

// RecipientProgress is how far one recipient came.
type RecipientProgress struct {
	RecipientName
	Position  int
	Codes     int
	Views     int
	RemovedAt time.Time
}

// ViewRow is one opening.
type ViewRow struct {
	At      time.Time
	Address string // "" where anyone may open
	Agent   string
}
