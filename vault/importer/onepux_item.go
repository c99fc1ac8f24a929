package importer

import (
	"fmt"
	"time"

	"itemshare/vault"
)

// itemReader reads the items of an export, in order.
type itemReader struct {
	*onePUX
	reading
}

// read converts one element of items: the item itself or an object around it and its file.
func (r *itemReader) read(v *value, account, number int) vault.ImportedItem {
	at := r.place(account, number)
	c := &conversion{
		builder: newBuilder(r.report, at.title), reader: r, account: account,
	}
	id, ok := c.imported(v)
	return r.entry(&c.builder, v, at, id, c.opener(), ok)
}

// conversion converts one item.
type conversion struct {
	builder
	reader  *itemReader
	account int
	placed  []placedField
}

// imported converts an element of items and returns its ID. It reports false for one that isn't
// imported, which it names.
func (c *conversion) imported(v *value) (id string, ok bool) {
	item := v
	if inner := v.get("item"); inner != nil && v.get("details") == nil {
		item = inner
	}
	if title := item.get("overview").get("title"); title != nil && title.kind == textKind {
		c.item.Title = title.text
	}
	if !c.reader.isItem(&c.builder, item) || !c.isWanted(item) {
		return "", false
	}
	c.convert(item)
	c.outerFile(v.get("file"))
	return c.optionalText(item.get("uuid")), true
}

// isWanted reports whether an item is imported for its state, and names it if it isn't.
func (c *conversion) isWanted(item *value) bool {
	state, trashed := item.get("state"), item.get("trashed")
	text := state.plainText()
	state.set(taken)
	switch {
	case trashed != nil && trashed.text != "false" && trashed.text != "0" && trashed.text != "":
		c.leave(DeletedItem, "", "A recently deleted item was left out.", trashed)
	case text == "trashed", text == "deleted":
		c.leave(DeletedItem, "", "A recently deleted item was left out.", nil)
	case text == "archived" && !c.reader.reading.options.Archived:
		c.leave(ArchivedItem, "", archivedLeftOut, nil)
	case text == "", text == "active", text == "archived":
		c.archived = text == "archived"
		return true
	default:
		c.problem(UnknownState, text, "An item of unknown state was left out.", nil)
	}
	return false
}

// categories maps the format's numbers to categories.
var categories = map[string]vault.Category{
	"001": vault.Login, "002": vault.CreditCard, "003": vault.SecureNote, "004": vault.Identity,
	"005": vault.Password, "006": vault.Document, "100": vault.SoftwareLicense, "101": vault.BankAccount,
	"102": vault.Database, "103": vault.DriverLicense, "104": vault.OutdoorLicense,
	"105": vault.Membership, "106": vault.Passport, "107": vault.Rewards,
	"108": vault.SocialSecurityNumber, "109": vault.Router, "110": vault.Server, "111": vault.Email,
	"112": vault.APICredentials, "113": vault.MedicalRecord, "114": vault.SSHKey,
	"115": vault.CryptoWallet,
}

func (c *conversion) convert(from *value) {
	overview, details := from.get("overview"), from.get("details")
	c.text(overview.get("title"), "title")
	c.item.CreatedAt = c.instant(from.get("createdAt"), "createdAt")
	c.item.UpdatedAt = c.instant(from.get("updatedAt"), "updatedAt")
	code := from.get("categoryUuid")
	category, ok := categories[code.plainText()]
	if own := from.get(ownMember).get("category"); own != nil {
		category, ok = vault.ParseCategory(own.plainText())
		own.set(taken)
	}
	if c.item.Category = category; ok {
		code.set(taken)
	} else {
		c.item.Category = vault.Unsupported
		c.leave(UnknownCategory, code.plainText(), unknownCategory, code)
	}
	if favorite := from.get("favIndex"); !favorite.isEmpty() {
		c.leave(Favorite, "", "A mark as favorite was left out.", favorite)
	}
	c.websites(overview)
	c.tags(overview.get("tags"))
	if details != nil && details.kind != objectKind {
		c.problem(
			BadValue,
			"details",
			"This isn't what the format has here. It was left out.",
			details,
		)
		return
	}
	c.item.Notes = c.text(details.get("notesPlain"), "notesPlain")
	c.logins(details)
	if document := details.get("documentAttributes"); document != nil {
		c.file(document, "documentAttributes")
	}
	for i, section := range c.list(details.get("sections"), "sections") {
		c.section(i, section)
	}
	c.place()
	c.history(details)
}

// history names the details that have no place here.
func (c *conversion) history(details *value) {
	if details == nil {
		return
	}
	for _, m := range details.members {
		switch m.name {
		case "loginFields", "notesPlain", "sections", "documentAttributes", "password", "htmlForm":
			continue
		}
		if m.isEmpty() {
			continue
		}
		switch m.name {
		case "passwordHistory":
			detail := fmt.Sprintf("Earlier passwords were left out (%d).", len(m.elements))
			c.leave(PasswordHistory, "", detail, m.value)
		case "passkey":
			c.leave(Passkey, "", "A passkey was left out.", m.value)
		default:
			c.leave(UnknownDetail, m.name, "An unknown detail of an item was left out.", m.value)
		}
	}
}

// instant converts a time of the export, which may be absent.
func (c *conversion) instant(v *value, field string) time.Time {
	if v.isEmpty() {
		return time.Time{}
	}
	seconds, ok := v.number()
	if !ok || seconds <= 0 || seconds > 1<<36 {
		c.problem(BadValue, field, "This isn't a time in Unix seconds. It was left out.", v)
		return time.Time{}
	}
	v.set(taken)
	return time.Unix(seconds, 0).UTC()
}
