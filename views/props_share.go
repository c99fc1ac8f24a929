package views

import (
	"time"

	"itemshare/fault"
	"itemshare/share"
)

// ShareProps are the values of SharePage and of its fragment ShareForm. After a rejected form
// (422), Form has what was entered and Problems what is wrong with it.
type ShareProps struct {
	Shell      Shell
	Item       ItemView
	Form       ShareInput
	Recipients []CheckedRecipient // Form.Recipients, checked
	Base       share.Effective    // the policy, whatever is included
	Policy     share.Effective    // the policy for what is included
	MailOff    bool               // recipients can't be sent a code
	Problems   []fault.Problem
	From       *ShareRow // the share that Form was copied from, nil for none
	Native     string    // the account that creates the link, "" for this server
	OnlyOnce   string    // why a native link is limited to one view, "" if it isn't

	// What would become of the form's choices, and what stands in the way.
	Terms    share.Terms
	Named    []RecipientName
	Included share.Included
	Pending  []fault.Problem
	Shown    string // the key of the limits that the form shows: see ShownField
}

// ShareRetryProps are the values of ShareRetryPage and of its fragment ShareRetry, for a link that
// couldn't be created. Form has what was entered.
type ShareRetryProps struct {
	Shell      Shell
	Item       ItemRef
	Form       ShareInput
	Native     string // as in ShareProps
	Problems   []fault.Problem
	RetryAfter time.Duration
}

// ShareInput is the share form as entered. Its fields are named as in docs/interface.md. It also
// has "from", the ID of the share it was copied from, "replace", "on" to revoke that share when the
// new link is created, and "token", for one use.
type ShareInput struct {
	Access      share.Audience // "" chooses the first that is allowed
	Recipients  []string       // as entered
	ExpireAfter string         // the name of a duration, "" for the policy's default
	OneTime     bool
	Chosen      bool     // Include says what is included; else Files, TOTP and Omit do
	Include     []string // names as share.FieldName returns them
	Changes     []string // what differs from the share it was copied from, a sentence each
	First       bool     // nothing is chosen yet: what is included at first is
	Files       bool
	TOTP        bool
	Omit        []string
	Tell        bool // email the sharer about the link
	Token       string
	From        string
	Replace     bool
}

// SharedProps are the values of SharedPage and of its fragment Shared, which alone show a link.
type SharedProps struct {
	Shell      Shell
	Item       ItemRef
	ShareID    string // its ID in the history
	Link       string
	Terms      share.Terms
	Recipients []RecipientName
	Included   share.Included
	Replaced   bool   // the old link was revoked
	Native     string // the account that created the link, "" for this server
	Unseen     bool   // the sharer may not see the item's concealed values
}

// RecipientName is a recipient as pages show it.
type RecipientName struct {
	Kind    share.RecipientKind
	Address string // "" once erased
	Removed bool
}
