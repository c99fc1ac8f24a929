package views

import (
	"net/url"
	"strconv"
	"strings"

	"itemshare/vault"
)

// Paths returns every address of the application. Base is the path of the configured URL, "" or
// such as "/share", and every address begins with it. IDs are escaped, and empty query parameters
// are left out.
type Paths struct{ Base string }

// Asset is the address of an embedded file, by its hashed name.
func (p Paths) Asset(hashed string) string { return p.Base + "/static/" + url.PathEscape(hashed) }

// SignIn is the sign-in page. It continues to next, a local path, or to the items if next is "".
func (p Paths) SignIn(next string) string { return p.Base + "/signin" + query("next", next) }

// SignInAgain accepts a POST of the sign-in form with a form that waits for it.
func (p Paths) SignInAgain() string { return p.Base + "/signin/resume" }

// SignInProvider leads to the identity provider.
func (p Paths) SignInProvider(next string) string {
	return p.Base + "/signin/oidc" + query("next", next)
}

// SignInPasskey accepts a POST of a passkey's answer.
func (p Paths) SignInPasskey() string { return p.Base + "/signin/passkey" }

// SignInCode is the second step of signing in, and accepts its POST.
func (p Paths) SignInCode(next string) string {
	return p.Base + "/signin/code" + query("next", next)
}

// SignOut accepts a POST.
func (p Paths) SignOut() string { return p.Base + "/signout" }

// Account is the reader's own page.
func (p Paths) Account() string { return p.Base + "/account" }

// AccountDone is the same after a change: done says which.
func (p Paths) AccountDone(done string) string { return p.Account() + query("done", done) }

// OwnName accepts a POST of the reader's name.
func (p Paths) OwnName() string { return p.Account() + "/name" }

// OwnEmails accepts a POST of whether the reader wants emails about new links.
func (p Paths) OwnEmails() string { return p.Account() + "/emails" }

// OwnPassword accepts a POST of the reader's password.
func (p Paths) OwnPassword() string { return p.Account() + "/password" }

// SecondFactor is the page to set up a second factor, and accepts its POST. It continues to next.
func (p Paths) SecondFactor(next string) string {
	return p.Account() + "/second-factor" + query("next", next)
}

// TurnOffFactor accepts a POST.
func (p Paths) TurnOffFactor() string { return p.SecondFactor("") + "/off" }

// RecoveryCodes accepts a POST, and replaces the recovery codes.
func (p Paths) RecoveryCodes() string { return p.SecondFactor("") + "/codes" }

// RequireFactor accepts a POST, and says whether everyone needs a second factor.
func (p Paths) RequireFactor() string { return p.Base + "/admin/second-factor" }

// Passkeys accepts a POST of a new passkey.
func (p Paths) Passkeys() string { return p.Account() + "/passkeys" }

// RemovePassword accepts a POST that removes the reader's password.
func (p Paths) RemovePassword() string { return p.OwnPassword() + "/remove" }

// RemovePasskey accepts a POST.
func (p Paths) RemovePasskey(id string) string {
	return p.Passkeys() + "/" + url.PathEscape(id) + "/remove"
}

// EndSessions accepts a POST, and ends all of the reader's other sessions.
func (p Paths) EndSessions() string { return p.Account() + "/sessions/end" }

// EndSession accepts a POST, and ends one of the reader's sessions.
func (p Paths) EndSession(id string) string {
	return p.Account() + "/sessions/" + url.PathEscape(id) + "/end"
}

// Items is the list of the items that match a filter.
func (p Paths) Items(f ItemsFilter) string {
	return p.Base + "/items" + query(
		"vault", f.Vault, "q", f.Text, "category", string(f.Category), "after", f.After,
		"archived", onIf(f.Archived),
	)
}

func onIf(set bool) string {
	if set {
		return "on"
	}
	return ""
}

// SelectedItems accepts a POST of several items, and of what to do with them. GET leads to the list.
func (p Paths) SelectedItems() string { return p.Base + "/items/selected" }

