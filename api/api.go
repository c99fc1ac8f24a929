// Package api is the JSON sibling of handlers over the same services: the recipient's
// calls below /s, and /api/v1 for programs. It owns the shape of bodies and of problem
// documents (RFC 9457), their description in openapi.json, and the rate limit of
// service accounts. It decides nothing that a service decides, and no answer but that
// of creating a share holds anything of a link.
package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/audit"
	"itemshare/share"
	"itemshare/vault"
)

// Recorder stores an audit event that belongs to no other change.
type Recorder interface {
	Record(ctx context.Context, event audit.Event) error
}

// Config holds what an API is built from.
type Config struct {
	Shares   *share.Service
	Vault    vault.Backend
	Accounts *account.Service
	Recorder Recorder
	Events   *audit.Reader
	// Invitations seals emails with invitations, nil if email is off.
	Invitations account.Mailer
	URL         string // the public base URL, without a slash at its end
	Large       int    // large answers at once, 0 for DefaultLargeAnswers
	Rate        int    // requests that a service account may send in a minute, 0 for any number
	MaxFile     int64  // bytes of the largest file, 0 for vault.MaxFileBytes
	TagKey      []byte // 32 bytes: what ETags are made with, the same in every process
	Clock       func() time.Time
}

// API answers programs. It is safe for use by many goroutines.
type API struct {
	c        Config
	budget   *budget
	slots    *answerSlots
	document document
}

// New returns an API over the services.
func New(c Config) *API {
	return &API{
		c: c, budget: newBudget(c.Rate, c.Clock), slots: newAnswerSlots(c.Large),
		document: newDocument(c.URL),
	}
}

// terms are a share's terms, with which both answers to the holder of a link begin.
type terms struct {
	Protocol  string         `json:"protocol"`
	CreatedAt int64          `json:"created_at"`
	ExpiresAt int64          `json:"expires_at"`
	MaxViews  int            `json:"max_views"`
	Audience  share.Audience `json:"audience"`
}

func termsOf(t share.Terms) terms {
	return terms{share.Protocol, t.CreatedAt, t.ExpiresAt, t.MaxViews, t.Audience}
}

type peekAnswer struct {
	terms
	SharedBy     string `json:"shared_by"`
	CodeRequired bool   `json:"code_required"`
}

// peek answers with the terms of a link. It changes nothing.
func (a *API) peek(c echo.Context, _ account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	p, err := a.c.Shares.Peek(c.Request().Context(), in.text("id"), in.text("token"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, peekAnswer{termsOf(p.Terms), p.SharedBy, p.CodeRequired})
}

// sendCode has a code emailed. Its answer is the same for an address that is no recipient.
func (a *API) sendCode(c echo.Context, _ account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	if err := a.c.Shares.SendCode(c.Request().Context(), in.text("id"), in.text("token"),
		in.text("email")); err != nil {
		return err
	}
	return answer(c, http.StatusAccepted, struct{}{})
}

// openAnswer is what stands before the ciphertext, which is written without being copied.
type openAnswer struct {
	terms
	Nonce bytes64 `json:"nonce"`
}

// open counts a view and answers with the sealed content.
func (a *API) open(c echo.Context, _ account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	o, err := a.c.Shares.Open(c.Request().Context(), share.OpenRequest{
		ID: in.text("id"), Token: in.text("token"), View: in.text("view"),
		Email: in.text("email"), Code: in.text("code"), Agent: c.Request().UserAgent(),
	})
	if err != nil {
		return err
	}
	head, err := json.Marshal(openAnswer{termsOf(o.Terms), o.Nonce})
	if err != nil {
		return err
	}
	return sendSealed(c, head, o.Ciphertext)
}

// file answers with one sealed chunk of a file while a view lasts.
func (a *API) file(c echo.Context, _ account.Identity) error {
	in, err := bodyOf(c)
	if err != nil {
		return err
	}
	chunk, err := a.c.Shares.Chunk(c.Request().Context(), share.ChunkRequest{
		ID: in.text("id"), Token: in.text("token"), View: in.text("view"), File: in.count("index"),
		Chunk: in.count("chunk"),
	})
	if err != nil {
		return err
	}
	asData(c.Response().Header())
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, chunk)
}

// asData sets the headers of data, which a browser must not run as a page. What a page may use is of no
// account there, so it is said in short.
func asData(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("Permissions-Policy", "camera=(),microphone=()")
}

// sendSealed answers with an object and one more member, ciphertext. It encodes the
// bytes as they are sent: encoded as a whole, a large item would be in memory thrice.
func sendSealed(c echo.Context, object, ciphertext []byte) error {
	head := append(object[:len(object)-1], `,"ciphertext":"`...)
	const tail = `"}`
	length := len(head) + base64.RawURLEncoding.EncodedLen(len(ciphertext)) + len(tail)
	r := c.Response()
	asData(r.Header())
	r.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	r.Header().Set(echo.HeaderContentLength, strconv.Itoa(length))
	r.WriteHeader(http.StatusOK)
	if _, err := r.Write(head); err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.RawURLEncoding, r)
	if _, err := encoder.Write(ciphertext); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(r, tail)
	return err
}

// noContent answers that something was done, with nothing to say about it.
func noContent(c echo.Context) error {
	asData(c.Response().Header())
	return c.NoContent(http.StatusNoContent)
}

func answer(c echo.Context, status int, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	asData(c.Response().Header())
	return c.Blob(status, echo.MIMEApplicationJSON, text)
}
