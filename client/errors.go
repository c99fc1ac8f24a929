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

// Code is the server's word for what went wrong. It is an error, so that
//
//	errors.Is(err, client.CodeNotFound)
//
// tells whether a call ended in it. The table of codes stands in docs/api.md.
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
	CodePolicyRecipientType  Code = "policy_recipient_type"
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
	CodeConflict             Code = "conflict"
	CodeAlreadyCreated       Code = "already_created"
	CodeUnavailable          Code = "unavailable"
	CodeLinkUnknown          Code = "link_unknown" // the vault's own account may have made a link
	CodeInternal             Code = "internal"
)

func (c Code) Error() string { return string(c) }

// Error is an answer that is not a success. Code is the first of Problems, which
// holds all; it is "" where the answer came from something that is no itemshare.
type Error struct {
	Status     int
	Code       Code
	Detail     string // one sentence for people
	Problems   []Problem
	RetryAfter time.Duration // how long to wait; 0 where nothing was said
	RequestID  string        // finds the request in the server's log
	ShareID    string        // a share that was made and whose link was lost
	SharedBy   string        // of a link that ended: whom to ask for a new one
}

// Problem is one thing that was wrong, and where.
type Problem struct {
	Code   Code   `json:"code"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Error says every problem in the server's words.
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
	return text + " (" + cmp.Or(string(e.Code), "no code") + ", status " + strconv.Itoa(e.Status) + ")"
}

// Is tells whether a [Code] is among the problems.
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

// plainWords are for an answer without words of its own.
func plainWords(status int) string {
	switch {
	case status >= 300 && status < 400:
		return "The server points elsewhere, and this client follows nowhere. Check the address."
	case status == http.StatusNotFound:
		return "There is no such thing, or it is not yours to see."
	case status == http.StatusUnauthorized:
		return "The token is unknown, revoked or expired."
	default:
		return "The server does not answer as itemshare does."
	}
}

// ErrNotKnown says that the connection failed for good while a share was being
// made: there may be one whose link nobody has. The list of shares tells, and of
// [CodeLinkUnknown] the account that makes the links.
var ErrNotKnown = errors.New("it is not known whether a share was made")

// document is a problem document of RFC 9457.
type document struct {
	Detail    string    `json:"detail"`
	Code      Code      `json:"code"`
	Errors    []Problem `json:"errors"`
	RequestID string    `json:"request_id"`
	Share     string    `json:"share"`
	SharedBy  string    `json:"shared_by"`
}

// failure reads an answer that is no success. Of one that is no problem document
// nothing is taken but its status.
func failure(status int, header http.Header, body []byte, now time.Time) *Error {
	e := &Error{Status: status, RetryAfter: retryAfter(header.Get("Retry-After"), now), RequestID: header.Get("X-Request-Id")}
	var doc document
	if !strings.HasPrefix(header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(body, &doc) != nil {
		return e
	}
	e.Code, e.Detail, e.Problems, e.ShareID, e.SharedBy = doc.Code, doc.Detail, doc.Errors, doc.Share, doc.SharedBy
	e.RequestID = cmp.Or(doc.RequestID, e.RequestID)
	return e
}

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
