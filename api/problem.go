package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

// problem is a problem document (RFC 9457). Code is the first of Errors, which
// holds them all.
type problem struct {
	Type      string     `json:"type"`
	Title     string     `json:"title"`
	Status    int        `json:"status"`
	Detail    string     `json:"detail,omitempty"`
	Code      fault.Code `json:"code"`
	Errors    []entry    `json:"errors"`
	RequestID string     `json:"request_id,omitempty"` // only of internal errors
	Share     string     `json:"share,omitempty"`      // of already_created: the share that exists
	// of a share that ended, for the holder of its link
	SharedBy string `json:"shared_by,omitempty"`
}

type entry struct {
	Code   fault.Code `json:"code"`
	Field  string     `json:"field,omitempty"`
	Detail string     `json:"detail,omitempty"`
}

// Fail answers with the problem document of an error. Of an internal one it holds
// nothing but a fixed text and the request's id.
func (a *API) Fail(c echo.Context, err error) error {
	status, wait := fault.StatusOf(err)
	doc := problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: fault.CodeOf(err),
	}
	for _, p := range fault.ProblemsOf(err) {
		doc.Errors = append(doc.Errors, entry(p))
	}
	if len(doc.Errors) == 0 {
		doc.Errors = []entry{{Code: doc.Code}}
	}
	if doc.Errors[0].Detail == "" {
		doc.Errors[0].Detail = usualDetail(doc.Code)
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
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	if wait > 0 {
		header.Set(echo.HeaderRetryAfter, strconv.Itoa(int(wait.Seconds())))
	}
	asData(header)
	return c.Blob(status, "application/problem+json", text)
}

// usualDetail returns the sentence of an error that has none of its own.
func usualDetail(code fault.Code) string {
	switch code {
	case fault.CodeNotFound:
		return "Not found. It doesn't exist or you don't have access."
	case fault.CodeMethodNotAllowed:
		return "This address doesn't support that method. The Allow header lists the ones it does."
	case fault.CodeUnavailable:
		return "This is unavailable right now. Nothing was lost. Try again."
	case fault.CodeUnknownOutcome:
		return "It isn't known whether this was saved. Check before you try again."
	case fault.CodeInternal:
		return "An internal error occurred. The server's log has the details under request_id."
	}
	return ""
}
