package importer

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"itemshare/vault"
)

// itemReader reads the items of an export, in order. Its budgets make each reading the same.
type itemReader struct {
	*onePUX
	report     *Report // nil for a reading whose findings are known
	items      int
	costLeft   int64
	valuesLeft int
}

// read reads one element of items: the item itself or an object around it and its file. It reports
// false for one that isn't imported.
func (r *itemReader) read(s *scanner, account, number int) (vault.ImportedItem, bool, error) {
	var none vault.ImportedItem
	values := min(maxItemValues, r.valuesLeft)
	left := budget{bytes: maxItemText, values: values}
	v, err := s.value(&left, 0)
	if err != nil || v.kind == nullKind {
		return none, false, err
	}
	r.items++
	r.valuesLeft -= values - max(0, left.values)
	at := r.place(account, number)
	c := &conversion{
		reader: r, report: r.report, vault: at.title, account: account, isArchivedWanted: r.options.Archived,
		ids: map[string]bool{}, nextID: map[string]int{}, files: map[string]bool{},
	}
	imported, ok := c.imported(v)
	if r.report != nil {
		r.report.Balance.Items++
		if ok {
			r.report.Balance.ItemsTaken++
			c.settle(v)
		}
	}
	imported.VaultTitle = at.title
	imported.Origin.Account, imported.Origin.Vault = at.origin.Account, at.origin.Vault
	return imported, ok, nil
}

// conversion converts one item. ids holds the field IDs in use.
type conversion struct {
	reader           *itemReader
	report           *Report
	vault            string
	account          int
	isArchivedWanted bool

	item   vault.Item
	files  map[string]bool // document IDs of the item's files
	found  map[string]*archiveFile
	ids    map[string]bool
	nextID map[string]int
}

// leave names a value that has no place here.
func (c *conversion) leave(what What, field, detail string, v *value) {
	c.find(Finding{What: what, Field: field, Detail: detail}, v)
}

// problem names a value that isn't what the format says.
func (c *conversion) problem(what What, field, detail string, v *value) {
	c.find(Finding{What: what, Field: field, Detail: detail, Problem: true}, v)
}

func (c *conversion) find(f Finding, v *value) {
	v.set(named)
	if c.report != nil {
		f.Vault, f.Item = c.vault, c.item.Title
		c.report.add(f)
	}
}

// settings counts what nothing has marked.
func (c *conversion) settings(v *value, path string) {
	if c.report == nil {
		return
	}
	v.each(path, func(path string, leaf *value) {
		if leaf.mark == unmarked {
			c.report.setting(path)
		}
	})
}

// settle accounts for all values of an item.
func (c *conversion) settle(v *value) {
	prefix, b := "items", &c.report.Balance
	v.each(prefix, func(path string, leaf *value) {
		b.Values++
		switch leaf.mark {
		case taken:
			b.ValuesTaken++
		case named:
			b.ValuesNamed++
		default:
			c.report.setting(strings.Replace(path, "items.item.", "items.", 1))
		}
	})
}

// imported converts an element of items. It reports false for one that isn't imported, which it names.
func (c *conversion) imported(v *value) (vault.ImportedItem, bool) {
	var none vault.ImportedItem
	item := v
	if inner := v.get("item"); inner != nil && v.get("details") == nil {
		item = inner
	}
	if title := item.get("overview").get("title"); title != nil && title.kind == textKind {
		c.item.Title = title.text
	}
	if strings.TrimSpace(c.item.Title) == "" {
		c.item.Title = "Untitled"
	}
	switch {
	case c.reader.items > maxItems:
		c.problem(BadItem, "", "The export has more than 100,000 items: this one was left out.", v)
		return none, false
	case item.kind != objectKind:
		c.problem(BadItem, "", "An element of the list of items isn't an item. It was left out.", v)
		return none, false
	case c.isTooLarge(item) || !c.isWanted(item):
		return none, false
	}
	c.convert(item)
	c.outerFile(v.get("file"))
	if !c.fits(item) {
		return none, false
	}
	id := c.optionalText(item.get("uuid"))
	imported := vault.ImportedItem{Origin: vault.Origin{Item: id}, Item: c.item}
	if len(c.item.Files) > 0 {
		imported.Open = c.opener()
	}
	return imported, true
}

// isTooLarge reports whether an item is beyond what is kept of one, and names its largest part.
func (c *conversion) isTooLarge(item *value) (found bool) {
	item.each("", func(path string, leaf *value) {
		if !found && (leaf.flaw == tooLong || leaf.flaw == tooMany) {
			found = true
			c.problem(BadItem, path, "An item is larger than 2 MiB. It was left out.", nil)
		}
	})
	return found
}

