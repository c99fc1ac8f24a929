package views

import "testing"

// TestPreviewOfManyPages: a page without affected links is no proof that there are none
// while older links are unchecked, so the choice and the next page stay.
func TestPreviewOfManyPages(t *testing.T) {
	row := []AffectedShare{{ShareRow: ShareRow{ID: "s1"}}}
	for _, c := range []struct {
		name        string
		affected    []AffectedShare
		after, next string
		head        string
		choice      bool
	}{
		{"none at all", nil, "", "", "No active links affected", false},
		{"one", row, "", "", "1 active link breaks this policy", true},
		{"none among the newest", nil, "", "n", "No affected links found yet", true},
		{"none on a page between", nil, "a", "n", "No affected links found yet", true},
		{"none on the last page", nil, "a", "", "No more active links affected", true},
		{"one of several pages", row, "", "n", "At least 1 active link breaks this policy", true},
		{"one on the last page", row, "a", "", "At least 1 active link breaks this policy", true},
	} {
		p := PolicyPreviewProps{Affected: c.affected, After: c.after, Next: c.next}
		page := parse(t, PolicyPreview(p))
		if head := affectedHead(p); head != c.head {
			t.Errorf("%s: %q", c.name, head)
		}
		if n := len(page.elementsWith("name", "affected")); (n == 2) != c.choice {
			t.Errorf("%s: %d choices of what happens to the links", c.name, n)
		}
		for testID, want := range map[string]bool{
			"next": c.next != "", "affected": len(c.affected) > 0,
		} {
			if found := len(page.elementsWith("data-testid", testID)) == 1; found != want {
				t.Errorf("%s: %s is shown: %v, want %v", c.name, testID, found, want)
			}
		}
	}
}
