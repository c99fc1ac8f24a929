package handlers

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/telemetry"
)

const requestIDHeader = "X-Request-Id"

// observe assigns the request an id, turns a panic into an error, answers errors and logs
// one line with the route's pattern, never an address. It aborts the connection of an
// answer that broke off, so that a client does not take it for a whole one.
func (h *Handlers) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := h.c.Clock()
		note := h.begin(c)
		id, err := h.requestID()
		if err == nil {
			c.Response().Header().Set(requestIDHeader, id)
			err = recovering(next, c)
		}
		broken := err != nil && c.Response().Committed
		if err != nil && !broken {
			h.fail(err, c)
		}
		took := h.c.Clock().Sub(start)
		h.log(c, id, took, err)
		note(id, took, err)
		if broken {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// begin returns a function that tells telemetry what became of a request.
func (h *Handlers) begin(c echo.Context) func(id string, took time.Duration, err error) {
	if h.c.Telemetry == nil {
		return func(string, time.Duration, error) {}
	}
	ctx, end := h.c.Telemetry.Request(c.Request().Context())
	c.SetRequest(c.Request().WithContext(ctx))
	return func(id string, took time.Duration, err error) {
		code := ""
		if err != nil {
			code = string(fault.CodeOf(err))
		}
		end(telemetry.Served{
			Method: loggedMethod(c.Request().Method), Route: pattern(c), ID: id,
			Status: c.Response().Status, Code: code, Took: took,
		})
	}
}

func (h *Handlers) requestID() (string, error) {
	var raw [10]byte
	if _, err := io.ReadFull(h.c.Random, raw[:]); err != nil {
		return "", fmt.Errorf("create a request id: %w", err)
	}
	return hex.EncodeToString(raw[:]), nil
}

// recovering runs a handler and returns a panic as an internal error.
func recovering(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case error:
			if errors.Is(v, http.ErrAbortHandler) {
				panic(v)
			}
			err = fmt.Errorf("panic: %w", v)
		default: // its text may hold anything
			err = fmt.Errorf("panic of a %T", v)
		}
	}()
	return next(c)
}

func (h *Handlers) log(c echo.Context, id string, took time.Duration, err error) {
	status, level := c.Response().Status, slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", loggedMethod(c.Request().Method)), slog.String("route", pattern(c)),
		slog.Int("status", status), slog.Duration("duration", took), slog.String("id", id),
	}
	switch {
	case err != nil && (status >= 500 || c.Response().Committed && status < 300):
		level = slog.LevelError
		attrs = append(attrs, slog.String("err", err.Error()))
	case strings.HasSuffix(pattern(c), "/healthz"), strings.HasSuffix(pattern(c), "/readyz"):
		level = slog.LevelDebug
	}
	h.c.Log.LogAttrs(context.Background(), level, "request", attrs...)
}

// pattern returns the route's path as the table spells it.
func pattern(c echo.Context) string {
	if path := c.Path(); path != "" {
		return path
	}
	return "unmatched"
}

func loggedMethod(method string) string {
	if slices.Contains(
		[]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method,
	) {
		return method
	}
	return "other"
}

// The content security policies: what a page may load.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	recipientPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; " +
		"connect-src 'self'; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for " +
		"'script'; trusted-types 'none'"
	filePolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
	// Of an item's file, whose content someone else may have chosen.
	attachmentPolicy = filePolicy + "; sandbox"
)

const policyHeader = "Content-Security-Policy"

const featuresHeader = "Permissions-Policy"

// fileFeatures are denied to what is no page and uses none, so that it is said in short.
const fileFeatures = "camera=(),microphone=()"

// unusedFeatures are denied to every page.
var unusedFeatures = strings.Join([]string{
	"accelerometer", "autoplay", "camera", "clipboard-read", "display-capture", "encrypted-media",
	"fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
	"picture-in-picture", "screen-wake-lock", "usb", "xr-spatial-tracking",
}, "=(),") + "=()"

// protect sets the headers of every answer, and rejects a foreign Host and a form that
// another site sent.
func (h *Handlers) protect(next echo.HandlerFunc) echo.HandlerFunc {
	always := http.Header{}
	for name, value := range map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"X-Frame-Options":              "DENY",
		featuresHeader:                 unusedFeatures,
		"Cache-Control":                "no-store",
		policyHeader:                   pagePolicy,
	} {
		always.Set(name, value)
	}
	if h.c.URL.Scheme == "https" {
		always.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return func(c echo.Context) error {
		// The values are shared between answers: replace them, never modify them.
		maps.Copy(c.Response().Header(), always)
		if !h.rightHost(c) {
			return errWrongHost
		}
		if h.csrf.Check(c.Request()) != nil {
			return fault.New(
				fault.Forbidden,
				fault.CodeForbidden,
				"This form was sent from another site. Open the page here and try again.",
			)
		}
		return next(c)
	}
}

// The most bytes that a form or a JSON body may have: of a call that anyone can send, of others,
// whose caller is known before their body is read, and of those that change an item.
const (
	publicBodyLimit = 4 << 10
	bodyLimit       = 256 << 10
	itemBodyLimit   = 8 << 20 // an item of vault.MaxItemBytes, however it is escaped
)

// The most time that an answer may take.
const (
	defaultTime = 30 * time.Second
	longTime    = 10 * time.Minute
)

// mostBytes returns how long the body of a request may be.
func (h *Handlers) mostBytes(c echo.Context, r route) int64 {
	switch {
	case takesImport(r):
		return mostImported
	case takesFiles(r):
		return h.mostUploaded()
	case r.access == account.VaultEditor, r.access == account.ServiceAccountEditor:
		return itemBodyLimit
	case r.access != account.Anyone:
		return bodyLimit
	case r.path == resumePath, r.path == stepPath, r.path == passkeyPath:
		return h.mostKept(c)
	}
	return publicBodyLimit
}

// withLimits bounds what a request may send and how long its answer may take.
func withLimits(c echo.Context, r route, body int64, answer func() error) error {
	most := defaultTime
	if r.long {
		most = longTime
		if hasFiles(r) {
			most = uploadTime
		}
		control := http.NewResponseController(c.Response().Writer)
		if err := control.SetWriteDeadline(time.Now().Add(most)); err != nil &&
			!errors.Is(err, http.ErrNotSupported) {
			return fmt.Errorf("extend the time to answer: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), most)
	defer cancel()
	req := c.Request().WithContext(ctx)
	if req.Body != nil {
		req.Body = http.MaxBytesReader(c.Response().Writer, req.Body, body)
	}
	c.SetRequest(req)
	return answer()
}
