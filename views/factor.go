package views

import (
	"strings"

	"itemshare/fault"
)

// SignInCodeProps are the values of SignInCodePage.
type SignInCodeProps struct {
	Shell    Shell
	Email    string // of who signs in
	Next     string // a local path to continue to, "" for the items
	Kept     string // a form that waits, sealed
	Has      bool   // there is one, or it was too long to keep
	Problems []fault.Problem
}

// FactorProps are the values of FactorPage, the only page that shows a second factor's seed.
type FactorProps struct {
	Shell    Shell
	Required bool   // the reader can do nothing else
	Next     string // where they were going, "" for their account
	Secret   string
	URL      string // of the QR code
	Setup    string // sealed, for the form
	Problems []fault.Problem
}

// RecoveryProps are the values of RecoveryPage, the only page that shows recovery codes.
type RecoveryProps struct {
	Shell Shell
	Codes []string
	Next  string // where they were going, "" for their account
}

// FactorState is the second factor on the reader's own page.
type FactorState struct {
	On       bool
	Recovery int // unused recovery codes
}

// inFours puts a secret to type into groups.
func inFours(secret string) string {
	out := ""
	for ; len(secret) > 4; secret = secret[4:] {
		out += secret[:4] + " "
	}
	return out + secret
}

// afterRecovery is where the recovery codes lead on to.
func afterRecovery(p RecoveryProps) string {
	if p.Next != "" {
		return p.Next
	}
	return p.Shell.Paths.Account()
}

// recoveryText is all codes, a line each.
func recoveryText(p RecoveryProps) string {
	return strings.Join(p.Codes, "\n")
}
