package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

// problem is a problem document of RFC 9457. Code is the first of Errors, which
// holds all.
type problem struct {
	Type      string     `json:"type"`
	Title     string     `json:"title"`
	Status    int        `json:"status"`
	Detail    string     `json:"detail,omitempty"`
	Code      fault.Code `json:"code"`
	Errors    []entry    `json:"errors"`
	RequestID string     `json:"request_id,omitempty"` // of internal errors alone
	Share     string     `json:"share,omitempty"`      // of already_created: the share there is
	SharedBy  string     `json:"shared_by,omitempty"`  // of what is gone, to the holder of its link
}

type entry struct {
	Code   fault.Code `json:"code"`
	Field  string     `json:"field,omitempty"`
	Detail string     `json:"detail,omitempty"`
}

// statusOf is the one table of kinds and statuses for programs.
func statusOf(err error) int {
	var routing *echo.HTTPError
	if errors.As(err, &routing) {
		return routing.Code
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		switch fault.CodeOf(err) {
		case fault.CodeMalformed:
			return http.StatusBadRequest
		case fault.CodeTooLarge:
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Gone:
		return http.StatusGone
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Fail writes the problem document of an error. Of an internal one nothing
// leaves but a fixed text and the request's id.
func (a *API) Fail(c echo.Context, err error) error {
	status := statusOf(err)
	doc := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: codeOf(err, status)}
	for _, p := range fault.ProblemsOf(err) {
		doc.Errors = append(doc.Errors, entry(p))
	}
	if len(doc.Errors) == 0 {
		doc.Errors = []entry{{Code: doc.Code}}
	}
	if doc.Errors[0].Detail == "" {
		doc.Errors[0].Detail = words(status)
	}
	doc.Detail = doc.Errors[0].Detail
	if status == http.StatusInternalServerError {
		doc.RequestID = c.Response().Header().Get("X-Request-Id")
	}
	switch e, ok := fault.As(err); {
	case ok && e.Code() == fault.CodeAlreadyCreated:
		doc.Share = e.CreatedID
	case ok && e.Kind == fault.Gone:
		doc.SharedBy = e.SharedBy
	}
	text, err2 := json.Marshal(doc)
	if err2 != nil {
		return err2
	}
	header := c.Response().Header()
	if wait := retryAfter(err); wait > 0 {
		header.Set(echo.HeaderRetryAfter, strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10))
	}
	header.Set(policyHeader, dataPolicy)
	return c.Blob(status, "application/problem+json", text)
}

// codeOf is the error's code; an address or a method that is not there has the
// status's own.
func codeOf(err error, status int) fault.Code {
	if e, ok := fault.As(err); ok {
		return e.Code()
	}
	switch status {
	case http.StatusNotFound:
		return fault.CodeNotFound
	case http.StatusMethodNotAllowed:
		return fault.CodeMethodNotAllowed
	}
	return fault.CodeInternal
}

// words are for errors that bring none.
func words(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Nothing is here, or it is not for you to see."
	case http.StatusMethodNotAllowed:
		return "This address does not take that method. The header Allow names those that it takes."
	case http.StatusServiceUnavailable:
		return "This cannot be reached at the moment. Nothing was lost: try again."
	case http.StatusInternalServerError:
		return "Something went wrong here. Nothing more is known."
	}
	return ""
}

// retryAfter is when to try again: never by itself where there may be a link already.
func retryAfter(err error) time.Duration {
	e, ok := fault.As(err)
	switch {
	case !ok, e.Code() == fault.CodeLinkUnknown:
		return 0
	case e.RetryAfter > 0:
		return e.RetryAfter
	case e.Kind == fault.Unavailable:
		return 5 * time.Second
	}
	return 0
}
