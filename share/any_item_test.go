package share_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"itemshare/share"
	"itemshare/vault"
)

// anyItem generates items with fields of any type, in sections or not.
func anyItem(vaultID string) *rapid.Generator[vault.Item] {
	text := rapid.SampledFrom([]string{
		"plain", "<script>alert(1)</script>", "\u202eltr", "a\nb", "漢字 ünïcode", "={{.}}", "otpauth://x",
	})
	return rapid.Custom(func(t *rapid.T) vault.Item {
		item := vault.Item{
			VaultID: vaultID, Title: text.Draw(t, "title"), Notes: text.Draw(t, "notes"),
			Category: rapid.SampledFrom(vault.Categories()).Draw(t, "category"),
			Tags:     []string{"a", "b"}[:rapid.IntRange(0, 2).Draw(t, "tags")],
		}
		for n := range rapid.IntRange(0, 2).Draw(t, "sections") {
			item.Sections = append(item.Sections, vault.Section{ID: fmt.Sprint("s", n), Title: text.Draw(t, "section")})
		}
		for n := range rapid.IntRange(1, 6).Draw(t, "fields") {
			field := vault.Field{
				ID: fmt.Sprint("f", n), Title: text.Draw(t, "label"), Value: text.Draw(t, "value"),
				Type: rapid.SampledFrom(vault.FieldTypes()).Draw(t, "type"),
			}
			if len(item.Sections) > 0 && rapid.Bool().Draw(t, "in a section") {
				field.SectionID = rapid.SampledFrom(item.Sections).Draw(t, "which").ID
			}
			item.Fields = append(item.Fields, field)
		}
		return item
	})
}

// TestAnyItemOpensUnchanged asserts that the recipient of any item, which was changed and restored before,
// reads what it holds.
func TestAnyItemOpensUnchanged(t *testing.T) {
	s := newService(t)
	ctx, view := t.Context(), byte(0)
	rapid.Check(t, func(t *rapid.T) {
		item := anyItem(s.team.ID).Draw(t, "item")
		made, err := s.vault.CreateItem(ctx, "", item, nil)
		noError(t, err)
		changed := made
		changed.Title, changed.Fields = "changed", nil
		changed, err = s.vault.UpdateItem(ctx, "", changed, nil)
		noError(t, err)
		restored, err := s.vault.RestoreVersion(ctx, "", s.team.ID, made.ID, 1, changed.Version)
		noError(t, err)
		l := s.createShare(func(r *share.Request) { r.ItemID, r.TOTP = restored.ID, true })
		view++
		opened, err := s.open(l, view)
		noError(t, err)
		got := l.content(s.t, opened)
		want := share.Content{Title: made.Title, Category: string(made.Category), Notes: made.Notes}
		for _, f := range made.Fields {
			want.Fields = append(want.Fields, share.ContentField{
				Title: f.Title, Type: string(f.Type), Value: f.Value, Section: f.SectionID,
			})
		}
		got = share.Content{Title: got.Title, Category: got.Category, Notes: got.Notes, Fields: got.Fields}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func noError(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
