package cli

import (
	"errors"
	"testing"

	"itemshare/client"
)

// TestItemsOfTheGoClient creates, replaces, archives and deletes an item.
func TestItemsOfTheGoClient(t *testing.T) {
	s := newServer(t)
	c, err := client.New(client.Config{
		URL: s.url, Token: s.addServiceAccount("--name", "Ed", "--vault", "Team", "--edit-items"),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, items := t.Context(), c.Items()
	vaults, err := client.All(c.Vaults().List(ctx))
	if err != nil {
		t.Fatal(err)
	}
	notes := "a\x00b"
	made, err := items.Create(ctx, client.ItemCreateParams{
		VaultID: vaults[0].ID, Category: "Login", Title: "Of Go", Notes: &notes,
		Fields: []client.ItemField{{Title: "password", FieldType: "Concealed", Value: "漢 <b>"}},
	})
	if err != nil || made.Version != 1 || made.Fields[0].Value != "漢 <b>" || made.Notes != notes {
		t.Fatalf("created %+v, %v", made, err)
	}
	changed := made
	changed.Title = "Changed"
	next, err := items.Put(ctx, changed)
	if err != nil || next.Version != 2 || next.Title != "Changed" || next.Notes != notes {
		t.Fatalf("replaced %+v, %v", next, err)
	}
	isConflict := func(what string, err error) {
		t.Helper()
		var answer *client.Error
		if !errors.As(err, &answer) || !answer.Is(client.CodeConflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = items.Put(ctx, changed)
	isConflict("the version before", err)
	isConflict("one that is not archived", items.Delete(ctx, made.VaultID, made.ID))
	if err := items.Archive(ctx, made.VaultID, made.ID); err != nil {
		t.Fatal(err)
	}
	for _, archived := range []bool{false, true} {
		found, err := client.All(items.List(ctx, made.VaultID, client.ItemListOptions{
			Query: "changed", Archived: archived,
		}))
		if err != nil || (len(found) == 1 && found[0].State == client.ItemStateArchived) != archived {
			t.Errorf("archived %v: %+v, %v", archived, found, err)
		}
	}
	if err := items.Delete(ctx, made.VaultID, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := items.Get(ctx, made.VaultID, made.ID); err == nil {
		t.Error("it is still there")
	}
}
