package handlers

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
)

var passkeyOptions = regexp.MustCompile(`data-passkey="([^"]*)"`)

// TestFirstSignIn asserts that the sign-in page that is drawn once has passkey options of its own for
// each request, nothing else of one, and the name of the organization as it is now.
func TestFirstSignIn(t *testing.T) {
	a := newApp(t)
	challenges := map[string]bool{}
	page := func(path string) string {
		t.Helper()
		r := a.browser().get(path)
		found := passkeyOptions.FindStringSubmatch(r.body)
		if len(found) != 2 || r.header.Get("Set-Cookie") == "" {
			t.Fatalf("%s: no passkey: %v", path, r)
		}
		var options struct{ Challenge string }
		if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &options); err != nil {
			t.Errorf("%s: %v in %q", path, err, found[1])
		}
		if challenges[options.Challenge] || len(options.Challenge) < 40 {
			t.Errorf("%s: the challenge %q", path, options.Challenge)
		}
		challenges[options.Challenge] = true
		return strings.ReplaceAll(r.body, found[1], "")
	}
	first := page("/signin")
	if first != page("/signin") {
		t.Error("two requests have different pages")
	}
	whole := page("/signin?next=/items") // the items' page needs no words
	if first != strings.ReplaceAll(whole, `name="next" value="/items"`, `name="next" value=""`) {
		t.Errorf("drawn once:\n%s\ndrawn for a request:\n%s", first, whole)
	}
	a.must(a.accounts.SetOrganization(t.Context(), "", "Acme & Söhne"))
	a.clock.advance(organizationTime)
	if named := page("/signin"); !strings.Contains(named, "Acme &amp; Söhne") {
		t.Errorf("the organization is not named: %s", named)
	}
}
