package e2e

import (
	"path/filepath"
	"testing"
)

// TestCopyOnTheItemsPage copies values that HTML would change: shown, concealed, and concealed but
// revealed.
func TestCopyOnTheItemsPage(t *testing.T) {
	s := start(t)
	const notes, secret = "first\r\nsecond\r\n\r\n<b>&amp;", "a\r\nb\x00c\rd"
	path := filepath.Join(t.TempDir(), "copy.1pux")
	writeZip(t, path, map[string]any{
		"export.attributes": map[string]any{
			"version": 3, "description": "1Password Unencrypted Export", "createdAt": 1700000000,
		},
		"export.data": map[string]any{"accounts": []any{map[string]any{
			"attrs": map[string]any{"uuid": "A1", "name": "Company"},
			"vaults": []any{map[string]any{
				"attrs": map[string]any{"uuid": "v", "name": "Copies", "type": "U"},
				"items": []any{map[string]any{
					"uuid": "copy", "favIndex": 0, "createdAt": 1600000000, "updatedAt": 1650000000,
					"state": "active", "categoryUuid": "001",
					"overview": map[string]any{"title": "Lines of Windows"},
					"details": map[string]any{
						"notesPlain": notes,
						"sections": []any{map[string]any{
							"title": "More", "name": "s1", "fields": []any{map[string]any{
								"title": "pin", "id": "pin", "value": map[string]any{"concealed": secret},
							}},
						}},
					},
				}},
			}},
		}}},
	})
	if out, code := s.command("", "import", path); code != 0 {
		t.Fatalf("import: %d\n%s", code, out)
	}
	c := signedIn(t, s, admin)
	item := c.items("windows")[0]
	p := newPage(t, s, desktop)
	p.signIn(admin)
	p.visit(item)
	_ = eval[bool](p, `(() => {
		const record = (text) => { window.copied = text };
		navigator.clipboard.writeText = async (text) => record(text);
		navigator.clipboard.write = async ([item]) => record(await (await item.getType("text/plain")).text());
		return true;
	})()`)
	for _, step := range []struct{ css, want string }{
		{`[data-testid=notes] [data-testid=copy]`, notes},
		{`[data-field=pin] [data-testid=copy]`, secret},
		{`[data-field=pin] [data-testid=reveal]`, ""},
		{`[data-field=pin] [data-testid=copy]`, secret},
	} {
		_ = eval[bool](p, `(window.copied = undefined) === undefined`)
		p.click(step.css)
		if step.want == "" {
			p.await(`[data-testid=revealed]`)
			continue
		}
		p.awaitTrue("the copy", `window.copied !== undefined`)
		if got := eval[string](p, `window.copied`); got != step.want {
			t.Errorf("%s: %q, want %q", step.css, got, step.want)
		}
	}
	p.clean()
}
