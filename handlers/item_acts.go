package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"itemshare/account"
	"itemshare/fault"
	"itemshare/vault"
	"itemshare/views"
)

// An itemAct changes an item as a whole. It returns the address to go to.
type itemAct func(
	ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
) (string, error)

// act answers a form that changes an item as a whole.
func (h *Handlers) act(act itemAct) answerFunc {
	return func(c echo.Context, me account.Identity) error {
		editor, err := h.editor()
		if err != nil {
			return err
		}
		next, err := act(c.Request().Context(), editor, me, c.Param("vault"), c.Param("item"))
		if err != nil {
			return ofVault("change an item", err)
		}
		return seeOther(c, next)
	}
}

func (h *Handlers) duplicateItem(
	ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
) (string, error) {
	copied, err := editor.DuplicateItem(ctx, me.User.ID, vaultID, itemID)
	return h.ItemDone(copied.VaultID, copied.ID, "duplicated"), err
}

func (h *Handlers) archiveItem(
	ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
) (string, error) {
	return h.ItemDone(vaultID, itemID, "archived"),
		editor.ArchiveItem(ctx, me.User.ID, vaultID, itemID)
}

func (h *Handlers) restoreItem(
	ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
) (string, error) {
	return h.ItemDone(vaultID, itemID, "restored"),
		editor.RestoreItem(ctx, me.User.ID, vaultID, itemID)
}

func (h *Handlers) deleteItem(
	ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
) (string, error) {
	return h.ItemsDone(views.ItemsFilter{Vault: vaultID, Archived: true}, "deleted", 1, 0),
		editor.DeleteItem(ctx, me.User.ID, vaultID, itemID)
}

// moveItem moves an item to a vault that me may edit too.
func (h *Handlers) moveItem(c echo.Context, me account.Identity) error {
	form, err := formOf(c)
	if err != nil {
		return err
	}
	to := form.Get("to")
	if !me.MayEdit(to) {
		return fault.Field("to", fault.CodeInvalid, "Choose a vault that you can edit.")
	}
	return h.act(func(
		ctx context.Context, editor vault.Editor, me account.Identity, vaultID, itemID string,
	) (string, error) {
		moved, err := editor.MoveItem(ctx, me.User.ID, vaultID, itemID, to)
		return h.ItemDone(moved.VaultID, moved.ID, "moved"), err
	})(c, me)
}

// itemDone are the sentences of ItemDone.
var itemDone = map[string]string{
	"saved":      "Item saved.",
	"duplicated": "This is the copy.",
	"moved":      "Item moved.",
	"archived":   "Item archived.",
	"restored":   "Item restored.",
	"version":    "Version restored.",
}

// setActs sets what me may do with an item.
func (h *Handlers) setActs(
	props *views.ItemProps, me account.Identity, item vault.Item, vaults []vault.Info,
) {
	if _, err := h.editor(); err != nil {
		props.EditElsewhere = h.elsewhere()
		return
	}
	props.Versions, props.Archived = true, item.Archived()
	props.MayEdit = me.MayEdit(item.VaultID)
	props.MayShare = props.MayShare && !props.Archived
	for _, v := range options(editableBy(me, vaults)) {
		if v.ID != item.VaultID {
			props.MoveTo = append(props.MoveTo, v)
		}
	}
}
