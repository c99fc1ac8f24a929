package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// reveal shows one concealed value, or the current one-time code. The audit event is
// stored before the value is sent.
func (h *Handlers) reveal(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	item, vaults, err := h.itemOf(c, me)
	if err != nil {
		return err
	}
	field, ok := fieldOf(item, form.Get("field"))
	if !ok {
		return fault.Of(fault.NotFound)
	}
	if err := h.recordReveal(c.Request().Context(), me, item, field.Title); err != nil {
		return err
	}
	props := h.revealed(item, field, titles(vaults)[item.VaultID])
	if fragment(c) {
		return h.showSecret(c, http.StatusOK, views.RevealedValue(props))
	}
	props.Shell = h.shell(me, views.NavItems, item.Title, vaults)
	return h.showSecret(c, http.StatusOK, views.RevealedPage(props))
}

func fieldOf(item vault.Item, id string) (vault.Field, bool) {
	for _, f := range item.Fields {
		if f.ID == id {
			return f, true
		}
	}
	return vault.Field{}, false
}

func (h *Handlers) revealed(
	item vault.Item, field vault.Field, vaultTitle string,
) views.RevealProps {
	props := views.RevealProps{Item: itemRef(item, vaultTitle), Field: views.ViewField(field)}
	props.Field.Value = field.Value
	if field.Type != vault.FieldTOTP {
		return props
	}
	props.Field.Value = "" // the seed is never shown
	seed, err := vault.ParseSeed(field.Value)
	if err != nil {
		props.Fault = fault.ProblemsOf(err)[0].Detail
		return props
	}
	props.Every = seed.Period()
	props.Field.Value, props.Left = seed.Code(h.c.Clock())
	return props
}
