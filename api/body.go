package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"itemshare/fault"
)

// body is a JSON object whose members are decoded one by one. The service decides which
// problem to report first, so that a caller without a link learns nothing.
type body map[string]json.RawMessage

// bodyOf parses the request's body. It ignores members that are never asked for.
func bodyOf(c echo.Context) (body, error) { return parseBody(c.Request().Body) }

func parseBody(from io.Reader) (body, error) {
	text, err := io.ReadAll(from)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.Field("", fault.CodeTooLarge, "The body is too large.")
	case err != nil:
		return nil, fault.Field("", fault.CodeMalformed, "The body is incomplete. Send it again.")
	}
	var in body
	if err := json.Unmarshal(text, &in); err != nil || in == nil {
		return nil, fault.Field("", fault.CodeMalformed, "The body isn't a JSON object.")
	}
	return in, nil
}

// unreadable stands for a value of the wrong type: it is valid for no member.
const unreadable = "\x00"

// text returns a string member, "" for none.
func (b body) text(name string) string {
	raw, ok := b[name]
	if !ok || string(raw) == "null" {
		return ""
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return unreadable
	}
	return text
}

// count returns a whole number from 0 on, and -1 for anything else.
func (b body) count(name string) int {
	n, err := strconv.ParseUint(string(b[name]), 10, 32)
	if err != nil || n > math.MaxInt32 {
		return -1
	}
	return int(n)
}

// bytes64 are bytes as base64url without padding.
type bytes64 []byte

// MarshalJSON writes the text without going through a string twice.
func (b bytes64) MarshalJSON() ([]byte, error) {
	out := make([]byte, 0, base64.RawURLEncoding.EncodedLen(len(b))+2)
	out = append(out, '"')
	out = base64.RawURLEncoding.AppendEncode(out, b)
	return append(out, '"'), nil
}
