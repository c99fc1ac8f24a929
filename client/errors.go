package client

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Code is the server's stable code for what went wrong. It is an error, so that
//
//	errors.Is(err, client.CodeNotFound)
//
// reports whether a call failed with it. docs/interface.md has the table of codes.
type Code string

// The codes.
const (
	CodeNotFound             Code = "not_found"
	CodeExpired              Code = "expired"
	CodeRevoked              Code = "revoked"
	CodeViewed               Code = "viewed"
	CodeVerificationRequired Code = "verification_required"
	CodeCodeInvalid          Code = "code_invalid"
	CodeTooManyAttempts      Code = "too_many_attempts"
	CodePolicyAccess         Code = "policy_access"
	CodePolicyExpiry         Code = "policy_expiry"
	CodePolicyViews          Code = "policy_views"
	CodePolicyRecipientType  Code = "policy_recipient_type"
	CodeRecipientMember      Code = "recipient_member"
	CodePolicyDomain         Code = "policy_domain"
	CodePolicyFiles          Code = "policy_files"
	CodeRecipientInvalid     Code = "recipient_invalid"
	CodeRecipientMissing     Code = "recipient_missing"
	CodeTooManyRecipients    Code = "too_many_recipients"
	CodeInvalid              Code = "invalid"
	CodeMailOff              Code = "mail_off"
	CodeMalformed            Code = "malformed"
	CodeTooLarge             Code = "too_large"
	CodeUnauthenticated      Code = "unauthenticated"
	CodeForbidden            Code = "forbidden"
	CodeMethodNotAllowed     Code = "method_not_allowed"
	CodeConflict             Code = "conflict"
	CodePreconditionRequired Code = "precondition_required"
	CodeAlreadyCreated       Code = "already_created"
	CodeUnavailable          Code = "unavailable"
	CodeLinkUnknown          Code = "link_unknown"    // 1Password may have created a link
	CodeUnknownOutcome       Code = "unknown_outcome" // the request may have been carried out
	CodeDamaged              Code = "damaged"
	CodeInternal             Code = "internal"
)

func (c Code) Error() string { return string(c) }

// Error is an answer that is not a success. Code is that of the first of Problems; it is "" where
// the answer came from a server that is not itemshare.
type Error struct {
	Status     int
	Code       Code
	Detail     string // one sentence for people
	Problems   []Problem
	RetryAfter time.Duration // how long to wait; 0 where the server named no time
	RequestID  string        // of the request, as in the server's log
	ShareID    string        // of a share that was created and whose link was lost
	SharedBy   string        // of a link that ended: the person to ask for a new one
}

// Problem is one thing that is wrong, and the field that it is about.
type Problem struct {
	Code   Code   `json:"code"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Error returns the details of all problems, the code and the status.
func (e *Error) Error() string {
	var words []string
	for _, p := range e.Problems {
		if p.Detail != "" {
			words = append(words, p.Detail)
		}
	}
	if len(words) == 0 && e.Detail != "" {
		words = append(words, e.Detail)
	}
	text := strings.Join(words, " ")
	if text == "" {
		text = plainWords(e.Status)
	}
	return text + " (" + cmp.Or(
		string(e.Code),
		"no code",
	) + ", status " + strconv.Itoa(
		e.Status,
	) + ")"
}

// Is reports whether target is the [Code] of one of the problems.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	if !ok {
		return false
	}
	for _, p := range e.Problems {
		if p.Code == code {
			return true
		}
	}
	return e.Code == code
}

// plainWords returns a sentence for an answer that has no details.
func plainWords(status int) string {
	switch {
	case status >= 300 && status < 400:
		return "The server redirects, and this client follows no redirect. Check the address."
	case status == http.StatusNotFound:
		return "Not found. It doesn't exist or you don't have access."
	case status == http.StatusUnauthorized:
		return "The token is unknown, revoked or expired."
	default:
		return "The server doesn't answer as itemshare does. Check the address."
	}
}

// ErrNotKnown reports that the connection failed for good while a share was being created: there
// may be a share whose link is lost. The list of shares shows it; after [CodeLinkUnknown],
// 1Password does.
var ErrNotKnown = errors.New("it is not known whether a share was created")

// ErrViewNotKnown reports that the connection failed for good while a link was being opened: the
// view may have been counted.
var ErrViewNotKnown = errors.New("it is not known whether a view was counted")

// document is a problem document of RFC 9457.
type document struct {
	Detail    string    `json:"detail"`
	Code      Code      `json:"code"`
	Errors    []Problem `json:"errors"`
	RequestID string    `json:"request_id"`
	Share     string    `json:"share"`
	SharedBy  string    `json:"shared_by"`
}

// newError returns the error of an answer that is not a success. Only the status and headers count
// of one that is not a problem document.
func newError(status int, header http.Header, body []byte, now time.Time) *Error {
	e := &Error{
		Status:     status,
		RetryAfter: retryAfter(header.Get("Retry-After"), now),
		RequestID:  header.Get("X-Request-Id"),
	}
	var doc document
	isProblem := strings.HasPrefix(header.Get("Content-Type"), "application/problem+json")
	if !isProblem || json.Unmarshal(body, &doc) != nil {
		return e
	}
	e.Code, e.Detail, e.Problems = doc.Code, doc.Detail, doc.Errors
	e.ShareID, e.SharedBy = doc.Share, doc.SharedBy
	e.RequestID = cmp.Or(doc.RequestID, e.RequestID)
	return e
}

// retryAfter parses the header of that name: seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
