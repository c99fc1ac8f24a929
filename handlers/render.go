package handlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/static"
	"itemshare/vault"
	"itemshare/views"
)

const htmlType = "text/html; charset=utf-8"

// buffers hold pages until they are complete, so that an error halfway is an error page.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func emptyBuffer() *bytes.Buffer {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	return buffer
}

type compressor interface {
	io.WriteCloser
	Reset(to io.Writer)
}

// compressors of each encoding are used again, since each takes a megabyte. Brotli at this level takes
// the time of gzip at its fastest, and a page is a sixth smaller.
var compressors = map[string]*sync.Pool{
	"br": {New: func() any { return brotli.NewWriterV2(nil, 3) }},
	"gzip": {New: func() any {
		w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}},
}

// minCompressed is the size in bytes from which on a page is compressed.
const minCompressed = 1024

// show answers with a component, compressed if the browser accepts it.
func (h *Handlers) show(c echo.Context, status int, component templ.Component) error {
	return h.send(c, status, component, encodingFor(c.Request()))
}

// showSecret answers with a component that holds a secret. It is never compressed, since
// the length of a compressed answer depends on its content.
func (h *Handlers) showSecret(c echo.Context, status int, component templ.Component) error {
	return h.send(c, status, component, "")
}

func (h *Handlers) send(
	c echo.Context, status int, component templ.Component, encoding string,
) error {
	buffer, signed := emptyBuffer(), emptyBuffer()
	defer buffers.Put(buffer)
	defer buffers.Put(signed)
	// The data is loaded: a deadline that passes while it is rendered changes nothing.
	ctx := views.WithRecentVaults(
		context.WithoutCancel(c.Request().Context()), h.recentVaults(c),
	)
	ctx = views.WithSetUp(ctx, h.setUpBeside(c, status))
	if err := component.Render(ctx, buffer); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	signForms(signed, buffer.Bytes(), identityOf(c).User.ID)
	return sendPage(c, status, signed.Bytes(), encoding)
}

// sendPage answers with a page in an encoding, "" for none.
func sendPage(c echo.Context, status int, page []byte, encoding string) error {
	header := c.Response().Header()
	header.Add("Vary", "HX-Request, HX-History-Restore-Request, Accept-Encoding")
	if encoding == "" || len(page) < minCompressed {
		return sendWhole(c, status, htmlType, page)
	}
	header.Set(echo.HeaderContentEncoding, encoding)
	header.Set(echo.HeaderContentType, htmlType)
	c.Response().WriteHeader(status)
	return fault.Wrap("send a page", compress(c.Response(), encoding, page))
}

func compress(to io.Writer, encoding string, page []byte) error {
	w := compressors[encoding].Get().(compressor)
	defer compressors[encoding].Put(w)
	w.Reset(to)
	if _, err := w.Write(page); err != nil {
		return err
	}
	return w.Close()
}

// sendBody answers with content that never changes, in the smallest encoding that
// the browser takes.
func sendBody(c echo.Context, contentType string, body static.Body) error {
	header := c.Response().Header()
	header.Set("Vary", "Accept-Encoding")
	encoding := encodingFor(c.Request())
	if encoding != "" {
		header.Set(echo.HeaderContentEncoding, encoding)
	}
	return sendWhole(c, http.StatusOK, contentType, body.Encoded(encoding))
}

// sendWhole answers with a body and its length, so that it is not sent in chunks.
func sendWhole(c echo.Context, status int, contentType string, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(status, contentType, body)
}

// encodingFor returns the smallest encoding that the browser takes, "" for none.
func encodingFor(r *http.Request) string {
	for _, encoding := range static.Encodings {
		if accepts(r, encoding) {
			return encoding
		}
	}
	return ""
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

// fragment reports whether htmx asks for a part of the page. It asks for a whole one when
// it restores history and when it follows a boosted link.
func fragment(c echo.Context) bool {
	header := c.Request().Header
	return header.Get("HX-Request") == "true" &&
		header.Get("HX-History-Restore-Request") != "true" && header.Get("HX-Boosted") != "true"
}

// showEither answers htmx with the fragment, and other requests with the page.
func (h *Handlers) showEither(c echo.Context, status int, part, whole templ.Component) error {
	if fragment(c) {
		return h.show(c, status, part)
	}
	return h.show(c, status, whole)
}

// shell returns what stands around a page, with those of the vaults beside it that me may
// view.
func (h *Handlers) shell(
	me account.Identity, nav views.Nav, title string, vaults []vault.Info,
) views.Shell {
	shell := views.Shell{
		Paths: h.Paths, Nav: nav, Title: title, Now: h.c.Clock(), Demo: h.c.Demo != nil,
		Asset:  func(name string) string { return h.Asset(h.c.Static.Name(name)) },
		Vaults: options(viewableBy(me, vaults)),
	}
	if me.User.ID != "" {
		shell.User = &views.User{
			ID: me.User.ID, Name: me.User.Name, Email: me.User.Email, Admin: me.Admin(),
		}
	}
	if me.Admin() && nav.OfAdmin() {
		shell.UntrustedProxy = h.proxy.seen()
	}
	return shell
}

// seeOther leads the browser to another page after a form. htmx would put that page in the place of
// the form, so it is told by a header.
func seeOther(c echo.Context, address string) error {
	if fragment(c) && c.Request().Method == http.MethodPost {
		c.Response().Header().Set("HX-Redirect", address)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// replaceAddress has htmx show another address for what it is answered with, so that reload and
// Back lead there. An answer without htmx keeps its own.
func replaceAddress(c echo.Context, address string) {
	if fragment(c) {
		c.Response().Header().Set("HX-Replace-Url", address)
	}
}

// answerAt has htmx put an answer in the place of another element than the one it asked for.
func answerAt(c echo.Context, target string) {
	if fragment(c) {
		c.Response().Header().Set("HX-Retarget", target)
		c.Response().Header().Set("HX-Reswap", "outerHTML settle:0ms")
	}
}
