package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// answerTagged answers with a value and its ETag, or 304 if the caller has it already.
// The tag is a keyed hash, which reveals nothing of titles and addresses.
func (a *API) answerTagged(c echo.Context, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, a.c.TagKey)
	mac.Write(text)
	asData(c.Response().Header())
	if notModified(c, `"`+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])+`"`) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, text)
}

// notModified sets the ETag and reports whether the request names it in If-None-Match.
func notModified(c echo.Context, tag string) bool {
	c.Response().Header().Set("ETag", tag)
	for _, line := range c.Request().Header["If-None-Match"] {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}
