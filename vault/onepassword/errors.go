package onepassword

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	sdk "github.com/1password/onepassword-sdk-go"

	"itemshare/fault"
)

// operation names a call, for the log.
type operation string

const (
	connecting      operation = "create a 1Password client"
	listVaults      operation = "list 1Password vaults"
	listItems       operation = "list 1Password items"
	readItem        operation = "read a 1Password item"
	readFile        operation = "read a 1Password file"
	readPolicy      operation = "read 1Password's sharing policy"
	checkRecipients operation = "check recipients with 1Password"
	makeLink        operation = "create a 1Password link"
)

// sharing reports whether an operation needs the permission to share.
func (o operation) sharing() bool { return o == readPolicy || o == checkRecipients || o == makeLink }

// meaning says what an error of the SDK means.
type meaning int

const (
	unknown      meaning = iota
	unreachable          // no connection to 1Password
	slow                 // no answer in time
	crowded              // more callers than the queue takes
	limited              // too many requests
	badToken             // the token is wrong, expired or revoked
	signedOut            // the session ended: a new client may help
	denied               // not with this service account's permissions
	missing              // the account answered that there is no such thing
	badRecipient         // a recipient was refused
	noFiles              // the item has files, and those may not be shared
	big                  // a file above the SDK's own bound
	refused              // other input that was refused
)

// texts maps parts of the SDK's messages to meanings. Only rate limits have a type in SDK v0.4.1;
// the other messages were found in its core and by running it offline. The first matching row
// counts, so that a failed connection is never taken for a missing item.
var texts = []struct {
	has   string
	means meaning
}{
	{"context deadline exceeded", slow},
	{"request timeout", slow},
	{"i/o timeout", slow},
	{"tls handshake timeout", slow},
	{"no such host", unreachable},
	{"dial tcp", unreachable},
	{"connection refused", unreachable},
	{"connection reset", unreachable},
	{"network is unreachable", unreachable},
	{"no route to host", unreachable},
	{"proxyconnect", unreachable},
	{"server misbehaving", unreachable},
	{"tls: ", unreachable},
	{"x509: ", unreachable},
	{"unexpected eof", unreachable},
	{"rate limit exceeded", limited},
	{"invalid service account token", badToken},
	{"bad service account token", badToken},
	{"service account token had invalid format", badToken},
	{"service account token base64 decoding failed", badToken},
	{"service account deserialization failed", badToken},
	{"account couldn't be found", badToken},
	{"cannot reauthorize this device", signedOut},
	{"session expired", signedOut},
	{"you are not authenticated", signedOut},
	{"invalid client id", signedOut},
	{"have the right permissions", denied},
	{"cannot share items with files", noFiles},
	{"forbidden recipient type", badRecipient},
	{"not permitted by account policy", badRecipient},
	{"couldn't parse item share recipient", badRecipient},
	{"item couldn't be found", missing},
	{"item is not in an active state", missing},
	{"vault couldn't be found", missing},
	{"id does not correspond to a vault", missing},
	{"file couldn't be found", missing},
	{"file uuid not found", missing},
	{"resource not found", missing},
	{"files larger than 50mb", big},
	{"bad input passed by the user", refused},
	{"invalid user input", refused},
}

// private matches what must not be logged of an SDK error: everything between the first and the last
// quotation mark, which may be a value; web addresses, which may be links; email addresses; and
// strings as long as an ID, a key or a part of the token.
var private = regexp.MustCompile(
	"\".*\"|\".*|`.*`|`.*|https?://\\S*|\\S+@\\S+|[A-Za-z0-9_+/=-]{20,}",
)

// firstLine returns what may be logged of an SDK error: its first line without private parts. The
// token may have any form, so it is removed as well.
func firstLine(err error, token string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	if token != "" {
		line = strings.ReplaceAll(line, token, "…")
	}
	line = private.ReplaceAllString(line, "…")
	if runes := []rune(line); len(runes) > 200 {
		line = string(runes[:200]) + "…"
	}
	return line
}

