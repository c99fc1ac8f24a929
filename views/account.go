package views

import (
	"cmp"
	"time"

	"itemshare/account"
	"itemshare/fault"
)

// AccountProps are the values of AccountPage and of its fragment Account.
type AccountProps struct {
	Shell    Shell
	Name     string // as entered
	Tell     bool   // the reader wants emails about new links
	MailOff  bool
	Sessions []SessionRow
	Ways     account.Ways
	Factor   FactorState

	SignInWays SignInWays // those that there are for anybody
	Stale      bool       // the session is too old to add a passkey without a password

	Passkeys []PasskeyRow
	// PasskeyOptions are what the browser needs to add a passkey, as JSON; "" for someone who can't.
	PasskeyOptions string
	Problems       []fault.Problem
}

// PasskeyRow is one of the reader's passkeys.
type PasskeyRow struct {
	ID        string
	Name      string
	CreatedAt time.Time
	LastUsed  time.Time // zero for never
}

// SessionRow is one of the reader's own sessions.
type SessionRow struct {
	ID        string
	Device    string
	CreatedAt time.Time
	LastUsed  time.Time
	Current   bool // the one that reads this
}

// deviceWords names a session's browser and system.
func deviceWords(r SessionRow) string {
	if r.Device == "" {
		return "Unknown browser"
	}
	return r.Device
}

func confirmEndOthers(p AccountProps) confirmation {
	return confirmation{
		ID: "end-others", TestID: "end-others", Icon: "log-out", Words: "Sign out everywhere else",
		Heading: "Sign out everywhere else?", Action: p.Shell.Paths.EndSessions(),
		Do: "Sign out", DoTest: "end-others-do",
	}
}

// withoutPassword says how the reader signs in who has no password.
func withoutPassword(p AccountProps) string {
	way := "a passkey"
	if p.PasskeyOptions == "" {
		way = cmp.Or(p.SignInWays.Provider, "a provider")
	}
	return "You sign in with " + way + ", without a password."
}

func passkeysWords(p AccountProps) string {
	words := "Sign in with your fingerprint, face or device PIN"
	if p.SignInWays.NoPasswords {
		return words + "."
	}
	return words + " in place of your password and second factor."
}

func removePasswordWords(p AccountProps) string {
	words := "From now on you sign in with your passkeys alone."
	if p.Ways.Provider {
		words = "From now on you sign in with " + cmp.Or(p.SignInWays.Provider, "your provider") + " alone."
	}
	if p.Factor.On {
		words += " Your second factor is removed with the password."
	}
	return words + " You'll be signed out everywhere else."
}
