package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"itemshare/account"
	"itemshare/vault"
	"itemshare/views"
)

// findItems returns the items that me may view which the value of a field finds: "field.3" of the form.
func (h *Handlers) findItems(
	ctx context.Context, me account.Identity, what string, form views.ItemForm,
) (*views.FoundItems, error) {
	list, n := partOf(what)
	if list != "field" || n < 0 || n >= len(form.Fields) {
		return nil, nil
	}
	vaults, err := h.viewable(ctx, me)
	if err != nil {
		return nil, err
	}
	page, err := h.c.Vault.Browse(ctx, vault.Query{
		Vaults: ids(vaults), Text: form.Fields[n].Value, Limit: maxHits,
	})
	if err != nil {
		return nil, ofVault("find items", err)
	}
	names := titles(vaults)
	found := &views.FoundItems{Field: n, More: page.Next != ""}
	for _, o := range page.Items {
		found.Items = append(found.Items, views.ItemRef{
			VaultID: o.VaultID, ID: o.ID, Vault: names[o.VaultID], Title: o.Title, Category: o.Category,
		})
	}
	return found, nil
}

// refer makes a field of the form refer to an item: "field.3.ID".
func refer(form *views.ItemForm, what string) (focus string) {
	list, rest, _ := strings.Cut(what, ".")
	number, itemID, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	if err != nil || list != "field" || n < 0 || n >= len(form.Fields) {
		return ""
	}
	form.Fields[n].Value = itemID
	return views.FieldName("field", n, "value")
}

// referred returns the titles of the items that fields refer to, by ID, as far as they are in the same
// vault.
func (h *Handlers) referred(
	ctx context.Context, vaultID string, fields []vault.Field,
) map[string]string {
	var wanted []string
	for _, f := range fields {
		if f.Type == vault.FieldReference && f.Value != "" {
			wanted = append(wanted, f.Value)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := h.c.Vault.Overviews(ctx, vaultID, wanted)
	if err != nil {
		return nil // without the titles the form works too
	}
	names := make(map[string]string, len(found))
	for _, o := range found {
		names[o.ID] = o.Title
	}
	return names
}

// suggestCardType fills in the type of a card whose number was entered, if there is none.
func suggestCardType(form *views.ItemForm, before vault.Item) {
	of := func(t vault.FieldType) int {
		return slices.IndexFunc(form.Fields, func(f vault.Field) bool { return f.Type == t })
	}
	kind, number := of(vault.FieldCreditCardType), of(vault.FieldCreditCardNumber)
	if kind < 0 || number < 0 || form.Fields[kind].Value != "" {
		return
	}
	was, _ := fieldOf(before, form.Fields[number].ID)
	if was.Value != form.Fields[number].Value {
		form.Fields[kind].Value = vault.CardType(form.Fields[number].Value)
	}
}
