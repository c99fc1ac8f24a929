package views

import (
	"strings"
	"time"

	"itemshare/account"
	"itemshare/fault"
)

// UsersProps are the values of UsersPage and of its fragment UserList.
type UsersProps struct {
	Shell  Shell
	Filter ListFilter
	Users  []UserRow
	Next   string

	FactorRequired bool // people who sign in with a password need a second factor
	Ways           SignInWays
}

// UserRow is a person.
type UserRow struct {
	User
	Disabled    bool
	Pending     bool
	Expired     bool // pending, and the invitation can't be used any more
	CreatedAt   time.Time
	LastSeen    time.Time            // zero for never
	Vaults      int                  // how many the person can view
	Groups      []string             // names of the groups that a pending person joins
	Undelivered *account.Undelivered // the email with their code, nil if nothing is known against it
	Guard       account.Guard        // "" for somebody whose password is enough
}

// PersonProps are the values of PersonPage and of its fragment Person.
type PersonProps struct {
	Shell       Shell
	Person      UserRow
	Self        bool // it is the reader
	Sessions    int
	Groups      []Option
	Access      []AccessRow
	Programs    []ServiceAccountRow // that the person created
	Links       int                 // active ones
	CodeExpires time.Time           // when the newest code expires, zero for none
	MailOff     bool
	Ways        SignInWays
	CanReset    bool // a code for a new way to sign in is of use
	Form        PersonInput
	Removal     RemovalInput
	Problems    []fault.Problem
}

// AccessRow is what a person can do in a vault, and where that comes from.
type AccessRow struct {
	VaultID string
	Vault   string
	Rights  string
	From    string
}

// PersonInput is the form of name and role as entered.
type PersonInput struct{ Name, Role string }

// RemovalInput is what becomes of the links of somebody who is removed.
type RemovalInput struct{ Links, To string }

// rightChoices are the rights that can be chosen for somebody who is invited.
var rightChoices = [...]struct {
	Option
	grant account.Grant
}{
	{Option{"view", "View"}, account.Grant{View: true}},
	{Option{"veiled", "View without hidden values"}, account.Grant{View: true, NoReveal: true}},
	{Option{"share", "View and share"}, account.Grant{View: true, Share: true}},
	{Option{"edit", "View and edit"}, account.Grant{View: true, Edit: true}},
	{Option{"all", "View, share and edit"}, account.Grant{View: true, Share: true, Edit: true}},
}

// GrantFor returns the grant that a choice stands for.
func GrantFor(choice string) (account.Grant, bool) {
	for _, c := range rightChoices {
		if c.ID == choice {
			return c.grant, true
		}
	}
	return account.Grant{}, false
}

// RightWords says what a grant allows.
func RightWords(g account.Grant) string {
	if !g.View {
		return "Nothing"
	}
	words := []string{"View"}
	if g.Share {
		words = append(words, "share")
	}
	if g.Edit && !g.NoReveal {
		words = append(words, "edit")
	}
	if g.Manage {
		words = append(words, "manage")
	}
	if g.NoReveal {
		words[0] = "View without hidden values"
	}
	return listOf(words)
}

// PersonDone says what was changed about a person, "" for anything else.
func PersonDone(done, name string) string {
	switch done {
	case "invited":
		return name + " invited. The email is on its way."
	case "sent":
		return "The email to " + name + " is on its way. Earlier links don't work any more."
	case "changed":
		return "Changes to " + name + " saved."
	case "suspended":
		return name + " suspended, and signed out everywhere."
	case "reinstated":
		return name + " reinstated. They can sign in again."
	case "removed":
		return name + " removed."
	case "withdrawn":
		return "The invitation of " + name + " was withdrawn."
	}
	return ""
}

func roleWords(admin bool) string {
	if admin {
		return "Admin"
	}
	return "Member"
}

// statusWords, statusIcon and statusTone show whether a person can sign in.
func statusWords(u UserRow) string {
	switch {
	case u.Disabled:
		return "Suspended"
	case u.Expired:
		return "Invitation expired"
	case u.Pending:
		return "Invited"
	}
	return "Active"
}

