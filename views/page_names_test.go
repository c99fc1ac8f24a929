package views

import "testing"

func TestPageName(t *testing.T) {
	for address, want := range map[string]string{
		"/share/shares?q=x":                "History",
		"/share/shares/0123":               "a link's page",
		"/share/vaults/v/items/i/share":    "sharing an item",
		"/share/vaults/v/items/new?x=1":    "a new item",
		"/share/vaults//items/i":           "",
		"/share/items":                     "",
		"/share/nowhere":                   "",
		"/share/admin/users/0123?done=yes": "People",
		"":                                 "",
		"%":                                "",
	} {
		if got := (Paths{Base: "/share"}).PageName(address); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
}
