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

// answerTagged answers with a value and its ETag, or 304 where the caller has it.
// The tag is a keyed hash, so that it tells nothing of titles and addresses.
func (a *API) answerTagged(c echo.Context, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, a.c.TagKey)
	mac.Write(text)
	c.Response().Header().Set(policyHeader, dataPolicy)
	if known(c, `"`+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])+`"`) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, text)
}

// known sets the ETag and tells whether the request names it in If-None-Match.
func known(c echo.Context, tag string) bool {
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
