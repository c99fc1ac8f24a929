package views

import (
	"net/url"
	"slices"
	"strings"
)

// pageNames are the pages that a sign-in can lead to. A star stands for one ID, and names nothing: who
// isn't signed in yet must not read a title.
var pageNames = []struct{ path, name string }{
	{"/account", "your account"},
	{"/account/second-factor", "your account"},
	{"/share", "Share something"},
	{"/shares", "History"},
	{"/shares/*", "a link's page"},
	{"/import", "Import"},
	{"/import/*", "Import"},
	{"/export", "Export"},
	{"/vaults", "Vaults"},
	{"/vaults/*/access", "Vault access"},
	{"/vaults/*/items/new", "a new item"},
	{"/vaults/*/items/*", "an item"},
	{"/vaults/*/items/*/edit", "an item"},
	{"/vaults/*/items/*/versions", "an item's versions"},
	{"/vaults/*/items/*/versions/*", "an item's versions"},
	{"/vaults/*/items/*/share", "sharing an item"},
	{"/setup/*", "the set-up"},
	{"/admin", "Overview"},
	{"/admin/rotate", "Items to rotate"},
	{"/admin/policy", "Policy"},
	{"/admin/users", "People"},
	{"/admin/users/invite", "People"},
	{"/admin/users/*", "People"},
	{"/admin/groups", "Groups"},
	{"/admin/groups/*", "Groups"},
	{"/admin/vaults", "Vault access"},
	{"/admin/audit", "Audit log"},
	{"/admin/webhooks", "Webhooks"},
	{"/admin/webhooks/*", "Webhooks"},
	{"/admin/mail", "Email"},
	{"/admin/service-accounts", "Service accounts"},
}

// PageName returns what people call the page at a local address, "" for the items and for none.
func (p Paths) PageName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, p.Base), "/")
	for _, page := range pageNames {
		pattern := strings.Split(page.path, "/")
		if slices.EqualFunc(pattern, parts, func(want, part string) bool {
			return want == part || want == "*" && part != ""
		}) {
			return page.name
		}
	}
	return ""
}

// toPage says where a sign-in leads.
func toPage(p SignInProps) string {
	if name := p.Shell.Paths.PageName(p.Next); name != "" {
		return " to " + name
	}
	return ""
}
