package handlers

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// document is a page that never changes while the process runs.
type document struct {
	plain   []byte
	gzipped []byte
}

func (h *Handlers) recipientDocument() (document, error) {
	var plain, gzipped bytes.Buffer
	asset := func(name string) string { return h.Asset(h.c.Static.Name(name)) }
	err := views.RecipientPage(views.RecipientProps{
		Base: h.Base, CSS: asset("recipient.css"), JS: asset("recipient.js"),
	}).Render(context.Background(), &plain)
	if err != nil {
		return document{}, fmt.Errorf("render the recipient's page: %w", err)
	}
	w, err := gzip.NewWriterLevel(&gzipped, gzip.BestCompression)
	if err != nil {
		return document{}, err
	}
	if _, err := w.Write(plain.Bytes()); err != nil {
		return document{}, err
	}
	if err := w.Close(); err != nil {
		return document{}, err
	}
	return document{plain.Bytes(), gzipped.Bytes()}, nil
}

// recipientPage is the one page behind every link: no session, and nothing of
// any share.
func (h *Handlers) recipientPage(c echo.Context, _ account.Identity) error {
	header := c.Response().Header()
	header.Set(policyHeader, recipientPolicy)
	header.Set("Vary", "Accept-Encoding")
	if acceptsGzip(c.Request()) {
		header.Set(echo.HeaderContentEncoding, "gzip")
		return sendWhole(c, http.StatusOK, htmlType, h.recipient.gzipped)
	}
	return sendWhole(c, http.StatusOK, htmlType, h.recipient.plain)
}

// mend gives the recipient's page to a link whose # some mail gateway turned into
// %23: the page repairs it in the browser, so that the secret goes nowhere else.
func (h *Handlers) mend(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		reading := c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead
		if reading && (strings.HasPrefix(path, h.Base+"/s#") || strings.HasPrefix(path, h.Base+"/s/#")) {
			return h.recipientPage(c, account.Identity{})
		}
		return next(c)
	}
}

// asset gives an embedded file. Its name carries its hash, so it never changes.
func (h *Handlers) asset(c echo.Context, _ account.Identity) error {
	content, gzipped, contentType, ok := h.c.Static.Open(c.Param("name"))
	if !ok {
		return fault.Of(fault.NotFound)
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set(policyHeader, filePolicy)
	header.Set("Vary", "Accept-Encoding")
	header.Set(echo.HeaderContentType, contentType)
	// A part of a compressed file is a part of nothing.
	if acceptsGzip(c.Request()) && c.Request().Header.Get("Range") == "" {
		header.Set(echo.HeaderContentEncoding, "gzip")
		return sendWhole(c, http.StatusOK, contentType, gzipped)
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(content))
	return nil
}

func (h *Handlers) healthy(c echo.Context, _ account.Identity) error {
	return c.String(http.StatusOK, "ok\n")
}

// readyTime is how long the database may take to answer a probe.
const readyTime = 2 * time.Second

func (h *Handlers) ready(c echo.Context, _ account.Identity) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	if err := h.c.Ready(ctx); err != nil {
		c.Response().Header().Set(echo.HeaderRetryAfter, "5")
		h.c.Log.Warn("not ready", "err", err)
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// sentMail is one mail of the demo in JSON.
type sentMail struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// showOutbox lists the mails of a demo, newest first.
func (h *Handlers) showOutbox(c echo.Context, _ account.Identity) error {
	mails := h.c.Demo.Mails(c.Request().Context())
	c.Response().Header().Set("Vary", "Accept")
	if strings.Contains(c.Request().Header.Get("Accept"), "application/json") {
		list := make([]sentMail, len(mails))
		for i, m := range mails {
			list[i] = sentMail(m)
		}
		return c.JSON(http.StatusOK, list)
	}
	me, err := h.identify(c)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	return h.show(c, http.StatusOK, views.OutboxPage(views.OutboxProps{Shell: h.shell(me, views.NavOutbox, "Outbox", nil), Mails: mails}))
}
