package views

import (
	"time"

	"itemshare/account"
	"itemshare/fault"
)

// ServiceAccountsProps belong to ServiceAccountsPage.
type ServiceAccountsProps struct {
	Shell       Shell
	Accounts    []ServiceAccountRow
	Vaults      []Option // those to choose from
	Unreachable bool     // the vault did not answer: Vaults is empty, and nothing can be added
	Form        ServiceAccountInput
	Problems    []fault.Problem
}

// ServiceAccountRow is one service account. Times are zero for never.
type ServiceAccountRow struct {
	ID        string
	Name      string
	Vaults    []string // titles
	Share     bool     // it may share too
	By        string   // who added it, "" for the command line
	State     account.TokenState
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time
	RevokedAt time.Time
}

// ServiceAccountInput is the form as typed.
type ServiceAccountInput struct {
	Name       string
	Vaults     []string // ids
	ShareItems bool
	Lifetime   string // days, "" for no end
	Token      string // one-use, of the form
}

// ServiceTokenProps belong to ServiceTokenPage, which shows a token this once.
type ServiceTokenProps struct {
	Shell   Shell
	Account ServiceAccountRow
	Token   string
}

// Lifetimes of a token that the form offers, in days; "" is no end.
var lifetimes = [...]Option{{"30", "30 days"}, {"90", "90 days"}, {"365", "1 year"}, {"", "No end"}}

// UsualLifetime is what the form offers first.
const UsualLifetime = "90"

// KnownLifetime tells whether the form offers such a lifetime.
func KnownLifetime(days string) bool {
	for _, l := range lifetimes {
		if l.ID == days {
			return true
		}
	}
	return false
}

func tokenStateWords(s account.TokenState) string {
	switch s {
	case account.TokenExpired:
		return "Expired"
	case account.TokenRevoked:
		return "Revoked"
	}
	return "Active"
}

func tokenStateIcon(s account.TokenState) string {
	switch s {
	case account.TokenExpired:
		return "clock"
	case account.TokenRevoked:
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

func mayShareWords(share bool) string {
	if share {
		return "Read and share items"
	}
	return "Read items"
}

func addedBy(by string) string {
	if by == "" {
		return "on the command line"
	}
	return "by " + by
}

// expiresWords heads the time of a token's end.
func expiresWords(a ServiceAccountRow) string {
	if a.State == account.TokenExpired {
		return "Expired"
	}
	return "Expires"
}

// tokenMay is what a token is good for.
func tokenMay(a ServiceAccountRow) string {
	if a.Share {
		return "read and share the items of " + joined(a.Vaults)
	}
	return "read the items of " + joined(a.Vaults)
}

func shareTicked(in ServiceAccountInput) []string {
	if in.ShareItems {
		return []string{"on"}
	}
	return nil
}

// vaultsDescribed names what the choice of vaults is described by.
func vaultsDescribed(problems []fault.Problem) string {
	if hasProblem(problems, "vaults") {
		return "vaults-hint " + problemID("vaults")
	}
	return "vaults-hint"
}
