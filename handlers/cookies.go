package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
)

// newCookies returns the store of the session cookie, which holds a random token and
// nothing else, and the cookie's name.
func newCookies(config Config) (*sessions.CookieStore, string) {
	store := sessions.NewCookieStore(config.CookieKeys[0], config.CookieKeys[1])
	for _, codec := range store.Codecs {
		if sc, ok := codec.(*securecookie.SecureCookie); ok {
			sc.SetSerializer(tokenText{})
		}
	}
	store.Options = &sessions.Options{
		Path: config.URL.Path, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	store.MaxAge(int(account.Lifetime.Seconds()))
	if config.URL.Path == "" {
		store.Options.Path = "/"
	}
	if config.URL.Scheme != "https" {
		return store, "itemshare"
	}
	store.Options.Secure = true
	if config.URL.Path == "" {
		return store, "__Host-itemshare"
	}
	return store, "__Secure-itemshare"
}

const tokenKey = "token"

// tokenText serializes the cookie's content: the session's token as it is.
type tokenText struct{}

// Serialize returns the token among a session's values.
func (tokenText) Serialize(values any) ([]byte, error) {
	if m, ok := values.(map[any]any); ok {
		if token, ok := m[tokenKey].(string); ok {
			return []byte(token), nil
		}
	}
	return nil, errors.New("a session holds a token and nothing else")
}

// Deserialize puts a token among a session's values.
func (tokenText) Deserialize(text []byte, values any) error {
	m, ok := values.(*map[any]any)
	if !ok {
		return errors.New("a session's values are a map")
	}
	*m = map[any]any{tokenKey: string(text)}
	return nil
}

// token returns the token in the request's cookie: "" without a cookie and for one that
// this server did not create, which is not an error.
func (h *Handlers) token(c echo.Context) string {
	session, _ := h.cookies.New(c.Request(), h.cookie)
	token, _ := session.Values[tokenKey].(string)
	return token
}

// setCookie stores a token in the browser's cookie; "" deletes the cookie.
func (h *Handlers) setCookie(c echo.Context, token string) error {
	session := sessions.NewSession(h.cookies, h.cookie)
	options := *h.cookies.Options
	session.Options = &options
	session.Values[tokenKey] = token
	if token == "" {
		session.Options.MaxAge = -1
	}
	return h.cookies.Save(c.Request(), c.Response(), session)
}

const identityKey = "identity"

// identify returns who is signed in, else fault.Unauthenticated. Error pages find the
// same in identityOf.
func (h *Handlers) identify(c echo.Context) (account.Identity, error) {
	token := h.token(c)
	if token == "" {
		return account.Identity{}, fault.Of(fault.Unauthenticated)
	}
	me, err := h.c.Accounts.Authenticate(c.Request().Context(), token)
	if err != nil {
		return account.Identity{}, err
	}
	if me.User.ID == "" {
		return account.Identity{}, fault.Of(fault.Unauthenticated)
	}
	c.Set(identityKey, me)
	return me, nil
}

// identityOf returns who was identified on this request; the zero value is nobody.
func identityOf(c echo.Context) account.Identity {
	me, _ := c.Get(identityKey).(account.Identity)
	return me
}

// browserCookie is the cookie by which the sign-in page, and it alone, knows a browser again.
func (h *Handlers) browserCookie() *http.Cookie {
	prefix, _, _ := strings.Cut(h.cookie, "itemshare")
	return &http.Cookie{
		Name: strings.Replace(prefix, "__Host-", "__Secure-", 1) + "itemshare-browser",
		Path: h.SignIn(""), HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: h.cookies.Options.Secure, MaxAge: int(account.BrowserLifetime.Seconds()),
	}
}

// browserToken returns the token of a browser that signed in before, "" for none.
func (h *Handlers) browserToken(c echo.Context) string {
	cookie, err := c.Cookie(h.browserCookie().Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (h *Handlers) setBrowserCookie(c echo.Context, token string) {
	cookie := h.browserCookie()
	cookie.Value = token
	c.SetCookie(cookie)
}
