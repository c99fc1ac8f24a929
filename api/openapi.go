package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
)

//go:embed openapi.json
var openapi []byte

// placeholder stands in the document for the server's own address.
const placeholder = `"https://itemshare.example"`

// document is the description of every call, with this server's address.
type document struct {
	text []byte
	tag  string
}

func newDocument(url string) document {
	text := bytes.ReplaceAll(openapi, []byte(placeholder), []byte(`"`+url+`"`))
	sum := sha256.Sum256(text) // nothing in it is secret
	return document{text, `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`}
}

// Document returns the OpenAPI document with this server's address.
func (a *API) Document() []byte { return a.document.text }

// openAPI answers with the document.
func (a *API) openAPI(c echo.Context, _ account.Identity) error {
	asData(c.Response().Header())
	if notModified(c, a.document.tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, a.document.text)
}
