package fault

import (
	"net/http"
	"time"
)

// unavailableWait is how long to wait for what does not answer and says no time of its own.
const unavailableWait = 5 * time.Second

// StatusOf returns the HTTP status that answers an error, and the wait that its
// Retry-After names, in whole seconds: 0 for none. It is the one table from kinds
// to statuses, for pages and problem documents alike.
func StatusOf(err error) (status int, wait time.Duration) {
	e, ok := As(err)
	if !ok {
		return http.StatusInternalServerError, 0
	}
	return e.status(), e.wait()
}

func (e *Error) status() int {
	switch e.Kind {
	case Invalid:
		return invalidStatus(e.Code())
	case Unauthenticated:
		return http.StatusUnauthorized
	case Forbidden:
		return http.StatusForbidden
	case NotFound:
		return http.StatusNotFound
	case Gone:
		return http.StatusGone
	case Conflict:
		return http.StatusConflict
	case Precondition:
		return http.StatusPreconditionFailed
	case PreconditionMissing:
		return http.StatusPreconditionRequired
	case TooMany:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// invalidStatus returns the status of an Invalid error: a request can be wrong as a whole, or have
// wrong values.
func invalidStatus(code Code) int {
	switch code {
	case CodeMalformed:
		return http.StatusBadRequest
	case CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusUnprocessableEntity
	}
}

// wait rounds up, so that nobody comes back too early. A request that may have done
// what it asked for must not be repeated blindly, so it has none.
func (e *Error) wait() time.Duration {
	wait := e.RetryAfter
	switch {
	case e.Code() == CodeLinkUnknown, e.Code() == CodeUnknownOutcome:
		return 0
	case wait == 0 && e.Kind == Unavailable:
		wait = unavailableWait
	}
	return (wait + time.Second - 1).Truncate(time.Second)
}
