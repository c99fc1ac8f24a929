package views

import (
	"strings"
	"time"

	"itemshare/account"
	"itemshare/fault"
)

// ServiceAccountsProps are the values of ServiceAccountsPage and of its fragment
// ServiceAccountList.
type ServiceAccountsProps struct {
	Shell       Shell
	Filter      ListFilter
	Accounts    []ServiceAccountRow
	Next        string
	Vaults      []Option // to choose from
	Unreachable bool     // the vault can't be reached: Vaults is empty and the form is hidden
	Form        ServiceAccountInput
	Problems    []fault.Problem
}

// ServiceAccountRow is one service account. A zero time means never.
type ServiceAccountRow struct {
	ID        string
	Name      string
	Vaults    []string // titles
	Share     bool     // it can share items
	Edit      bool     // it can create, change and delete items
	NoReveal  bool     // concealed values are withheld
	Events    bool     // it can read the events of the audit log
	People    bool     // it can manage people
	By        string   // who created it, "" for the command line
	State     account.TokenState
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time
	RevokedAt time.Time

	Demoted bool // who created it is no admin any more
}

// ServiceAccountInput is the form as entered.
type ServiceAccountInput struct {
	Name       string
	Vaults     []string // ids
	ShareItems bool
	EditItems  bool
	NoReveal   bool
	ReadEvents bool

	ManagePeople bool
	Lifetime     string // days, "" for never
	Token        string // of the form, for one use
}

// ServiceTokenProps are the values of ServiceTokenPage, the only page that shows a token.
type ServiceTokenProps struct {
	Shell   Shell
	Account ServiceAccountRow
	Token   string
}

// lifetimes are those that the form offers for a token, in days, "" for never.
var lifetimes = [...]Option{{"30", "30 days"}, {"90", "90 days"}, {"365", "1 year"}, {"", "Never"}}

// UsualLifetime is the one that the form suggests.
const UsualLifetime = "90"

// IsLifetime reports whether the form offers a lifetime of that many days, "" for never.
func IsLifetime(days string) bool {
	for _, l := range lifetimes {
		if l.ID == days {
			return true
		}
	}
	return false
}

func tokenStateWords(a ServiceAccountRow) string {
	switch {
	case a.State == account.TokenExpired:
		return "Expired"
	case a.State == account.TokenRevoked:
		return "Revoked"
	case a.State == account.TokenSuspended && a.Demoted:
		return "Suspended: created by a former admin"
	case a.State == account.TokenSuspended:
		return "Suspended with its creator"
	}
	return "Active"
}

func tokenStateIcon(s account.TokenState) string {
	switch s {
	case account.TokenExpired:
		return "clock"
	case account.TokenRevoked, account.TokenSuspended:
		return "ban"
	}
	return "circle-check"
}

func tokenStateTone(s account.TokenState) string {
	if s == account.TokenLive {
		return "live"
	}
	return ""
}

func tokenPermissions(a ServiceAccountRow) string {
	var rights []string
	if len(a.Vaults) > 0 {
		words := itemPermissions(a) + " items"
		if a.NoReveal {
			words += " without concealed values"
		}
		rights = append(rights, words)
	}
	if a.Events {
		rights = append(rights, "read events")
	}
	if a.People {
		rights = append(rights, "manage people")
	}
	return capitalize(strings.Join(rights, ", "))
}

func itemPermissions(a ServiceAccountRow) string {
	rights := []string{"Read"}
	if a.Edit {
		rights = append(rights, "edit")
	}
	if a.Share {
		rights = append(rights, "share")
	}
	return listOf(rights)
}

func createdBy(by string) string {
	if by == "" {
		return "from the command line"
	}
	return "by " + by
}

// expiresWords is the label of a token's expiry.
func expiresWords(a ServiceAccountRow) string {
	if a.State == account.TokenExpired {
		return "Expired"
	}
	return "Expires"
}

// tokenScope says what a program can do with a token.
func tokenScope(a ServiceAccountRow) string {
	var beyond []string
	if a.Events {
		beyond = append(beyond, "read the events of the audit log")
	}
	if a.People {
		beyond = append(beyond, "manage people, groups, and every vault and access to it")
	}
	if len(a.Vaults) == 0 {
		return "Can " + strings.Join(beyond, ", and ") + "."
	}
	words := "Can " + strings.ToLower(itemPermissions(a)) + " items in " + listOf(a.Vaults)
	if a.NoReveal {
		words += ", but not see concealed values"
	}
	return strings.Join(append([]string{words}, beyond...), ", and ") + "."
}

// vaultsDescribed returns the ids for aria-describedby of the vaults to choose from.
func vaultsDescribed(problems []fault.Problem) string {
	if hasProblem(problems, "vaults") {
		return "vaults-hint " + problemID("vaults")
	}
	return "vaults-hint"
}

// noServiceAccounts reports whether there is none at all.
func noServiceAccounts(p ServiceAccountsProps) bool {
	return len(p.Accounts) == 0 && p.Filter == (ListFilter{})
}

func confirmToken(s Shell, a ServiceAccountRow) confirmation {
	return confirmation{
		ID: "revoke-" + a.ID, TestID: "revoke-ask", Icon: "ban", Words: "Revoke",
		Label: "Revoke the token of " + a.Name, Heading: "Revoke the token of " + a.Name + "?",
		Action: s.Paths.RevokeServiceAccount(a.ID), Do: "Revoke token", DoTest: "revoke",
	}
}
