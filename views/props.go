// Package views turns values into HTML, and owns the application's addresses. It decides nothing,
// does no I/O and reads no clock: the time is Shell.Now. Of all its values only RevealProps has a
// concealed value, only SharedProps a link, and only ServiceTokenProps a token.
//
// A component named …Page is a document. Another exported component with the same props is its
// fragment for htmx.
package views

import (
	"time"

	"itemshare/audit"
	"itemshare/fault"
	"itemshare/share"
	"itemshare/vault"
)

// Shell is what every page has around its content.
type Shell struct {
	Paths
	Asset  func(name string) string // "app.css" → its address
	User   *User                    // nil for people who aren't signed in
	Nav    Nav                      // the current place in the navigation
	Title  string                   // of the document, for pages without a title of their own
	Now    time.Time
	Vaults []Option // those that the reader can view, for the navigation
	Flash  string   // a sentence on what the reader has just done, "" for none
	Demo   bool     // the navigation has the outbox
	// UntrustedProxy is the address of a proxy whose word does not count, on an admin's pages; "" for
	// none.
	UntrustedProxy string
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

// The places of the navigation.
const (
	NavNone    Nav = ""
	NavItems   Nav = "items"
	NavHistory Nav = "history"
	NavImport  Nav = "import"
	NavPolicy  Nav = "policy"
	NavUsers   Nav = "users"
	NavVaults  Nav = "vaults"
	NavGroups  Nav = "groups"
	NavAudit   Nav = "audit"
	NavAdmin   Nav = "admin"

	NavNewShare Nav = "new-share"

	NavAllVaults       Nav = "all-vaults"
	NavServiceAccounts Nav = "service-accounts"
	NavMail            Nav = "mail"
	NavWebhooks        Nav = "webhooks"
	NavOutbox          Nav = "outbox"
	NavAccount         Nav = "account"
	NavSetUp           Nav = "setup"
)

// OfAdmin reports whether it is one of the places that admins manage the installation at.
func (n Nav) OfAdmin() bool {
	switch n {
	case NavAdmin, NavPolicy, NavUsers, NavGroups, NavVaults, NavAudit, NavServiceAccounts, NavMail,
		NavWebhooks:
		return true
	}
	return false
}

// Option is something to choose: a vault or a person.
type Option struct {
	ID   string
	Name string
}

// SignInProps are the values of SignInPage.
type SignInProps struct {
	Shell      Shell
	Email      string     // as entered
	Was        string     // the address of whose session ended in this browser, "" for nobody
	Next       string     // a local path to continue to, "" for the items
	Of         string     // the name of the organization, "" for none
	Code       fault.Code // CodeSigninFailed, CodeTooManyAttempts, CodeUnavailable or ""
	RetryAfter time.Duration
	Down       bool   // nobody can sign in
	Problem    string // why the provider signed nobody in, "" to say what Code means
	Ways       SignInWays
	Passkey    string // what the browser needs to sign in with a passkey, as JSON; "" for none
	Again      bool   // a form arrived after its session ended
	Kept       string // that form, sealed; "" if it is too long to keep
}

// SignInWays are the ways to sign in.
type SignInWays struct {
	Provider    string // the name of the identity provider, "" for none
	NoPasswords bool
}

// TypedProps are the values of TypedPage and TypedNotice: a form that was kept during a sign-in.
type TypedProps struct {
	Shell  Shell
	Action string // that the form is sent to
	Values []TypedValue
	Files  bool // it had files, which aren't kept
}

// TypedValue is a value of a form as it was sent.
type TypedValue struct{ Name, Value string }

// FormGoneProps are the values of FormGonePage.
type FormGoneProps struct {
	Shell   Shell
	Foreign bool // someone else typed it
}

// ItemsFilter is the query of the items page.
type ItemsFilter struct {
	Vault    string
	Text     string
	Category vault.Category
	After    string
	Archived bool // the archived items instead of the others
}

// ItemsProps are the values of ItemsPage and of its fragment ItemList.
type ItemsProps struct {
	Shell       Shell
	Filter      ItemsFilter
	Items       []ItemRow
	Total       int    // on all pages, as vault.Page has it
	Next        string // cursor of the next page, "" at the end
	Unreachable bool   // the vault can't be reached, so Items is empty
	Why         string // the reason, if the vault has one
	Cached      bool   // the list was cached at AsOf, and can be refreshed
	AsOf        time.Time
	MayManage   bool     // the reader can manage the filter's vault
	NewIn       string   // the vault that a new item is for, "" where the reader may edit none
	MoveTo      []Option // vaults that the reader may edit
	Selection   *Selection
}

// Selection is a change of several items that was refused, nil in ItemsProps for none.
type Selection struct {
	Items    []string // vault and item, as the form names them
	Tag      string
	To       string // a vault
	Problems []fault.Problem
}

// AllVaultsProps are the values of AllVaultsPage and of its fragment VaultList.
type AllVaultsProps struct {
	Shell  Shell
	Filter ListFilter
	Vaults []Option
	Next   string

	Archived []Option // archived vaults that the reader can manage
}

// ItemRow is an item of the list.
type ItemRow struct {
	vault.Overview
	Vault   string // its title
	Live    int    // active links that the reader can see
	MayEdit bool
}

// ItemRef identifies an item on other pages than its own.
type ItemRef struct {
	VaultID  string
	ID       string
	Vault    string // the vault's title
	Title    string
	Category vault.Category
	Version  uint32
}

// ItemProps are the values of ItemPage.
type ItemProps struct {
	Shell    Shell
	Item     ItemView // returned by ViewItem, without concealed values
	MayShare bool
	NoShare  string // why the reader may not share it
	// The reader can see concealed values.
	MayReveal bool
	MayEdit   bool
	Versions  bool // the vault keeps earlier versions
	Archived  bool
	MoveTo    []Option   // vaults that the reader may edit, but for the item's
	Links     []ItemLink // active links that the reader can see, newest first
	// EditElsewhere names the account whose items are changed there, "" where they are changed here.
	EditElsewhere string

	MaxFile      int64 // bytes of a file that the reader can add, 0 if they can't change files
	FileProblems []fault.Problem
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

// ItemSection is a section of an item. Title is "" for the fields of no section.
type ItemSection struct {
	Title  string
	Fields []ItemField
}

// ItemField is a field of an item. Value is "" if it is concealed.
type ItemField struct {
	ID        string
	Label     string
	Type      vault.FieldType
	Value     string
	Concealed bool
	Empty     bool               // the field has no value, concealed or not
	Key       vault.SSHPublicKey // of an SSH key, the zero value where it can't be read
}

// ItemLink is an active link of an item.
type ItemLink struct {
	ShareRow
	Older bool // shares an older version of the item
}

// RevealProps are the values of RevealedPage and of its fragment RevealedValue.
type RevealProps struct {
	Shell Shell
	Item  ItemRef
	Field ItemField     // Value is the concealed value, or the current code of a one-time password
	Left  time.Duration // of a code: time until it expires
	Every time.Duration // of a code: its period
	Fault string        // why there is no code, "" if there is one
}

// HistoryFilter is the query of the history.
type HistoryFilter struct {
	Status share.State
	Text   string
	Vault  string
	By     string       // the ID of who shared it, for admins only
	With   string       // a recipient's email address or domain, as entered
	Period share.Period // when the link was created
	Ends   string       // share.EndsSoon: it ends soon
	From   string       // the first day, as in "2026-11-30"
	To     string       // the last day
	After  string
}

// HistoryProps are the values of HistoryPage and of its fragment HistoryList.
type HistoryProps struct {
	Shell     Shell
	Filter    HistoryFilter
	Shares    []ShareRow
	Next      string
	Truncated bool            // Text matches more items than the history searches
	People    *Lookup         // who shared it, nil for members
	Vaults    *Lookup         // nil where there is one at most
	Problems  []fault.Problem // of the filter, by the names of its fields
}

// ShareRow is a share of the history.
type ShareRow struct {
	ID         string
	Title      string // "" once erased
	VaultID    string
	Vault      string // its title, "" if the reader can't view it
	ItemID     string
	By         string // who shared it
	Audience   share.Audience
	Recipients []RecipientName
	State      share.State
	Views      int
	MaxViews   int // 0 for unlimited; per address of a recipient
	Files      bool
	Included   share.Extent // the zero value once erased
	CreatedAt  time.Time
	ExpiresAt  time.Time
	EndedAt    time.Time // zero while the share is active
	Native     string    // the account that created the link, "" for this server

	Undelivered []Undelivered // code emails, newest first
}

// ShareDetailProps are the values of ShareDetailPage.
type ShareDetailProps struct {
	Shell       Shell
	Share       ShareRow
	MayView     bool // the reader can view the item
	MayShare    bool // the reader can create a new link
	Version     uint32
	CurrentItem uint32   // the item's current version, 0 if unknown
	Included    []string // what the link includes, by name; nil once erased
	MoreFields  int      // that Included leaves out
	Progress    []RecipientProgress
	Views       []ViewRow // newest first
	MoreViews   bool
	SharerID    string        // the user who shared it
	Timeline    []audit.Event // of the link, newest first
	MoreEvents  bool          // there are older ones
	Locked      bool          // too many wrong codes ever
	Revocable   bool          // there is something left to revoke
	Tell        bool          // the sharer wants emails about it
	MayTell     bool          // the reader is the sharer and can change that
}

// RecipientProgress is what a recipient did with a link.
type RecipientProgress struct {
	RecipientName
	Position  int
	Codes     int
	Views     int
	RemovedAt time.Time
}

// ViewRow is a view of a share, or the views counted in one minute.
type ViewRow struct {
	At       time.Time
	Address  string // the verified email, "" for anyone with the link
	Agent    string
	InMinute int // how many views were counted in the minute that begins At, 0 for one view
}