// classify returns the meaning of an SDK error: by its type if it has one, else by its text. Other
// errors are unknown.
func classify(err error, line string) meaning {
	var rate *sdk.RateLimitExceededError
	var session *sdk.DesktopSessionExpiredError
	switch {
	case errors.As(err, &rate):
		return limited
	case errors.As(err, &session):
		return signedOut
	case errors.Is(err, context.DeadlineExceeded):
		return slow
	}
	line = strings.ToLower(line)
	for _, row := range texts {
		if strings.Contains(line, row.has) {
			return row.means
		}
	}
	return unknown
}

// pause returns how long no calls are made after an error, which doubles with each further error up
// to a bound. Rejected requests count against the account's rate limits too.
func (m meaning) pause() (first, most time.Duration) {
	switch m {
	case unreachable, slow, signedOut:
		return 2 * time.Second, 30 * time.Second
	case limited:
		return time.Minute, 10 * time.Minute
	case badToken:
		return 30 * time.Second, 5 * time.Minute
	}
	return 0, 0
}

// retry is the wait before another attempt after an error without a pause.
const retry = 5 * time.Second

// explain returns the error for callers: a sentence of this package, with the cause for the log.
func explain(op operation, m meaning, line string) error {
	switch m {
	case missing:
		return fault.Of(fault.NotFound)
	case badRecipient:
		return fault.Field(
			"recipients",
			fault.CodeRecipientInvalid,
			"1Password doesn't allow sharing with these recipients.",
		)
	case noFiles:
		return fault.Field(
			"files",
			fault.CodePolicyFiles,
			"This item has files, and the 1Password account's policy doesn't allow sharing files.",
		)
	case big:
		return tooLarge()
	case refused:
		if op.sharing() {
			return fault.Field(
				"",
				fault.CodeInvalid,
				"1Password rejected these settings. Reload the page and choose again.",
			)
		}
	case denied:
		if op.sharing() {
			return fault.New(
				fault.Forbidden,
				fault.CodeForbidden,
				"This server's 1Password service account doesn't have the Share items permission for "+
					"this vault. Contact your administrator.",
			)
		}
	}
	e := fault.Because(fault.Unavailable, &accountError{op, m, line})
	e.RetryAfter = retry
	e.Problems[0].Detail = m.words()
	return e
}

// accountError is the cause of an error, for the log.
type accountError struct {
	op    operation
	means meaning
	line  string
}

func (e *accountError) Error() string { return string(e.op) + ": " + e.line }

// away reports whether an error means that the account cannot be reached for now, rather than that it
// denied the request.
func away(err error) bool {
	var e *accountError
	if !errors.As(err, &e) {
		return false
	}
	switch e.means {
	case unreachable, slow, crowded, limited, signedOut:
		return true
	}
	return false
}

func tooLarge() error {
	return fault.Field(
		"files",
		fault.CodePolicyFiles,
		"A file is larger than 50 MiB, the limit of 1Password for apps.",
	)
}

// words returns what is wrong with the account, in a sentence for people.
func (m meaning) words() string {
	switch m {
	case unreachable:
		return "This server can't reach 1Password."
	case slow:
		return "1Password didn't respond in time."
	case crowded:
		return "Too many requests to 1Password at once. Try again in a moment."
	case limited:
		return "1Password's rate limit is used up. Try again later."
	case badToken:
		return "1Password doesn't accept this server's token: it's wrong, expired or revoked. " +
			"Set a new OP_SERVICE_ACCOUNT_TOKEN."
	case signedOut:
		return "1Password ended this server's session. Try again in a moment."
	case denied:
		return "This server's 1Password service account doesn't have access to this vault. Contact your administrator."
	}
	return "1Password couldn't complete the request. The server's log has the details."
}

// doubtful marks the error of a link that may have been created all the same.
func doubtful(op operation, m meaning, err error) error {
	e, ok := fault.As(err)
	if op == makeLink && ok && e.Kind == fault.Unavailable &&
		(m == unknown || m == slow || m == unreachable) {
		e.Problems[0].Code = fault.CodeLinkUnknown
		e.Problems[0].Detail += " The link may have been created: check the item in 1Password before you try again."
	}
	return err
}
