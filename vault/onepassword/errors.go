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

// operation names what was asked of the account, for the log.
type operation string

const (
	connecting      operation = "make a 1Password client"
	listVaults      operation = "list 1Password vaults"
	listItems       operation = "list 1Password items"
	readItem        operation = "read a 1Password item"
	readFile        operation = "read a 1Password file"
	readPolicy      operation = "read 1Password's sharing policy"
	checkRecipients operation = "check recipients with 1Password"
	makeLink        operation = "make a 1Password link"
)

// sharing tells whether an operation needs the permission to share.
func (o operation) sharing() bool { return o == readPolicy || o == checkRecipients || o == makeLink }

// meaning is what went wrong, as far as an error of the SDK can be understood.
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

// texts are the SDK's words and what they mean. Only rate limits have a type in SDK
// v0.4.1; everything else comes as text, found in its core and in what it says
// offline. The first row that fits counts, so that a connection which failed is
// never taken for an item that is not there.
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

// private is what an error of the SDK may not carry on: all between the first and the
// last quotation mark, which may be a value; addresses of the web, of which a link is
// one, and of people; and runs of letters as long as an id, a key or a piece of the token.
var private = regexp.MustCompile("\".*\"|\".*|`.*`|`.*|https?://\\S*|\\S+@\\S+|[A-Za-z0-9_+/=-]{20,}")

// firstLine is what of an SDK's error may be kept for the log: its first line without
// what is private in it. The token may be of any form, so it is looked for as well.
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

// classify tells what an error of the SDK means: by its type where it has one, else
// by its text. What no row knows stays unknown.
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

// pause is how long the account is left alone after an error of this kind, doubled
// each time up to a bound. Refused requests count against the account's limits too.
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

// retry is when an error without a pause is worth another try.
const retry = 5 * time.Second

// explain makes the error that others see: in words of our own, with the cause for
// the log alone.
func explain(op operation, m meaning, line string) error {
	switch m {
	case missing:
		return fault.Of(fault.NotFound)
	case badRecipient:
		return fault.Field("recipients", fault.CodeRecipientInvalid, "1Password does not accept these recipients.")
	case noFiles:
		return fault.Field("files", fault.CodePolicyFiles, "This item has files, and the 1Password account's policy does not let them be shared.")
	case big:
		return tooLarge()
	case refused:
		if op.sharing() {
			return fault.Field("", fault.CodeInvalid, "1Password refused these terms. Load the page again and choose anew.")
		}
	case denied:
		if op.sharing() {
			return fault.New(fault.Forbidden, fault.CodeForbidden, "This server's 1Password service account lacks the permission Share items for this vault. Whoever runs the server makes a service account that has it.")
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

// away tells whether an error says that the account cannot be asked for now, rather
// than that it says no.
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
	return fault.Field("files", fault.CodePolicyFiles, "A file is larger than 50 MiB, the limit of 1Password for apps.")
}

// words say what is wrong with the account, for whoever waits for it.
func (m meaning) words() string {
	switch m {
	case unreachable:
		return "This server cannot reach 1Password."
	case slow:
		return "1Password did not answer in time."
	case crowded:
		return "Too many are asking 1Password at once."
	case limited:
		return "1Password takes no more requests of this server's service account for now: its rate limit is used up."
	case badToken:
		return "1Password does not accept this server's token: it is wrong, expired or revoked. Whoever runs the server sets OP_SERVICE_ACCOUNT_TOKEN anew."
	case signedOut:
		return "1Password ended this server's session, and a new one begins."
	case denied:
		return "This server's 1Password service account may not read this vault. Whoever runs the server makes a service account that may."
	}
	return "1Password could not do this, and the server's log says why."
}

// doubtful adds to the error of a link that may have been made that it may have been.
func doubtful(op operation, m meaning, err error) error {
	e, ok := fault.As(err)
	if op == makeLink && ok && e.Kind == fault.Unavailable && (m == unknown || m == slow || m == unreachable) {
		e.Problems[0].Code = fault.CodeLinkUnknown
		e.Problems[0].Detail += " It is not known whether a link was made: look at the item in 1Password before trying again."
	}
	return err
}
