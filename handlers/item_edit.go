package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// editor returns the vault as one whose items can be changed, or says where they are changed.
func (h *Handlers) editor() (vault.Editor, error) { return vault.EditorOf(h.c.Vault) }

// newItem shows the choice of categories, or the form of a new item of one.
func (h *Handlers) newItem(c echo.Context, me account.Identity) error {
	if _, err := h.editor(); err != nil {
		return err
	}
	vaults, err := h.viewable(c.Request().Context(), me)
	if err != nil {
		return err
	}
	category, ok := vault.ParseCategory(c.QueryParam("category"))
	if !ok {
		return h.show(c, http.StatusOK, views.NewItemPage(views.NewItemProps{
			Shell:  h.shell(me, views.NavItems, "New item", vaults),
			Vaults: options(editableBy(me, vaults)), Vault: c.Param("vault"),
		}))
	}
	form := formOfItem(vault.Template(category))
	if typed, ok := typedIn(c); ok {
		if form, err = h.itemForm(typed); err != nil {
			return err
		}
	}
	return h.showItemForm(c, me, http.StatusOK, views.ItemFormProps{Form: form, Focus: "title"})
}

func editableBy(me account.Identity, all []vault.Info) []vault.Info {
	return slices.DeleteFunc(slices.Clone(all), func(v vault.Info) bool {
		return !me.MayEdit(v.ID)
	})
}

// createItem stores a new item, unless a button of the form asked for something else.
func (h *Handlers) createItem(c echo.Context, me account.Identity) error {
	return h.saveForm(c, me, vault.Item{VaultID: c.Param("vault")}, views.ItemRef{},
		func(ctx context.Context, editor vault.Editor, item vault.Item) (vault.Item, error) {
			return editor.CreateItem(ctx, me.User.ID, item, nil)
		})
}

// editItem shows the form of an item with all of its values, which is an audit event.
func (h *Handlers) editItem(c echo.Context, me account.Identity) error {
	_, item, vaults, err := h.editableItem(c, me)
	if err != nil {
		return err
	}
	if item.Archived() {
		return vault.Archived()
	}
	form := formOfItem(vault.WithTemplate(item))
	if typed, ok := typedIn(c); ok {
		if form, err = h.itemForm(typed); err != nil {
			return err
		}
	}
	if err := h.recordReveal(c.Request().Context(), me, item, "all, to edit the item"); err != nil {
		return err
	}
	return h.showItemForm(c, me, http.StatusOK, views.ItemFormProps{
		Item: itemRef(item, titles(vaults)[item.VaultID]), Form: form,
	})
}

// saveItem stores the next version of an item, unless a button of the form asked for something else.
func (h *Handlers) saveItem(c echo.Context, me account.Identity) error {
	item, vaults, err := h.itemOf(c, me)
	if err != nil {
		return err
	}
	return h.saveForm(c, me, item, itemRef(item, titles(vaults)[item.VaultID]),
		func(ctx context.Context, editor vault.Editor, edited vault.Item) (vault.Item, error) {
			if edited.Version == item.Version && vault.SameContent(item, edited) {
				return item, nil
			}
			return editor.UpdateItem(ctx, me.User.ID, edited, nil)
		})
}

