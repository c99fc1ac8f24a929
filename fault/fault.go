// Package fault is the short vocabulary in which rooms tell each other what
// went wrong, and the one table from kinds to HTTP statuses. An error that carries no
// kind is internal, and nothing of it is for a user.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says in one word what went wrong.
type Kind int

// The kinds. Internal is the zero value: an error of no kind.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Gone
	Conflict
	Precondition        // of a request's own condition, such as If-Match, which does not hold
	PreconditionMissing // the request needs a condition and has none
	TooMany
	Unavailable
)

// Problem is one thing wrong with what somebody sent: where, a stable code,
// and a sentence for people that says what would be right.
type Problem struct {
	Code   Code   // such as CodePolicyExpiry
	Field  string // the form or JSON field, "" for the whole
	Detail string // plain words; holds no secret and no item value
}

// Error is an error of a kind. Its problems are never empty when the kind is
// Invalid. RetryAfter is set for TooMany and Unavailable.
type Error struct {
	Kind       Kind
	Problems   []Problem
	RetryAfter time.Duration
	CreatedID  string // of CodeAlreadyCreated: what the earlier request created
	SharedBy   string // of Gone, for whoever holds the link: the name of the person who shared it
	cause      error
}

func (e *Error) Error() string {
	text := string(e.Code())
	if e.cause != nil {
		return text + ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause, which is for the log alone.
func (e *Error) Unwrap() error { return e.cause }

// Code returns the code of the first problem, or the kind's own.
func (e *Error) Code() Code {
	if len(e.Problems) > 0 {
		return e.Problems[0].Code
	}
	return e.Kind.code()
}

func (k Kind) code() Code {
	switch k {
	case Invalid:
		return CodeInvalid
	case Unauthenticated:
		return CodeUnauthenticated
	case Forbidden:
		return CodeForbidden
	case NotFound:
		return CodeNotFound
	case Gone:
		return CodeExpired
	case Conflict, Precondition:
		return CodeConflict
	case PreconditionMissing:
		return CodePreconditionRequired
	case TooMany:
		return CodeTooManyAttempts
	case Unavailable:
		return CodeUnavailable
	default:
		return CodeInternal
	}
}

// New returns an error of a kind with one problem.
func New(kind Kind, code Code, detail string) *Error {
	return &Error{Kind: kind, Problems: []Problem{{Code: code, Detail: detail}}}
}

// Of returns an error of a kind with the kind's own code and no words.
func Of(kind Kind) *Error { return New(kind, kind.code(), "") }

// Field returns an Invalid error about one field.
func Field(field string, code Code, detail string) *Error {
	return &Error{Kind: Invalid, Problems: []Problem{{Code: code, Field: field, Detail: detail}}}
}

// Fields returns an Invalid error of all problems, or nil when there are none.
func Fields(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Problems: problems}
}

// Because returns an error of a kind with its cause for the log.
func Because(kind Kind, cause error) *Error {
	e := Of(kind)
	e.cause = cause
	return e
}

// Unknown returns the error of a change that may have been saved or not. It keeps its cause for
// the log.
func Unknown(cause error) *Error {
	e := New(Unavailable, CodeUnknownOutcome, "")
	e.cause = cause
	return e
}

// Wait returns a TooMany error that ends after the given time.
func Wait(code Code, detail string, after time.Duration) *Error {
	e := New(TooMany, code, detail)
	e.RetryAfter = after
	return e
}

// As finds the Error in a chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of an error: Internal for one without a kind.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf is the code of an error, "internal" for one without a kind.
func CodeOf(err error) Code {
	if e, ok := As(err); ok {
		return e.Code()
	}
	return Internal.code()
}

// ProblemsOf are the problems of an error, none for one without a kind.
func ProblemsOf(err error) []Problem {
	if e, ok := As(err); ok {
		return e.Problems
	}
	return nil
}

// Wrap names the operation that failed; nil stays nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}
