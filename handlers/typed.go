package handlers

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/views"
)

// A form that arrives after its session ended is not lost. It waits in the sign-in page itself,
// sealed for the browser and for the person who typed it; the server stores nothing.

// Sealer seals bytes and opens them at the same place only. A seal.Box is one.
type Sealer interface {
	Seal(plaintext []byte, place ...string) ([]byte, error)
	Open(sealed []byte, place ...string) ([]byte, error)
}

const (
	typedTime   = 15 * time.Minute   // how long a form waits
	browserTime = 7 * 24 * time.Hour // how long a browser counts as known after a sign-in
	namedTime   = 24 * time.Hour     // how long after it the sign-in page names whose session ended

	// The most bytes of a form that waits, from a browser where somebody signed in, and from
	// any other.
	typedLimit    = 160 << 10
	strangerLimit = 16 << 10

	resumePath = "/signin/resume" // of the sign-in form with a form that waits
)

// mostKept returns how long the body of a sign-in may be that brings a form along: a third more
// than the form, for the encoding. Only a browser that was given one may send so much.
func (h *Handlers) mostKept(c echo.Context) int64 {
	switch browser := h.formBrowser(c); {
	case browser.owner != "":
		return typedLimit*4/3 + publicBodyLimit
	case browser.key != "":
		return strangerLimit*4/3 + publicBodyLimit
	}
	return publicBodyLimit
}

// typedForm is a form that arrived without a session.
type typedForm struct {
	owner  string // ID of the user who typed it
	path   string // that it was sent to
	until  time.Time
	files  bool // files came with it, which are not kept
	values url.Values
}

// ownerField is in every form of a page: the ID of the user whom the page was made for.
const ownerField = "typed_by"

// signForms writes a page with the owner in every form that is posted. It looks at tags of forms alone,
// without a regular expression: that took 10 % of what the list of items costs.
func signForms(to *bytes.Buffer, page []byte, owner string) {
	field := `<input type="hidden" name="` + ownerField + `" value="` + owner + `">`
	for {
		start := bytes.Index(page, []byte("<form"))
		if start < 0 || owner == "" {
			to.Write(page)
			return
		}
		end := start + 1 + max(0, bytes.IndexByte(page[start:], '>'))
		to.Write(page[:end])
		if isPosted(page[start:end]) {
			to.WriteString(field)
		}
		page = page[end:]
	}
}

// isPosted reports whether a tag is that of a form that is posted.
func isPosted(tag []byte) bool {
	parts := bytes.Fields(tag)
	return string(parts[0]) == "<form" && slices.ContainsFunc(parts, func(part []byte) bool {
		return string(bytes.TrimSuffix(part, []byte(">"))) == `method="post"`
	})
}

// keepTyped returns the sealed form of a request without a session, or fault.CodeTooLarge. It
// returns "" where nobody knows who typed it: the form is from no page of this server.
func (h *Handlers) keepTyped(c echo.Context) (string, error) {
	browser, limit := h.formBrowser(c), int64(strangerLimit)
	if browser.owner != "" {
		limit = typedLimit
	}
	values, files, err := typedValues(c, limit)
	if err != nil {
		return "", err
	}
	owner := cmp.Or(values.Get(ownerField), browser.owner)
	values.Del(ownerField)
	if owner == "" { // no form of a page of ours
		return "", nil
	}
	if browser.key == "" {
		if browser.key, err = h.formToken(); err != nil {
			return "", err
		}
		browser.since = h.c.Clock()
	}
	if err := h.setFormBrowser(c, browser); err != nil {
		return "", err
	}
	form := typedForm{
		owner, c.Request().URL.EscapedPath(), h.c.Clock().Add(typedTime), files, values,
	}
	return h.sealText(form.text(), "typed form", browser.key)
}

// typedValues returns the texts of a form of any encoding, and whether it had files.
func typedValues(c echo.Context, limit int64) (values url.Values, files bool, err error) {
	req := c.Request()
	if req.Body == nil {
		return url.Values{}, false, nil
	}
	kind, _, _ := mime.ParseMediaType(req.Header.Get(echo.HeaderContentType))
	if kind == echo.MIMEMultipartForm {
		return typedParts(req, limit)
	}
	if req.ContentLength > limit {
		return nil, false, fault.Field("", fault.CodeTooLarge, "")
	}
	req.Body = http.MaxBytesReader(c.Response().Writer, req.Body, limit)
	values, err = formOf(c)
	return values, false, err
}

// typedParts returns the texts of a form with files, as far as they came within the limit.
func typedParts(req *http.Request, limit int64) (values url.Values, files bool, err error) {
	parts, err := req.MultipartReader()
	if err != nil {
		return nil, false, fault.Field("", fault.CodeMalformed, "")
	}
	values = url.Values{}
	for {
		part, err := parts.NextPart()
		if err != nil { // the end, or what is beyond the limit of the route
			return values, files || !errors.Is(err, io.EOF), nil
		}
		if part.FileName() != "" {
			files = true
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, limit+1))
		if limit -= int64(len(text)); limit < 0 {
			return nil, false, fault.Field("", fault.CodeTooLarge, "")
		}
		if err == nil {
			values.Add(part.FormName(), string(text))
		}
	}
}

