package handlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/static"
	"itemshare/vault"
	"itemshare/views"
)

const htmlType = "text/html; charset=utf-8"

// buffers keep pages until they are whole: an error halfway is still an error page.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// compressors compress pages on their way.
var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// worthwhile is from how many bytes on a page is compressed.
const worthwhile = 1024

// show answers with a component, compressed where the browser takes it.
func (h *Handlers) show(c echo.Context, status int, component templ.Component) error {
	return h.send(c, status, component, accepts(c.Request(), "gzip"))
}

// showSecret answers with a component that holds a secret. It is not compressed:
// the length of a compressed answer tells something of what is in it.
func (h *Handlers) showSecret(c echo.Context, status int, component templ.Component) error {
	return h.send(c, status, component, false)
}

func (h *Handlers) send(c echo.Context, status int, component templ.Component, compress bool) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()
	// The data is there: a page that is nearly done is worth finishing.
	if err := component.Render(context.WithoutCancel(c.Request().Context()), buffer); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	header := c.Response().Header()
	header.Add("Vary", "HX-Request, HX-History-Restore-Request, Accept-Encoding")
	if !compress || buffer.Len() < worthwhile {
		return sendWhole(c, status, htmlType, buffer.Bytes())
	}
	header.Set(echo.HeaderContentEncoding, "gzip")
	header.Set(echo.HeaderContentType, htmlType)
	c.Response().WriteHeader(status)
	compressor := compressors.Get().(*gzip.Writer)
	defer compressors.Put(compressor)
	compressor.Reset(c.Response())
	if _, err := compressor.Write(buffer.Bytes()); err != nil {
		return fmt.Errorf("send a page: %w", err)
	}
	return compressor.Close()
}

// sendBody answers with content that never changes, in the smallest encoding that
// the browser takes.
func sendBody(c echo.Context, contentType string, body static.Body) error {
	header := c.Response().Header()
	header.Set("Vary", "Accept-Encoding")
	for _, encoding := range static.Encodings {
		if accepts(c.Request(), encoding) {
			header.Set(echo.HeaderContentEncoding, encoding)
			return sendWhole(c, http.StatusOK, contentType, body.Encoded(encoding))
		}
	}
	return sendWhole(c, http.StatusOK, contentType, body.Encoded(""))
}

// sendWhole answers with all of a body and its length, so that it need not go in chunks.
func sendWhole(c echo.Context, status int, contentType string, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(status, contentType, body)
}

// accepts reports whether the browser takes an encoding such as gzip.
func accepts(r *http.Request, encoding string) bool {
	for coding := range strings.SplitSeq(r.Header.Get(echo.HeaderAcceptEncoding), ",") {
		name, parameters, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == encoding && strings.TrimSpace(parameters) != "q=0" {
			return true
		}
	}
	return false
}

// fragment tells whether htmx asks for a part of the page. For going back it
// wants the whole one, and for a boosted link too.
func fragment(c echo.Context) bool {
	header := c.Request().Header
	return header.Get("HX-Request") == "true" &&
		header.Get("HX-History-Restore-Request") != "true" && header.Get("HX-Boosted") != "true"
}

// showEither answers htmx with the fragment and everybody else with the page.
func (h *Handlers) showEither(c echo.Context, status int, part, whole templ.Component) error {
	if fragment(c) {
		return h.show(c, status, part)
	}
	return h.show(c, status, whole)
}

// shell returns what stands around a page. Of the vaults, those that me may view are
// listed beside it.
func (h *Handlers) shell(
	me account.Identity, nav views.Nav, title string, vaults []vault.Info,
) views.Shell {
	shell := views.Shell{
		Paths: h.Paths, Nav: nav, Title: title, Now: h.c.Clock(), Demo: h.c.Demo != nil,
		Asset:  func(name string) string { return h.Asset(h.c.Static.Name(name)) },
		Vaults: options(seenBy(me, vaults)),
	}
	if me.User.ID != "" {
		shell.User = &views.User{ID: me.User.ID, Name: me.User.Name, Email: me.User.Email, Admin: me.Admin()}
	}
	return shell
}

// seeOther leads the browser on after a form.
func seeOther(c echo.Context, address string) error {
	return c.Redirect(http.StatusSeeOther, address)
}