func statusIcon(u UserRow) string {
	switch {
	case u.Disabled:
		return "ban"
	case u.Pending:
		return "clock"
	}
	return "circle-check"
}

func statusTone(u UserRow) string {
	switch {
	case u.Disabled:
		return "refused"
	case u.Pending:
		return ""
	}
	return "live"
}

// linksWords says how many active links somebody has.
func linksWords(n int) string { return count(n, "active link") }

// liveTokens returns those of service accounts whose tokens can be used.
func liveTokens(all []ServiceAccountRow) (live []ServiceAccountRow) {
	for _, a := range all {
		if a.State == account.TokenLive {
			live = append(live, a)
		}
	}
	return live
}

// removalWords says what happens to service accounts when somebody is removed.
func removalWords(p PersonProps) string {
	words := "They're signed out everywhere at once, and lose access to every vault. This can't be undone."
	live := liveTokens(p.Programs)
	if len(live) == 0 {
		return words
	}
	var names []string
	for _, a := range live {
		names = append(names, a.Name)
	}
	return words + " The tokens of " + count(len(live), "service account") + " that they created stop working: " +
		listOf(names) + "."
}

func suspendWords(p PersonProps) string {
	words := "They're signed out everywhere at once and can't sign in until you reinstate them."
	if n := len(liveTokens(p.Programs)); n > 0 {
		words += " Tokens of " + count(n, "service account") + " that they created don't work meanwhile."
	}
	if p.Links > 0 {
		words += " " + strings.ToUpper(linksWords(p.Links)[:1]) + linksWords(p.Links)[1:] + " keep working."
	}
	return words
}

func confirmPerson(p PersonProps, act string) confirmation {
	s, name := p.Shell.Paths, p.Person.Name
	switch act {
	case "suspend":
		return confirmation{
			ID: "suspend-person", TestID: "suspend-ask", Icon: "ban", Words: "Suspend",
			Heading: "Suspend " + name + "?", Action: s.PersonAct(p.Person.ID, act), Do: "Suspend",
			DoTest: "suspend",
		}
	case "withdraw":
		return confirmation{
			ID: "withdraw-person", TestID: "withdraw-ask", Icon: "x", Words: "Withdraw",
			Heading: "Withdraw the invitation of " + name + "?", Action: s.PersonAct(p.Person.ID, act),
			Do: "Withdraw", DoTest: "withdraw",
		}
	}
	return confirmation{
		ID: "remove-person", TestID: "remove-ask", Icon: "trash-2", Words: "Remove",
		Heading: "Remove " + name + "?", Action: s.PersonAct(p.Person.ID, act), Do: "Remove",
		DoTest: "remove",
	}
}

// removalLinks is what the removal form has chosen, keep unless something else was.
func removalLinks(p PersonProps) string {
	if p.Removal.Links == "" {
		return "keep"
	}
	return p.Removal.Links
}

// foundPeople is like foundWords.
func foundPeople(p UsersProps) string {
	words := foundWords(len(p.Users), "person", p.Next)
	return strings.Replace(words, "persons", "people", 1)
}

// fieldProblemList are the problems of a form.
type fieldProblemList = []fault.Problem

// hinted is something to choose, with what it means.
type hinted struct{ ID, Name, Hint string }

var roles = [...]hinted{
	{"member", "Member", "Uses the vaults that they have access to."},
	{"admin", "Admin", "Manages people, access, policies and the audit log. Sees items only where granted."},
}

// leavings are what can become of the links of somebody who is removed.
var leavings = [...]hinted{
	{"keep", "Keep them", "They work until they expire. Admins can still revoke them."},
	{"hand", "Hand them over", "Someone else sees them in their history and can revoke them."},
	{"revoke", "Revoke them", "They stop working for everyone."},
}

// codeUndelivered is the heading of an email with a code that was not delivered.
func codeUndelivered(f account.Undelivered) string {
	if f.Retried {
		return "The email couldn't be delivered yet. The server is trying again."
	}
	return "The email couldn't be delivered"
}