// text returns the form as lines; openTyped reads it back.
func (f typedForm) text() string {
	return strings.Join([]string{
		f.owner, f.path, strconv.FormatInt(f.until.Unix(), 10), strconv.FormatBool(f.files),
		f.values.Encode(),
	}, "\n")
}

// openTyped opens a form that this browser kept, and reports whether it may still be shown.
func (h *Handlers) openTyped(c echo.Context, sealed string) (typedForm, bool) {
	text, err := h.openText(sealed, "typed form", h.formBrowser(c).key)
	lines := strings.SplitN(text, "\n", 5)
	if err != nil || len(lines) < 5 {
		return typedForm{}, false
	}
	until, err := strconv.ParseInt(lines[2], 10, 64)
	values, err2 := url.ParseQuery(lines[4])
	form := typedForm{lines[0], lines[1], time.Unix(until, 0), lines[3] == "true", values}
	return form, err == nil && err2 == nil && h.c.Clock().Before(form.until)
}

func (h *Handlers) sealText(text string, place ...string) (string, error) {
	sealed, err := h.c.Forms.Seal([]byte(text), place...)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (h *Handlers) openText(text string, place ...string) (string, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	opened, err := h.c.Forms.Open(sealed, place...)
	return string(opened), err
}

// formBrowser is what a cookie holds, sealed: a random key that forms are bound to, and who
// signed in last, "" for nobody yet, when, and whether they signed out.
type formBrowser struct {
	key, owner string
	since      time.Time
	left       bool
}

func (h *Handlers) formCookie() string { return h.cookie + "-form" }

// formBrowser returns the zero value for a browser without the cookie, or with an old one.
func (h *Handlers) formBrowser(c echo.Context) formBrowser {
	cookie, err := c.Cookie(h.formCookie())
	if err != nil {
		return formBrowser{}
	}
	text, err := h.openText(cookie.Value, "browser")
	parts := strings.Split(text, "\n")
	if err != nil || len(parts) != 4 {
		return formBrowser{}
	}
	seconds, err := strconv.ParseInt(parts[2], 10, 64)
	since := time.Unix(seconds, 0)
	if err != nil || !h.c.Clock().Before(since.Add(browserTime)) {
		return formBrowser{}
	}
	return formBrowser{parts[0], parts[1], since, parts[3] == "true"}
}

func (h *Handlers) setFormBrowser(c echo.Context, b formBrowser) error {
	value, err := h.sealText(
		fmt.Sprintf("%s\n%s\n%d\n%t", b.key, b.owner, b.since.Unix(), b.left), "browser",
	)
	if err != nil {
		return fmt.Errorf("seal a cookie: %w", err)
	}
	options := h.cookies.Options
	c.SetCookie(&http.Cookie{
		Name: h.formCookie(), Value: value, MaxAge: int(browserTime.Seconds()), Path: options.Path,
		Secure: options.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// knowBrowser remembers that this user signed in with this browser.
func (h *Handlers) knowBrowser(c echo.Context, userID string) (err error) {
	browser := h.formBrowser(c)
	browser.owner, browser.since, browser.left = userID, h.c.Clock(), false
	if browser.key == "" {
		if browser.key, err = h.formToken(); err != nil {
			return err
		}
	}
	return h.setFormBrowser(c, browser)
}

// askAgain answers a form whose session ended with the sign-in form, which keeps what was typed.
// It reports false where there is nothing to keep.
func (h *Handlers) askAgain(c echo.Context) (bool, error) {
	kept, err := h.keepTyped(c)
	tooLong := fault.CodeOf(err) == fault.CodeTooLarge
	if err != nil && !tooLong || kept == "" && !tooLong {
		return false, nil
	}
	props := views.SignInProps{
		Shell: h.shell(account.Identity{}, views.NavNone, "Sign in", nil),
		Again: true, Kept: kept, Ways: h.ways(), Email: h.ownerOfKept(c, kept),
	}
	return true, h.showEither(
		c, http.StatusUnauthorized, views.SignInAgain(props), views.SignInPage(props),
	)
}

// resume shows the form that was kept during a sign-in. Nothing of it is sent.
func (h *Handlers) resume(c echo.Context, me account.Identity, kept string) error {
	c.Set(identityKey, me)
	form, ok := h.openTyped(c, kept)
	if isForeign := ok && form.owner != me.User.ID; isForeign || !ok {
		return h.show(c, http.StatusOK, views.FormGonePage(views.FormGoneProps{
			Shell: h.shell(me, views.NavNone, "", nil), Foreign: isForeign,
		}))
	}
	return h.showTyped(c, me, form)
}
