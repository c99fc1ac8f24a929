package fault

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestStatusOf(t *testing.T) {
	for _, c := range []struct {
		why    string
		err    error
		status int
		wait   time.Duration
	}{
		{"no kind", errors.New("x"), http.StatusInternalServerError, 0},
		{"internal with a code", New(Internal, CodeDamaged, ""), http.StatusInternalServerError, 0},
		{"a wrong value", Field("name", CodeInvalid, ""), http.StatusUnprocessableEntity, 0},
		{"the policy", Field("files", CodePolicyFiles, ""), http.StatusUnprocessableEntity, 0},
		{"a broken body", Field("", CodeMalformed, ""), http.StatusBadRequest, 0},
		{
			"a method without a route", Field("", CodeMethodNotAllowed, ""),
			http.StatusMethodNotAllowed, 0,
		},
		{"a large body", Field("", CodeTooLarge, ""), http.StatusRequestEntityTooLarge, 0},
		{"not signed in", Of(Unauthenticated), http.StatusUnauthorized, 0},
		{"forbidden", Of(Forbidden), http.StatusForbidden, 0},
		{"not found", Of(NotFound), http.StatusNotFound, 0},
		{"gone", Of(Gone), http.StatusGone, 0},
		{"conflict", Of(Conflict), http.StatusConflict, 0},
		{"a condition that does not hold", Of(Precondition), http.StatusPreconditionFailed, 0},
		{"no condition", Of(PreconditionMissing), http.StatusPreconditionRequired, 0},
		{
			"too many, rounded up", Wait(CodeTooManyAttempts, "", 1500*time.Millisecond),
			http.StatusTooManyRequests, 2 * time.Second,
		},
		{"unavailable", Of(Unavailable), http.StatusServiceUnavailable, 5 * time.Second},
		{"unavailable, wrapped", fmt.Errorf("x: "+
			"%w", Because(Unavailable,
			errors.New("y"))), http.StatusServiceUnavailable, 5 * time.Second},
		{"unavailable for a given " +
			"time", &Error{
			Kind:       Unavailable,
			RetryAfter: time.Minute,
		}, http.StatusServiceUnavailable, time.Minute},
		{"a link may have been " +
			"created", New(Unavailable, CodeLinkUnknown, ""), http.StatusServiceUnavailable, 0},
		{"a change may have been saved", Unknown(errors.New("x")), http.StatusServiceUnavailable, 0},
	} {
		if status, wait := StatusOf(c.err); status != c.status || wait != c.wait {
			t.Errorf("%s: %d and %v, want %d and %v", c.why, status, wait, c.status, c.wait)
		}
	}
}