// saveForm reads the form of an item, and gives it back where a button or a problem asks for it.
func (h *Handlers) saveForm(
	c echo.Context, me account.Identity, before vault.Item, ref views.ItemRef,
	save func(context.Context, vault.Editor, vault.Item) (vault.Item, error),
) error {
	editor, err := h.editor()
	if err != nil {
		return err
	}
	sent, err := formOf(c)
	if err != nil {
		return err
	}
	form, err := h.itemForm(sent)
	if err != nil {
		return err
	}
	suggestCardType(&form, before)
	props := views.ItemFormProps{Item: ref, Form: form, Then: sent.Get("then")}
	focus, pressed, err := h.changeForm(sent, &props.Form)
	if err != nil {
		return err
	}
	if sent.Has("find") {
		if props.Found, err = h.findItems(c.Request().Context(), me, sent.Get("find"), form); err != nil {
			return err
		}
	}
	if pressed {
		props.Focus = focus
		return h.showItemForm(c, me, http.StatusOK, props)
	}
	item, places := itemOfForm(form, before)
	if isChecked(sent, "choosing") {
		if item, err = h.chooseParts(c.Request().Context(), item, sent); err != nil {
			return err
		}
		props.Form, places = formOfItem(item), nil
	}
	if isChecked(sent, "edit") {
		return h.showItemForm(c, me, http.StatusOK, props)
	}
	problems := valueProblems(item, before)
	if len(problems) == 0 {
		saved, err := save(c.Request().Context(), editor, item)
		if fault.KindOf(err) != fault.Invalid {
			return h.afterSave(c, me, item, saved, err)
		}
		problems = fault.ProblemsOf(err)
	}
	props.Problems = inForm(problems, places)
	return h.showItemForm(c, me, http.StatusUnprocessableEntity, props)
}

// afterSave leads on from an item that was saved, or says why it was not.
func (h *Handlers) afterSave(
	c echo.Context, me account.Identity, sent, saved vault.Item, err error,
) error {
	switch {
	case fault.KindOf(err) == fault.Conflict && sent.ID != "":
		return h.showConflict(c, me, sent)
	case err != nil:
		return ofVault("save an item", err)
	case c.Request().PostForm.Get("then") == "share" && me.MayShare(saved.VaultID):
		return seeOther(c, h.Share(saved.VaultID, saved.ID))
	}
	return seeOther(c, h.ItemDone(saved.VaultID, saved.ID, "saved"))
}

// valueProblems returns a problem for each value that isn't what the type of its field says, such as a
// one-time password that makes no code. Those that the item had before stay.
func valueProblems(item, before vault.Item) (problems []fault.Problem) {
	for n, field := range item.Fields {
		was, had := fieldOf(before, field.ID)
		if had && field.Type == was.Type && field.Value == was.Value {
			continue
		}
		for _, p := range fault.ProblemsOf(vault.CheckValue(field)) {
			p.Field = views.FieldName("field", n, "value")
			problems = append(problems, p)
		}
	}
	return problems
}

// inForm returns problems that name the controls of the form: places has the index in the form of each
// field of the item.
func inForm(problems []fault.Problem, places []int) []fault.Problem {
	all := slices.Clone(problems)
	for i, p := range all {
		rest, ok := strings.CutPrefix(p.Field, "field.")
		number, part, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if ok && err == nil && n >= 0 && n < len(places) { // without places, they are the same
			all[i].Field = views.FieldName("field", places[n], part)
		}
	}
	return all
}

// showItemForm shows the form. It holds concealed values, and is never compressed.
func (h *Handlers) showItemForm(
	c echo.Context, me account.Identity, status int, props views.ItemFormProps,
) error {
	ctx := c.Request().Context()
	vaults := h.sidebarVaults(ctx, me)
	if props.Item.ID == "" {
		id := c.Param("vault")
		props.Item = views.ItemRef{VaultID: id, Vault: titles(vaults)[id]}
	}
	if editor, err := h.editor(); err == nil {
		props.Tags, _ = editor.Tags(ctx, props.Item.VaultID) // without them the form works too
	}
	props.Referred = h.referred(ctx, props.Item.VaultID, props.Form.Fields)
	title := "New item"
	if props.Item.ID != "" {
		title = "Edit " + props.Item.Title
	}
	props.Shell = h.shell(me, views.NavItems, title, vaults)
	if fragment(c) {
		return h.showSecret(c, status, views.ItemFormFragment(props))
	}
	return h.showSecret(c, status, views.ItemFormPage(props))
}

// typedKey holds the values of a form that comes back after a sign-in.
const typedKey = "typed"

// typedIn returns the values of a form that comes back, for pages whose controls depend on them.
func typedIn(c echo.Context) (url.Values, bool) {
	values, ok := c.Get(typedKey).(url.Values)
	return values, ok
}
