package views

import (
	"net/url"
	"strconv"
)

// Paths spells every address of the application. Base is the path of the
// configured URL, "" or such as "/share"; every address begins with it. Ids are
// opaque and escaped here; queries leave out what is empty.
type Paths struct{ Base string }

// Asset is the address of an embedded file by its hashed name.
func (p Paths) Asset(hashed string) string { return p.Base + "/static/" + url.PathEscape(hashed) }

// SignIn is the sign-in page that leads to next, a local path, "" for the usual one.
func (p Paths) SignIn(next string) string { return p.Base + "/signin" + query("next", next) }

// SignOut takes a POST.
func (p Paths) SignOut() string { return p.Base + "/signout" }

// Items is the list of items that a filter chooses.
func (p Paths) Items(f ItemsFilter) string {
	return p.Base + "/items" + query("vault", f.Vault, "q", f.Text, "category", string(f.Category), "after", f.After)
}

// Refresh takes a POST of the items' filter: the vaults' lists are read anew.
func (p Paths) Refresh() string { return p.Base + "/items/refresh" }

// Item is one item's page.
func (p Paths) Item(vaultID, itemID string) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/items/" + url.PathEscape(itemID)
}

// Reveal takes a POST.
func (p Paths) Reveal(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/reveal" }

// Share is the form for a new link of an item.
func (p Paths) Share(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/share" }

// ShareAgain is the form filled in as the share from was made.
func (p Paths) ShareAgain(vaultID, itemID, from string) string {
	return p.Share(vaultID, itemID) + query("from", from)
}

// ShareRecipients takes a POST: the recipients checked.
func (p Paths) ShareRecipients(vaultID, itemID string) string {
	return p.Share(vaultID, itemID) + "/recipients"
}

// SharePreview takes a POST of the share form: what the recipient would see.
func (p Paths) SharePreview(vaultID, itemID string) string {
	return p.Share(vaultID, itemID) + "/preview"
}

// History is the list of shares that a filter chooses.
func (p Paths) History(f HistoryFilter) string { return p.Base + "/shares" + f.query(true) }

// HistoryCSV is every match of a filter, as CSV.
func (p Paths) HistoryCSV(f HistoryFilter) string { return p.Base + "/shares.csv" + f.query(false) }

func (f HistoryFilter) query(page bool) string {
	after := ""
	if page {
		after = f.After
	}
	return query("status", string(f.Status), "q", f.Text, "vault", f.Vault, "by", f.By, "after", after)
}

// ShareDetail is one share's page, by the history's own id.
func (p Paths) ShareDetail(id string) string { return p.Base + "/shares/" + url.PathEscape(id) }

// Revoke takes a POST.
func (p Paths) Revoke(id string) string { return p.ShareDetail(id) + "/revoke" }

// RemoveRecipient takes a POST; position is the recipient's place in the share.
func (p Paths) RemoveRecipient(id string, position int) string {
	return p.ShareDetail(id) + "/recipients/" + strconv.Itoa(position) + "/remove"
}

// Policy is the rule of the account, or with the form of one vault's.
func (p Paths) Policy(vaultID string) string {
	return p.Base + "/admin/policy" + query("vault", vaultID)
}

// PolicyLinks takes a POST: who makes links.
func (p Paths) PolicyLinks() string { return p.Base + "/admin/policy/links" }

// PolicyPreview takes a POST of the policy form.
func (p Paths) PolicyPreview() string { return p.Base + "/admin/policy/preview" }

// Users lists people.
func (p Paths) Users() string { return p.Base + "/admin/users" }

// Vaults lists vaults and grants.
func (p Paths) Vaults() string { return p.Base + "/admin/vaults" }

// ServiceAccounts lists service accounts, with the form for another one.
func (p Paths) ServiceAccounts() string { return p.Base + "/admin/service-accounts" }

// RevokeServiceAccount takes a POST.
func (p Paths) RevokeServiceAccount(id string) string {
	return p.ServiceAccounts() + "/" + url.PathEscape(id) + "/revoke"
}

// Audit is the list of events that a filter chooses.
func (p Paths) Audit(f AuditFilter) string {
	return p.Base + "/admin/audit" + query("kind", string(f.Kind), "actor", f.Actor, "subject", f.Subject, "after", f.After)
}

// APIDocs describes the API for programs.
func (p Paths) APIDocs() string { return p.Base + "/api/v1/docs" }

// OpenAPI is the same for programs.
func (p Paths) OpenAPI() string { return p.Base + "/api/v1/openapi.json" }

// Outbox lists the mails of a demo.
func (p Paths) Outbox() string { return p.Base + "/demo/outbox" }

// query makes "?a=1&b=2" of pairs, in their order, without empty values.
func query(pairs ...string) string {
	text := ""
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		separator := "&"
		if text == "" {
			separator = "?"
		}
		text += separator + pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return text
}
