package vault

import (
	"slices"
	"testing"
)

func TestLink(t *testing.T) {
	for _, c := range []struct{ url, link, host, why string }{
		{"https://Example.com/a?b=1", "https://Example.com/a?b=1", "example.com", "as it is"},
		{"http://intranet/x", "http://intranet/x", "intranet", "a short name with a scheme is a host"},
		{"example.com/login", "https://example.com/login", "example.com", "no scheme means https"},
		{"example.com:8443/x", "https://example.com:8443/x", "example.com", "a port is no scheme"},
		{"  https://example.com ", "https://example.com", "example.com", "spaces around are slips"},
		{"http://[2001:db8::1]/", "http://[2001:db8::1]/", "2001:db8::1", "an address is a host"},
		{"javascript:alert(1)", "", "", "runs a script"},
		{"JavaScript://example.com/%0aalert(1)", "", "", "runs a script behind a comment"},
		{"data:text/html,<script>", "", "", "a page of the sender's own"},
		{"mailto:ann@example.com", "", "", "no page, and no user name of one"},
		{"tel:123", "", "", "no page"},
		{"ssh://example.com", "", "", "not for a browser"},
		{"file:///etc/passwd", "", "", "not on the web"},
		{"", "", "", "nothing"},
		{"https://", "", "", "no host"},
		{"just words", "", "", "no host has a space"},
	} {
		w := Website{URL: c.url}
		if w.Link() != c.link || w.Host() != c.host {
			t.Errorf(
				"%q: link %q, host %q; want %q, %q: %s",
				c.url,
				w.Link(),
				w.Host(),
				c.link,
				c.host,
				c.why,
			)
		}
	}
}

func TestSubtitle(t *testing.T) {
	for _, c := range []struct {
		why  string
		item Item
		want string
	}{
		{
			"the user name comes first",
			Item{Fields: []Field{
				{Type: FieldEmail, Value: "ann@example.com"},
				{ID: "username", Type: FieldText, Value: "ann"},
			}},
			"ann",
		},
		{
			"an address before a text",
			Item{Fields: []Field{{Type: FieldText, Value: "Hall"}, {Type: FieldEmail, Value: "ann@example.com"}}},
			"ann@example.com",
		},
		{
			"a concealed value never",
			Item{Fields: []Field{
				{Type: FieldConcealed, Value: "secret"},
				{Type: FieldCreditCardNumber, Value: "4111"},
			}},
			"",
		},
		{
			"not even as the user name",
			Item{Fields: []Field{{ID: "username", Type: FieldConcealed, Value: "secret"}}},
			"",
		},
		{"notes never", Item{Notes: "private"}, ""},
		{
			"several lines are no subtitle",
			Item{Fields: []Field{{Type: FieldText, Value: "a\nb"}}, Websites: []Website{{URL: "https://example.com"}}},
			"example.com",
		},
		{"a document by its file", Item{Files: []File{{Name: "plan.pdf"}}}, "plan.pdf"},
	} {
		if got := Subtitle(c.item); got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
}

func TestCategories(t *testing.T) {
	if n := len(Categories()); n != 24 {
		t.Errorf("%d categories, want the SDK's 24", n)
	}
	for _, c := range Categories() {
		if parsed, ok := ParseCategory(string(c)); !ok || parsed != c {
			t.Errorf("%s is not read back", c)
		}
		if c != Unsupported && c.Label() == Unsupported.Label() {
			t.Errorf("%s has no label", c)
		}
	}
	if _, ok := ParseCategory("login"); ok {
		t.Error("names are exact")
	}
	if Category("Spaceship").Label() != "Other" {
		t.Error("an unknown category has no name of its own")
	}
}

func TestOverviewHoldsNothingConcealed(t *testing.T) {
	o := OverviewOf(Item{
		ID: "i", VaultID: "v", Title: "T",
		Websites: []Website{
			{URL: "https://a.example"},
			{URL: "http://A.example/x"},
			{URL: "b.example"},
		},
		Fields: []Field{{Type: FieldConcealed, Value: "s"}}, Tags: []string{"x"}, Version: 3,
	})
	if !slices.Equal(o.Sites, []string{"a.example", "b.example"}) || o.Subtitle != "a.example" ||
		o.Version != 3 {
		t.Errorf("got %+v", o)
	}
}