// fits reports whether an item can be stored, and names its largest part if it can't.
func (c *conversion) fits(item *value) bool {
	size, err := json.Marshal(c.item)
	if err == nil && len(size) <= vault.MaxItemBytes-1024 { // room for IDs
		return true
	}
	largest, length := "", 0
	item.each("", func(path string, leaf *value) {
		if len(leaf.text) > length {
			largest, length = path, len(leaf.text)
		}
	})
	c.problem(BadItem, largest, "An item is larger than 2 MiB. It was left out.", nil)
	return false
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
	case text == "archived" && !c.isArchivedWanted:
		c.leave(
			ArchivedItem,
			"",
			"An archived item was left out. Use --archived to import it.",
			nil,
		)
	case text == "", text == "active", text == "archived":
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
	if c.item.Category = category; ok {
		code.set(taken)
	} else {
		c.item.Category = vault.Unsupported
		c.leave(UnknownCategory, code.plainText(),
			"An item of unknown category was imported as Other with all fields.", code)
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
	for i, section := range c.list(details.get("sections"), "sections") {
		c.section(i, section)
	}
	if document := details.get("documentAttributes"); document != nil {
		c.file(document, "documentAttributes")
	}
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

// list returns the elements of an array. Another kind of value is a problem.
func (c *conversion) list(v *value, field string) []*value {
	if v != nil && v.kind != arrayKind {
		c.problem(BadValue, field, "This isn't a list. It was left out.", v)
		return nil
	}
	if v != nil && v.flaw != noFlaw {
		c.problem(BadValue, field, "This list "+string(v.flaw)+". The rest was left out.", nil)
	}
	return v.all()
}

// text returns a text and marks it. Another kind of value is a problem.
func (c *conversion) text(v *value, field string) string {
	if v == nil {
		return ""
	}
	if v.kind != textKind {
		c.problem(BadValue, field, "This isn't a text. It was left out.", v)
		return ""
	}
	v.set(taken)
	if v.flaw == replaced {
		if c.report != nil {
			c.find(Finding{
				What: BadText, Problem: true, Field: field,
				Detail: "This text " + string(replaced) + ".",
			}, nil)
		}
	}
	return v.text
}

// optionalText returns a text and marks it, or "" for anything else.
func (c *conversion) optionalText(v *value) string {
	if v == nil || v.kind != textKind {
		return ""
	}
	v.set(taken)
	return v.text
}

// number returns a whole number.
func (v *value) number() (int64, bool) {
	if v.kind != numberKind && v.kind != textKind {
		return 0, false
	}
	if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(v.text, 64)
	return int64(n), err == nil && v.kind == numberKind && n == math.Trunc(n) && math.Abs(n) < 1<<53
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

func (c *conversion) websites(overview *value) {
	urls := map[string]bool{}
	add := func(label, url string) {
		if url != "" {
			urls[url] = true
			c.item.Websites = append(c.item.Websites, vault.Website{Label: label, URL: url})
		}
	}
	for _, u := range c.list(overview.get("urls"), "urls") {
		if u.kind == textKind {
			add("", c.text(u, "urls"))
			continue
		}
		if address := c.text(u.get("url"), "urls"); address != "" {
			add(c.text(u.get("label"), "urls"), address)
		}
	}
	if url := c.text(overview.get("url"), "url"); !urls[url] {
		add("website", url)
	}
}

func (c *conversion) tags(tags *value) {
	for _, tag := range c.list(tags, "tags") {
		if text := c.text(tag, "tags"); text != "" {
			c.item.Tags = append(c.item.Tags, text)
		}
	}
}

// loginTypes maps the types of web form fields.
var loginTypes = map[string]vault.FieldType{
	"P":   vault.FieldConcealed,
	"E":   vault.FieldEmail,
	"U":   vault.FieldURL,
	"TEL": vault.FieldPhone,
}

func (c *conversion) logins(details *value) {
	var password string
	for _, from := range c.list(details.get("loginFields"), "loginFields") {
		field := vault.Field{
			ID: from.get("id").
				plainText(),
			Title: from.get("name").plainText(), Type: vault.FieldText,
		}
		if known, ok := loginTypes[from.get("fieldType").plainText()]; ok {
			field.Type = known
		}
		designation := from.get("designation")
		switch designation.plainText() {
		case "username":
			// Subtitles look for this ID. An email address serves as user name as well.
			field.ID, field.Title, field.Type = "username", "username", vault.FieldText
		case "password":
			field.ID, field.Title, field.Type = "password", "password", vault.FieldConcealed
		}
		field.Value = c.plain(from.get("value"), field.Title)
		if field.Value == "" {
			continue
		}
		if field.ID == "password" && password == "" {
			password = field.Value
		}
		for _, name := range []string{"id", "name", "fieldType", "designation"} {
			from.get(name).set(taken)
		}
		c.field(field)
	}
	field := vault.Field{ID: "password", Title: "password", Type: vault.FieldConcealed}
	if field.Value = c.text(details.get("password"), "password"); field.Value == password {
		return
	}
	if password != "" {
		field.Title = "other password"
	}
	c.field(field)
}

func (c *conversion) section(number int, from *value) {
	if from.kind != objectKind {
		c.problem(BadValue, "sections", "This isn't a section. It was left out.", from)
		return
	}
	section := vault.Section{
		ID:    from.get("name").plainText(),
		Title: c.text(from.get("title"), "sections"),
	}
	if section.ID == "" || c.ids["section "+section.ID] {
		section.ID = fmt.Sprint("section-", number+1)
	}
	c.ids["section "+section.ID] = true
	from.get("name").set(taken)
	before := len(c.item.Fields)
	for _, field := range c.list(from.get("fields"), section.Title) {
		if field.kind != objectKind {
			c.problem(BadValue, section.Title, "This isn't a field. It was left out.", field)
			continue
		}
		title := c.text(field.get("title"), "fields")
		id := field.get("id").plainText()
		field.get("id").set(taken)
		c.values(vault.Field{ID: id, Title: title, SectionID: section.ID}, field.get("value"))
	}
	if len(c.item.Fields) > before {
		c.item.Sections = append(c.item.Sections, section)
	}
}

// field adds a field that has a value, with a unique ID. Without a title it is called by its type: IDs
// in an export are no words.
func (c *conversion) field(field vault.Field) {
	if field.Value == "" {
		return
	}
	if strings.TrimSpace(field.Title) == "" {
		field.Title = typeLabels[field.Type]
	}
	base := field.ID
	if base == "" {
		base = "field"
	}
	for field.ID == "" || c.ids[field.ID] {
		c.nextID[base]++
		field.ID = fmt.Sprint(base, "-", c.nextID[base])
	}
	c.ids[field.ID] = true
	c.item.Fields = append(c.item.Fields, field)
}
