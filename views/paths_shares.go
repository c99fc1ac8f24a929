package views

import (
	"net/url"
	"strconv"
	"strings"
)

// Links, and the history of them.

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
