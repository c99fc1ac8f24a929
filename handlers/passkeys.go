package handlers

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/account/passkey"
	"itemshare/fault"
	"itemshare/views"
)

// passkeyPath ends a sign-in with a passkey. Its form may bring along one that waits.
const passkeyPath = "/signin/passkey"

// ceremonyCookie holds a ceremony that the browser is to end, below a path.
func (h *Handlers) ceremonyCookie(path string) *http.Cookie {
	cookie := h.browserCookie()
	cookie.Name = strings.TrimSuffix(cookie.Name, "browser") + "passkey"
	cookie.Path, cookie.MaxAge = path, int(passkey.Time.Seconds())
	return cookie
}

// keepCeremony sends the browser the secret half of a ceremony, sealed, and returns the other.
func (h *Handlers) keepCeremony(
	c echo.Context, path, owner string, begun passkey.Ceremony,
) (options string, err error) {
	cookie := h.ceremonyCookie(path)
	if cookie.Value, err = h.sealText(begun.Secret, "passkey", path, owner); err != nil {
		return "", fault.Wrap("seal a cookie", err)
	}
	c.SetCookie(cookie)
	return begun.Options, nil
}

// ceremony returns the secret half of a ceremony that this browser began, once.
func (h *Handlers) ceremony(c echo.Context, path, owner string) string {
	cookie := h.ceremonyCookie(path)
	kept, err := c.Cookie(cookie.Name)
	if err != nil {
		return ""
	}
	cookie.MaxAge = -1
	c.SetCookie(cookie)
	secret, err := h.openText(kept.Value, "passkey", path, owner)
	if err != nil {
		return ""
	}
	return secret
}

// signInPasskeys begins a ceremony for the sign-in page. A failure leaves the other ways.
func (h *Handlers) signInPasskeys(c echo.Context) string {
	begun, err := h.passkeys.BeginSignIn()
	if err != nil {
		h.c.Log.Error("cannot begin to sign in with a passkey", "err", err)
		return ""
	}
	options, err := h.keepCeremony(c, h.SignIn(""), "", begun)
	if err != nil {
		h.c.Log.Error("cannot begin to sign in with a passkey", "err", err)
	}
	return options
}

func (h *Handlers) signInPasskey(c echo.Context, _ account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	to := arrival{h.localPath(form.Get("next")), form.Get("kept"), form.Has("kept")}
	proof, err := h.passkeys.EndSignIn(
		h.ceremony(c, h.SignIn(""), ""), form.Get("response"), h.findPasskeys(ctx),
	)
	var session account.NewSession
	if err == nil {
		session, err = h.c.Accounts.SignInPasskey(ctx, proof, h.signInCaller(c))
	}
	if fault.KindOf(err) == fault.Unauthenticated {
		return h.showSignIn(c, http.StatusUnauthorized, views.SignInProps{
			Next: to.next, Code: fault.CodeOf(err), Problem: fault.ProblemsOf(err)[0].Detail,
			Again: to.has, Kept: to.kept,
		})
	}
	if err != nil {
		return err
	}
	return h.enter(c, session, to)
}

func (h *Handlers) findPasskeys(ctx context.Context) passkey.Finder {
	return func(userID string) (account.User, []account.Passkey, error) {
		return h.c.Accounts.PasskeyHolder(ctx, userID)
	}
}

// ownPasskeys fills in the passkeys of a person's own page, and begins to add another.
func (h *Handlers) ownPasskeys(
	c echo.Context, me account.Identity, props *views.AccountProps,
) error {
	user, keys, err := h.c.Accounts.PasskeyHolder(c.Request().Context(), me.User.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil // signs in with a provider alone
	}
	if err != nil {
		return fault.Wrap("list passkeys", err)
	}
	begun, err := h.passkeys.BeginAdd(user, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		props.Passkeys = append(props.Passkeys, views.PasskeyRow{
			ID: base64.RawURLEncoding.EncodeToString(key.ID), Name: key.Name,
			CreatedAt: key.CreatedAt, LastUsed: key.LastUsed,
		})
	}
	if !props.Ways.Password {
		fresh, err := h.c.Accounts.IsFresh(c.Request().Context(), h.token(c))
		if err != nil {
			return fault.Wrap("find a session", err)
		}
		props.Stale = !fresh
	}
	props.PasskeyOptions, err = h.keepCeremony(c, h.Account(), me.User.ID, begun)
	return err
}

func (h *Handlers) addPasskey(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	key, err := h.passkeys.EndAdd(
		me.User, h.ceremony(c, h.Account(), me.User.ID), form.Get("response"),
	)
	if err == nil {
		key.Name = form.Get("passkey_name")
		err = h.c.Accounts.AddPasskey(
			c.Request().Context(), me, h.token(c), key, form.Get("passkey_password"),
		)
	}
	if err != nil {
		return h.accountProblems(c, me, err, nil)
	}
	return seeOther(c, h.AccountDone("passkey"))
}

func (h *Handlers) removePasskey(c echo.Context, me account.Identity) error {
	id, err := base64.RawURLEncoding.DecodeString(c.Param("passkey"))
	if err == nil {
		err = h.c.Accounts.RemovePasskey(c.Request().Context(), me, id)
		if err != nil {
			return h.accountProblems(c, me, fault.Wrap("remove a passkey", err), nil)
		}
	}
	return seeOther(c, h.AccountDone("passkey-removed"))
}
