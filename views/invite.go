package views

import (
	"time"

	"itemshare/fault"
)

// InviteProps are the values of InvitePage and of its fragment Invite.
type InviteProps struct {
	Shell    Shell
	Vaults   []Option
	Groups   []Option
	MailOff  bool
	Ways     SignInWays // by which they join
	Form     InviteInput
	Problems []fault.Problem
}

// InviteInput is the form as entered. Vaults has the chosen right of a vault, Groups the chosen groups
// by ID.
type InviteInput struct {
	Email, Name, Role string
	By                string // "link" to hand the link over
	Vaults            map[string]string
	Groups            map[string]bool
}

// CodeProps are the values of PersonCodePage, the only page that shows a code.
type CodeProps struct {
	Shell     Shell
	Person    UserRow
	Code      string
	Link      string
	ExpiresAt time.Time
	Ways      SignInWays
}

// JoinProps are the values of JoinPage.
type JoinProps struct {
	Shell      Shell
	Code       string // as entered
	Problems   []fault.Problem
	Rejected   fault.Code // of the code or the attempt, "" for none
	RetryAfter time.Duration
	Ways       SignInWays
	// PasskeyOptions are what the browser needs to make a passkey for the holder of the code, as JSON,
	// and PasskeyFor is their address. Both are "" before the code was sent for one.
	PasskeyOptions, PasskeyFor string
}

// inviteWords says how somebody who is invited joins.
func inviteWords(w SignInWays) string {
	ways := "They choose a password or create a passkey"
	if w.NoPasswords {
		ways = "They create a passkey"
	}
	ways += " with a link that works once, for seven days"
	if w.Provider != "" {
		ways += ", or sign in with " + w.Provider
	}
	return ways + "."
}

// codeProblem reports whether the code was rejected rather than the password.
func codeProblem(p JoinProps) bool {
	return p.Rejected == fault.CodeCodeInvalid || p.Rejected == fault.CodeExpired
}

func codeHeading(p CodeProps) string {
	if p.Person.Pending {
		return p.Person.Name + " is invited"
	}
	return capitalize(newSignIn(p.Ways)) + " for " + p.Person.Name
}

// newSignIn names what somebody gets in place of what they have lost.
func newSignIn(w SignInWays) string {
	if w.NoPasswords {
		return "new passkey"
	}
	return "new password"
}