// AllVaults lists the vaults that the reader can view.
func (p Paths) AllVaults(f ListFilter) string { return p.Base + "/vaults" + f.query() }

// Refresh accepts a POST of the items' filter, and loads the cached lists again.
func (p Paths) Refresh() string { return p.Base + "/items/refresh" }

// Item is one item's page.
func (p Paths) Item(vaultID, itemID string) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/items/" + url.PathEscape(itemID)
}

// VaultItems accepts a POST of the form of a new item.
func (p Paths) VaultItems(vaultID string) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/items"
}

// NewItem is the form of a new item of a category, or without one the choice of categories.
func (p Paths) NewItem(vaultID string, category vault.Category) string {
	return p.VaultItems(vaultID) + "/new" + query("category", string(category))
}

// EditItem is the form of an item.
func (p Paths) EditItem(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/edit" }

// ItemDone is an item's page after a change: done says which.
func (p Paths) ItemDone(vaultID, itemID, done string) string {
	return p.Item(vaultID, itemID) + query("done", done)
}

// ItemsDone is a list of items after a change: done says which, of how many, and how many it left.
func (p Paths) ItemsDone(f ItemsFilter, done string, changed, left int) string {
	return p.Base + "/items" + query(
		"vault", f.Vault, "archived", onIf(f.Archived), "done", done,
		"changed", strconv.Itoa(changed), "left", strconv.Itoa(left),
	)
}

// ItemVersions lists an item's versions from one down, 0 for the newest.
func (p Paths) ItemVersions(vaultID, itemID string, from uint32) string {
	if from == 0 {
		return p.Item(vaultID, itemID) + "/versions"
	}
	return p.Item(vaultID, itemID) + "/versions" + query("from", strconv.Itoa(int(from)))
}

// ItemVersion is one version of an item.
func (p Paths) ItemVersion(vaultID, itemID string, version uint32) string {
	return p.ItemVersions(vaultID, itemID, 0) + "/" + strconv.Itoa(int(version))
}

// RestoreVersion accepts a POST.
func (p Paths) RestoreVersion(vaultID, itemID string, version uint32) string {
	return p.ItemVersion(vaultID, itemID, version) + "/restore"
}

// ItemAct accepts a POST of what to do with an item: "duplicate", "move", "archive", "restore" or "delete".
func (p Paths) ItemAct(vaultID, itemID, act string) string {
	return p.Item(vaultID, itemID) + "/" + act
}

// PasswordStrength accepts a POST of a password.
func (p Paths) PasswordStrength() string { return p.Base + "/passwords/strength" }

// Reveal accepts a POST.
func (p Paths) Reveal(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/reveal" }

// Files accepts a POST of files to add to an item.
func (p Paths) Files(vaultID, itemID string) string { return p.Item(vaultID, itemID) + "/files" }

// FilesOnPage is the item's page, from its files on.
func (p Paths) FilesOnPage(vaultID, itemID string) string {
	return p.Item(vaultID, itemID) + "#" + filesID
}

// File is a download of one of an item's files.
func (p Paths) File(vaultID, itemID, fileID string) string {
	return p.Files(vaultID, itemID) + "/" + url.PathEscape(fileID)
}

// DeleteFile accepts a POST.
func (p Paths) DeleteFile(vaultID, itemID, fileID string) string {
	return p.File(vaultID, itemID, fileID) + "/delete"
}

// NewShare is the form that shares what is in no vault, and accepts its POST.
func (p Paths) NewShare() string { return p.Base + "/share" }

// Share is the form for a new link to an item, and accepts its POST. Without an item it is NewShare.
func (p Paths) Share(vaultID, itemID string) string {
	if vaultID == "" {
		return p.NewShare()
	}
	return p.Item(vaultID, itemID) + "/share"
}

// ShareAgain is the form filled in with the choices of the share from.
func (p Paths) ShareAgain(vaultID, itemID, from string) string {
	return p.Share(vaultID, itemID) + query("from", from)
}

// ShareRecipients accepts a POST, and checks recipients.
func (p Paths) ShareRecipients(vaultID, itemID string) string {
	return p.Share(vaultID, itemID) + "/recipients"
}

// ShareTerms accepts a POST of the share form, and says what would become of its choices.
func (p Paths) ShareTerms(vaultID, itemID string) string {
	return p.Share(vaultID, itemID) + "/terms"
}

// SharePreview accepts a POST of the share form, and shows what recipients would see.
func (p Paths) SharePreview(vaultID, itemID string) string {
	return p.Share(vaultID, itemID) + "/preview"
}

// Imports is the page to send a file to import, and accepts its POST.
func (p Paths) Imports() string { return p.Base + "/import" }

// Import is one import's page.
func (p Paths) Import(id string) string { return p.Imports() + "/" + url.PathEscape(id) }

// ImportPages is the same at a page of its duplicates and of what is left out.
func (p Paths) ImportPages(id string, duplicates, leftOut int) string {
	number := func(n int) string {
		if n < 2 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return p.Import(id) + query("page", number(duplicates), "left", number(leftOut))
}

// ImportColumns accepts a POST of what the columns of a CSV file hold.
func (p Paths) ImportColumns(id string) string { return p.Import(id) + "/columns" }

// ImportVault accepts a POST of where items go.
func (p Paths) ImportVault(id string) string { return p.Import(id) + "/vault" }

// ImportDecide accepts a POST of what becomes of duplicates, and starts the import.
func (p Paths) ImportDecide(id string) string { return p.Import(id) + "/decide" }

// ImportCancel accepts a POST, and erases the import's file or report.
func (p Paths) ImportCancel(id string) string { return p.Import(id) + "/cancel" }

// ImportReport is every entry of an import, as CSV.
func (p Paths) ImportReport(id string) string { return p.Import(id) + "/report.csv" }

// Export is the page to download items as a file, and accepts its POST.
func (p Paths) Export() string { return p.Base + "/export" }

// History is the list of the shares that match a filter. It accepts a POST of those to revoke.
func (p Paths) History(f HistoryFilter) string { return p.Base + "/shares" + f.query(true) }

// HistoryRevoked is the same list after n of its links were revoked.
func (p Paths) HistoryRevoked(f HistoryFilter, n int) string {
	address := p.History(f)
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + "revoked=" + strconv.Itoa(n)
}

// Complete has the options of a lookup for a text.
func (p Paths) Complete() string { return p.Base + "/complete" }

// HistoryCSV is all shares that match a filter, as CSV.
func (p Paths) HistoryCSV(f HistoryFilter) string { return p.Base + "/shares.csv" + f.query(false) }

func (f HistoryFilter) query(page bool) string {
	after := ""
	if page {
		after = f.After
	}
	return query(
		"status", string(f.Status), "q", f.Text, "vault", f.Vault, "by", f.By, "with", f.With,
		"created", string(f.Period), "ends", f.Ends, "from", f.From, "to", f.To, "after", after,
	)
}

// ShareDetail is a share's page, by its ID in the history.
func (p Paths) ShareDetail(id string) string { return p.Base + "/shares/" + url.PathEscape(id) }

// ShareDone is the same page after a change: done says which, and who is the index of the
// recipient that it is about, "" for none.
func (p Paths) ShareDone(id, done, who string) string {
	return p.ShareDetail(id) + query("done", done, "who", who)
}

// Revoke accepts a POST.
func (p Paths) Revoke(id string) string { return p.ShareDetail(id) + "/revoke" }

// ShareEmails accepts a POST of whether the sharer wants emails about a share.
func (p Paths) ShareEmails(id string) string { return p.ShareDetail(id) + "/emails" }

// RemoveRecipient accepts a POST. Position is the recipient's index in the share.
func (p Paths) RemoveRecipient(id string, position int) string {
	return p.ShareDetail(id) + "/recipients/" + strconv.Itoa(position) + "/remove"
}

// Policy is the policy page, with the form of the account's policy, or of a vault's.
func (p Paths) Policy(vaultID string) string {
	return p.Base + "/admin/policy" + query("vault", vaultID)
}

// PolicyDone is the same after a change: done says what was changed.
func (p Paths) PolicyDone(vaultID, done string) string {
	return p.Base + "/admin/policy" + query("vault", vaultID, "done", done)
}

// PolicyLinks accepts a POST of who creates links.
func (p Paths) PolicyLinks() string { return p.Base + "/admin/policy/links" }

// PolicyProgress is how far the revoking of links is.
func (p Paths) PolicyProgress() string { return p.Base + "/admin/policy/revocations" }

// PolicyPreview accepts a POST of the policy form.
func (p Paths) PolicyPreview() string { return p.Base + "/admin/policy/preview" }

// Users lists people.
func (p Paths) Users(f ListFilter) string { return p.Base + "/admin/users" + f.query() }

// UsersAfter is the list after a change: done says which, of whom and of how many.
func (p Paths) UsersAfter(done, who string) string {
	return p.Users(ListFilter{}) + query("done", done, "who", who)
}

// Invite is the form to invite somebody. Its POST goes to Users.
func (p Paths) Invite() string { return p.Base + "/admin/users/invite" }

// Person is a person's page, and accepts a POST of their name and role.
func (p Paths) Person(id string) string { return p.Base + "/admin/users/" + url.PathEscape(id) }

// PersonAfter is the same page after a change: done says which.
func (p Paths) PersonAfter(id, done string) string { return p.Person(id) + query("done", done) }

// PersonAct accepts a POST of what to do with a person: "suspend", "reinstate", "remove", "reset",
// "invite" or "withdraw".
func (p Paths) PersonAct(id, act string) string { return p.Person(id) + "/" + act }

// Join is the page where a code is used, and accepts its POST.
func (p Paths) Join() string { return p.Base + "/join" }

// SetUp adds the first admin, and accepts its POST.
func (p Paths) SetUp() string { return p.Base + "/setup" }

// Vaults lists vaults and who has access to them.
func (p Paths) Vaults(f ListFilter) string { return p.Base + "/admin/vaults" + f.query() }

// VaultAccess is the page of a vault's name and of who may do what there, and accepts a POST of rights.
func (p Paths) VaultAccess(vaultID string, f ListFilter) string {
	return p.Base + "/vaults/" + url.PathEscape(vaultID) + "/access" + f.query()
}

// VaultAccessOf is the same with the form for the rights of one person or group.
func (p Paths) VaultAccessOf(vaultID, who string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + query("who", who) + "#grant"
}

// VaultAccessDone is the same after a change: done says which.
func (p Paths) VaultAccessDone(vaultID, done string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + query("done", done)
}

// VaultAct accepts a POST of what to do with a vault: "name", "archive" or "restore".
func (p Paths) VaultAct(vaultID, act string) string {
	return p.VaultAccess(vaultID, ListFilter{}) + "/" + act
}

// Groups lists groups, and accepts a POST of a new one.
func (p Paths) Groups(f ListFilter) string { return p.Base + "/admin/groups" + f.query() }

// GroupsDone is the same after a change: done says which.
func (p Paths) GroupsDone(done string) string { return p.Groups(ListFilter{}) + query("done", done) }

// Group is one group's page, and accepts a POST of its name.
func (p Paths) Group(id string, f ListFilter) string {
	return p.Groups(ListFilter{}) + "/" + url.PathEscape(id) + f.query()
}

// GroupDone is the same after a change: done says which.
func (p Paths) GroupDone(id, done string) string {
	return p.Group(id, ListFilter{}) + query("done", done)
}

// GroupMembers accepts a POST of somebody to add.
func (p Paths) GroupMembers(id string) string { return p.Group(id, ListFilter{}) + "/members" }

// RemoveMember accepts a POST.
func (p Paths) RemoveMember(id, userID string) string {
	return p.GroupMembers(id) + "/" + url.PathEscape(userID) + "/remove"
}

// DeleteGroup accepts a POST.
func (p Paths) DeleteGroup(id string) string { return p.Group(id, ListFilter{}) + "/delete" }

func (f ListFilter) query() string { return query("q", f.Text, "after", f.After) }

// ServiceAccountsFound lists the service accounts that a search found.
func (p Paths) ServiceAccountsFound(f ListFilter) string { return p.ServiceAccounts() + f.query() }

// ServiceAccounts lists service accounts, with the form to create one.
func (p Paths) ServiceAccounts() string { return p.Base + "/admin/service-accounts" }

// ServiceAccountRevoked lists service accounts after one of them was revoked.
func (p Paths) ServiceAccountRevoked(id string) string {
	return p.ServiceAccounts() + query("revoked", id)
}

// RevokeServiceAccount accepts a POST.
func (p Paths) RevokeServiceAccount(id string) string {
	return p.ServiceAccounts() + "/" + url.PathEscape(id) + "/revoke"
}

// AdminHome is the front page of admins.
func (p Paths) AdminHome() string { return p.Base + "/admin" }

// SetUpStep is a step of the set-up after the first, and accepts its POST.
func (p Paths) SetUpStep(s SetUpStep) string { return p.SetUp() + "/" + string(s) }

// EndSetUp accepts a POST, and closes the set-up.
func (p Paths) EndSetUp() string { return p.SetUp() + "/end" }

// SeenItems lists the items that somebody outside has seen since they were changed.
func (p Paths) SeenItems() string { return p.Base + "/admin/rotate" }

// Mail shows the email queue and what could not be delivered.
func (p Paths) Mail() string { return p.Base + "/admin/mail" }

// MailTest accepts a POST, and sends a test email.
func (p Paths) MailTest() string { return p.Mail() + "/test" }

// Webhooks lists webhooks, and accepts a POST of a new one.
func (p Paths) Webhooks() string { return p.Base + "/admin/webhooks" }

// Webhook is one webhook's page, with the messages after a place, "" for the newest.
func (p Paths) Webhook(id, after string) string {
	return p.Webhooks() + "/" + url.PathEscape(id) + query("after", after)
}

// WebhookDone is the same page after a change: done says which.
func (p Paths) WebhookDone(id, done string) string {
	return p.Webhook(id, "") + query("done", done)
}

// WebhookAct accepts a POST of what to do: "test", "pause", "resume", "rotate" or "remove".
func (p Paths) WebhookAct(id, act string) string { return p.Webhook(id, "") + "/" + act }

// Resend accepts a POST.
func (p Paths) Resend(id, deliveryID string) string {
	return p.WebhookAct(id, "deliveries") + "/" + url.PathEscape(deliveryID) + "/resend"
}

// Audit is the list of the events that match a filter.
func (p Paths) Audit(f AuditFilter) string { return p.Base + "/admin/audit" + f.query() }

// AuditVerify accepts a POST, and has the whole log verified.
func (p Paths) AuditVerify() string { return p.Base + "/admin/audit/verify" }

// AuditExport is all events that match a filter, in a format: "csv" or "ndjson".
func (p Paths) AuditExport(f AuditFilter, format string) string {
	f.After = ""
	return p.Base + "/admin/audit." + format + f.query()
}

func (f AuditFilter) query() string {
	return query(
		"q", f.Text, "kind", string(f.Kind), "by", f.By, "subject", f.Subject,
		"from", f.From, "to", f.To, "after", f.After,
	)
}

// APIDocs is the reference of the API.
func (p Paths) APIDocs() string { return p.Base + "/api/v1/docs" }

// OpenAPI is the API's OpenAPI document.
func (p Paths) OpenAPI() string { return p.Base + "/api/v1/openapi.json" }

// Outbox lists the emails of a demo.
func (p Paths) Outbox() string { return p.Base + "/demo/outbox" }

// query returns pairs of names and values as a query such as "?a=1&b=2", without empty values.
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
