package views

import "net/url"

// Signing in, and the reader's own pages.

// SignIn is the sign-in page. It continues to next, a local path, or to the items if next is "".
func (p Paths) SignIn(next string) string { return p.Base + "/signin" + query("next", next) }

// SignInAgain accepts a POST of the sign-in form with a form that waits for it.
func (p Paths) SignInAgain() string { return p.Base + "/signin/resume" }

// SignInProvider leads to the identity provider.
func (p Paths) SignInProvider(next string) string {
	return p.Base + "/signin/oidc" + query("next", next)
}

// SignInPasskey accepts a POST of a passkey's answer.
func (p Paths) SignInPasskey() string { return p.Base + "/signin/passkey" }

// SignInCode is the second step of signing in, and accepts its POST.
func (p Paths) SignInCode(next string) string {
	return p.Base + "/signin/code" + query("next", next)
}

// SignOut accepts a POST.
func (p Paths) SignOut() string { return p.Base + "/signout" }

// Join is the page where a code is used, and accepts its POST.
func (p Paths) Join() string { return p.Base + "/join" }

// Account is the reader's own page.
func (p Paths) Account() string { return p.Base + "/account" }

// AccountDone is the same after a change: done says which.
func (p Paths) AccountDone(done string) string { return p.Account() + query("done", done) }

// OwnName accepts a POST of the reader's name.
func (p Paths) OwnName() string { return p.Account() + "/name" }

// OwnEmails accepts a POST of whether the reader wants emails about new links.
func (p Paths) OwnEmails() string { return p.Account() + "/emails" }

// OwnPassword accepts a POST of the reader's password.
func (p Paths) OwnPassword() string { return p.Account() + "/password" }

// SecondFactor is the page to set up a second factor, and accepts its POST. It continues to next.
func (p Paths) SecondFactor(next string) string {
	return p.Account() + "/second-factor" + query("next", next)
}

// TurnOffFactor accepts a POST.
func (p Paths) TurnOffFactor() string { return p.SecondFactor("") + "/off" }

// RecoveryCodes accepts a POST, and replaces the recovery codes.
func (p Paths) RecoveryCodes() string { return p.SecondFactor("") + "/codes" }

// Passkeys accepts a POST of a new passkey.
func (p Paths) Passkeys() string { return p.Account() + "/passkeys" }

// RemovePassword accepts a POST that removes the reader's password.
func (p Paths) RemovePassword() string { return p.OwnPassword() + "/remove" }

// RemovePasskey accepts a POST.
func (p Paths) RemovePasskey(id string) string {
	return p.Passkeys() + "/" + url.PathEscape(id) + "/remove"
}

// EndSessions accepts a POST, and ends all of the reader's other sessions.
func (p Paths) EndSessions() string { return p.Account() + "/sessions/end" }

// EndSession accepts a POST, and ends one of the reader's sessions.
func (p Paths) EndSession(id string) string {
	return p.Account() + "/sessions/" + url.PathEscape(id) + "/end"
}
