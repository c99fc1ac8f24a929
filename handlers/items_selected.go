package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// maxSelected is how many items a form changes at once: a page of them.
const maxSelected = pageSize

// setEditable sets where me may create items and move them to.
func (h *Handlers) setEditable(
	props *views.ItemsProps, me account.Identity, vaults []vault.Info,
) {
	if _, err := h.editor(); err != nil {
		return
	}
	props.MoveTo = options(editableBy(me, vaults))
	props.MayManage = props.Filter.Vault != "" && me.MayManage(props.Filter.Vault)
	switch {
	case props.Filter.Vault != "" && me.MayEdit(props.Filter.Vault):
		props.NewIn = props.Filter.Vault
	case props.Filter.Vault == "" && len(props.MoveTo) > 0:
		props.NewIn = props.MoveTo[0].ID
	}
}

// A change of one item, of several that were selected.
type selectedChange func(ctx context.Context, editor vault.Editor, vaultID, itemID string) error

// changeSelected adds a tag to several items, moves or archives them. Each is a change of its own: what
// can't be changed stays as it is, and the page says how many that are.
func (h *Handlers) changeSelected(c echo.Context, me account.Identity) error {
	editor, err := h.editor()
	if err != nil {
		return err
	}
	form, err := formOf(c)
	if err != nil {
		return err
	}
	filter := views.ItemsFilter{
		Vault: form.Get("vault"), Text: form.Get("q"), After: form.Get("after"),
		Category: vault.Category(form.Get("category")),
	}
	if filter.Vault != "" && !me.MayView(filter.Vault) {
		return fault.Of(fault.NotFound)
	}
	items := distinct(form["item"])
	change, err := selectedChangeOf(me, form.Get("do"), form.Get("tag"), form.Get("to"))
	problems := append(fault.ProblemsOf(err), selectionProblems(len(items))...)
	if len(problems) > 0 {
		return h.showItems(c, me, filter, views.ItemsProps{
			Selection: &views.Selection{
				Items: items, Tag: form.Get("tag"), To: form.Get("to"), Problems: problems,
			},
		})
	}
	changed := 0
	for _, item := range items {
		vaultID, itemID, _ := strings.Cut(item, "/")
		if !me.MayEdit(vaultID) {
			return fault.Of(fault.NotFound)
		}
		err := change(c.Request().Context(), editor, vaultID, itemID)
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Conflict, fault.Invalid: // somebody else has changed it since
		default:
			if err != nil {
				return ofVault("change several items", err)
			}
			changed++
		}
	}
	return seeOther(c, h.ItemsDone(views.ItemsFilter{Vault: filter.Vault}, form.Get("do"), changed, len(items)-changed))
}

func selectionProblems(count int) []fault.Problem {
	switch {
	case count == 0:
		return []fault.Problem{{
			Code: fault.CodeInvalid, Detail: "Tick at least one item in the list.",
		}}
	case count > maxSelected:
		return []fault.Problem{{
			Code: fault.CodeTooLarge, Detail: fmt.Sprintf("Tick at most %d items.", maxSelected),
		}}
	}
	return nil
}

// toItems leads to the list from the address that a refused change of several items has.
func (h *Handlers) toItems(c echo.Context, _ account.Identity) error {
	return seeOther(c, h.Items(views.ItemsFilter{}))
}

func selectedChangeOf(me account.Identity, do, tag, to string) (selectedChange, error) {
	tag = strings.TrimSpace(tag)
	switch do {
	case "tag":
		if tag == "" {
			return nil, fault.Field("tag", fault.CodeInvalid, "Enter a tag.")
		}
		return func(ctx context.Context, editor vault.Editor, vaultID, itemID string) error {
			return addTag(ctx, editor, me.User.ID, vaultID, itemID, tag)
		}, nil
	case "move":
		if !me.MayEdit(to) {
			return nil, fault.Field("to", fault.CodeInvalid, "Choose a vault that you can edit.")
		}
		return func(ctx context.Context, editor vault.Editor, vaultID, itemID string) error {
			if vaultID == to {
				return nil
			}
			_, err := editor.MoveItem(ctx, me.User.ID, vaultID, itemID, to)
			return err
		}, nil
	case "archive":
		return func(ctx context.Context, editor vault.Editor, vaultID, itemID string) error {
			return editor.ArchiveItem(ctx, me.User.ID, vaultID, itemID)
		}, nil
	}
	return nil, fault.Field("do", fault.CodeInvalid, "Choose what to do with the items.")
}

// addTag adds a tag to an item that doesn't have it. Where somebody saves the item at the same time, it
// is tried again on what they saved.
func addTag(
	ctx context.Context, editor vault.Editor, by, vaultID, itemID, tag string,
) (err error) {
	for range 3 {
		var versions []vault.Version
		if versions, err = editor.Versions(ctx, vaultID, itemID); err != nil {
			return err
		}
		item, err2 := editor.ItemVersion(ctx, vaultID, itemID, versions[0].Number)
		if err2 != nil || slices.Contains(item.Tags, tag) {
			return err2
		}
		item.Tags = append(slices.Clone(item.Tags), tag)
		if _, err = editor.UpdateItem(ctx, by, item, nil); fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}

// itemsDone is the sentence of ItemsDone, "" for none.
func itemsDone(c echo.Context) string {
	changed, _ := strconv.Atoi(c.QueryParam("changed"))
	left, _ := strconv.Atoi(c.QueryParam("left"))
	words := map[string]string{
		"tag": "tagged", "move": "moved", "archive": "archived", "deleted": "deleted",
	}[c.QueryParam("done")]
	if words == "" {
		return ""
	}
	sentence := views.CountItems(changed) + " " + words + "."
	if left > 0 {
		sentence += " " + views.CountItems(left) + " couldn't be changed."
	}
	return sentence
}
