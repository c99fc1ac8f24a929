package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// shareTerms says what would become of the choices of a share form so far, and brings the choices
// that the policy allows where the form shows others. It creates nothing.
func (h *Handlers) shareTerms(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	item, err := h.c.Vault.Item(c.Request().Context(), c.Param("vault"), c.Param("item"))
	props := views.ShareProps{
		Shell: h.shell(me, views.NavItems, "", nil), Item: views.ViewItem(item, ""),
		Form: shareInput(form), Shown: form.Get(views.ShownField),
	}
	if err = ofVault("load an item", err); err == nil {
		err = h.judgeForm(c, me, &props, item)
	}
	if fault.KindOf(err) == fault.Unavailable {
		status, _ := statusOf(c, err)
		return h.show(c, status, views.ShareTermsMissing())
	}
	if err != nil {
		return err
	}
	return h.show(c, http.StatusOK, views.ShareTerms(props))
}

// judgeForm sets what the policy says about the choices of a form, and what would become of them.
func (h *Handlers) judgeForm(
	c echo.Context, me account.Identity, props *views.ShareProps, item vault.Item,
) error {
	found, err := h.c.Shares.Judge(
		c.Request().Context(), sharerOf(me, item.VaultID), item, shareRequest(c, props.Form),
	)
	if err != nil {
		return fault.Wrap("judge a share form", err)
	}
	props.Base, props.Policy, props.Native = found.Base, found.Policy, found.Native
	props.Terms, props.Named = found.Terms, recipientNames(found.Recipients)
	props.Included, props.Pending = found.Included, found.Problems
	props.Form.Include = found.Include
	if found.Native != "" {
		props.OnlyOnce = found.Policy.OnlyOnce()
	}
	props.MailOff = h.c.Shares.MailOff() && found.Native == ""
	return nil
}
