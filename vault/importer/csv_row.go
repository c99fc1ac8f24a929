package importer

import (
	"fmt"
	"net/url"
	"strings"

	"itemshare/vault"
)

// rowConversion converts one row.
type rowConversion struct {
	builder
	reader *csvReader
	cells  []*value // one for each column
}

// of returns the cells of the columns that hold this, and their names.
func (c *rowConversion) of(role Role) (cells []*value, names []string) {
	for i, r := range c.reader.columns {
		if r == role && strings.TrimSpace(c.cells[i].text) != "" {
			cells, names = append(cells, c.cells[i]), append(names, c.reader.header[i])
		}
	}
	return cells, names
}

// take returns the text of the column that holds this, "" without one.
func (c *rowConversion) take(role Role) string {
	cells, names := c.of(role)
	var texts []string
	for i, cell := range cells {
		texts = append(texts, strings.TrimRight(c.text(cell, names[i]), "\r"))
	}
	return strings.Join(texts, "\n")
}

func (c *rowConversion) convert(row *value, length int) bool {
	if cells, _ := c.of(TitleColumn); len(cells) > 0 {
		c.item.Title = strings.TrimSpace(cells[0].text)
	}
	if !c.reader.isItem(&c.builder, row) || !c.isWanted(row) {
		return false
	}
	title := c.take(TitleColumn)
	c.item.Category = vault.Login
	c.websites()
	if c.item.Title = strings.TrimSpace(title); c.item.Title == "" {
		c.item.Title = c.hostTitle()
	}
	c.login(c.take(UsernameColumn), c.take(PasswordColumn))
	c.builder.field(vault.Field{
		ID: "email", Title: "email", Type: vault.FieldEmail, Value: c.take(EmailColumn),
	})
	c.totp("", "", c.take(TOTPColumn))
	c.item.Notes = c.take(NotesColumn)
	c.columnsAsFields()
	c.tagsOfRow()
	c.times()
	c.fieldLines(c.take(fieldsColumn))
	c.extra()
	c.category()
	if cells, _ := c.of(FavoriteColumn); len(cells) > 0 && isMarked(cells[0].text) {
		c.leave(Favorite, "", "A mark as favorite was left out.", cells[0])
	}
	c.leaveRest(row, length)
	return true
}

// isWanted reports whether a row is imported: one that says something, and isn't archived.
func (c *rowConversion) isWanted(row *value) bool {
	if row.isEmpty() {
		c.leave(BadItem, "", "An empty row was left out.", row)
		return false
	}
	cells, _ := c.of(ArchivedColumn)
	if len(cells) == 0 || !isMarked(cells[0].text) {
		return true
	}
	if !c.reader.reading.options.Archived {
		c.leave(ArchivedItem, "", archivedLeftOut, nil)
		return false
	}
	cells[0].set(taken)
	c.archived = true
	return true
}

// isMarked reports whether a cell says yes.
func isMarked(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "", "0", "false", "no":
		return false
	}
	return true
}

func (c *rowConversion) websites() {
	cells, names := c.of(WebsiteColumn)
	for i, cell := range cells {
		for part := range strings.FieldsFuncSeq(c.text(cell, names[i]), func(r rune) bool {
			return r == '\n' || r == '\r'
		}) {
			for _, address := range splitAddresses(part) {
				if address != "http://sn" && address != "http://" { // LastPass's notes
					c.website(address)
				}
			}
		}
	}
}

// splitAddresses returns the addresses of a cell that joins several with commas. A comma may stand
// within one, too.
func splitAddresses(cell string) []string {
	parts := strings.Split(cell, ",")
	for _, part := range parts {
		if !strings.Contains(part, "://") {
			return []string{cell}
		}
	}
	return parts
}

// hostTitle returns the host of the first website, as the title of an item that has none.
func (c *rowConversion) hostTitle() string {
	if len(c.item.Websites) == 0 {
		return untitled
	}
	address, err := url.Parse(c.item.Websites[0].URL)
	if err != nil || address.Hostname() == "" {
		return c.item.Websites[0].URL
	}
	return address.Hostname()
}

func (c *rowConversion) columnsAsFields() {
	for i, role := range c.reader.columns {
		if role != TextColumn && role != HiddenColumn {
			continue
		}
		field := vault.Field{Title: c.reader.header[i], Type: vault.FieldText}
		if role == HiddenColumn {
			field.Type = vault.FieldConcealed
		}
		field.Value = c.text(c.cells[i], field.Title)
		c.builder.field(field)
	}
}

func (c *rowConversion) tagsOfRow() {
	for tag := range strings.FieldsFuncSeq(c.take(TagsColumn), isTagEnd) {
		c.tag(tag)
	}
	c.tag(strings.ReplaceAll(c.take(FolderColumn), `\`, "/"))
	_, others, _ := strings.Cut(c.take(VaultColumn), ",")
	for tag := range strings.SplitSeq(others, ",") {
		c.tag(tag)
	}
}

func (c *rowConversion) times() {
	if cells, names := c.of(CreatedColumn); len(cells) > 0 {
		c.item.CreatedAt = c.moment(cells[0], names[0])
	}
	if cells, names := c.of(UpdatedColumn); len(cells) > 0 {
		c.item.UpdatedAt = c.moment(cells[0], names[0])
	}
}

// fieldLines adds the fields of lines of a name, a colon and a value. A line without a colon goes on
// with the value before it.
func (c *rowConversion) fieldLines(text string) {
	var fields []vault.Field
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		name, value, ok := strings.Cut(line, ": ")
		switch {
		case ok:
			fields = append(fields, vault.Field{Title: name, Type: vault.FieldText, Value: value})
		case len(fields) > 0:
			fields[len(fields)-1].Value += "\n" + line
		case strings.TrimSpace(line) != "":
			fields = append(fields, vault.Field{Type: vault.FieldText, Value: line})
		}
	}
	for _, field := range fields {
		field.Value = strings.TrimRight(field.Value, "\n")
		c.builder.field(field)
	}
}

// noteTypes maps LastPass's types of notes to categories.
var noteTypes = map[string]vault.Category{
	"Credit Card": vault.CreditCard, "Bank Account": vault.BankAccount, "Database": vault.Database,
	"Driver's License": vault.DriverLicense, "Email Account": vault.Email, "Address": vault.Identity,
	"Health Insurance": vault.Membership, "Insurance": vault.Membership, "Passport": vault.Passport,
	"Membership": vault.Membership, "Server": vault.Server, "SSH Key": vault.SSHKey,
	"Social Security": vault.SocialSecurityNumber, "Software License": vault.SoftwareLicense,
	"Wi-Fi Password": vault.Router,
}

// noteKinds are the types of the fields of a typed note.
var noteKinds = map[string]vault.FieldType{
	"Password": vault.FieldConcealed, "Number": vault.FieldCreditCardNumber,
	"Security Code": vault.FieldConcealed, "PIN": vault.FieldConcealed, "Pin": vault.FieldConcealed,
	"Private Key": vault.FieldSSHKey, "Passphrase": vault.FieldConcealed,
	"License Key": vault.FieldConcealed, "Account Number": vault.FieldConcealed,
}

// extra adds LastPass's notes: text, or lines of "Name:Value" after one that says the type.
func (c *rowConversion) extra() {
	text := c.take(extraColumn)
	first, rest, _ := strings.Cut(text, "\n")
	kind, typed := strings.CutPrefix(strings.TrimRight(first, "\r"), "NoteType:")
	if !typed {
		c.item.Notes = strings.Trim(c.item.Notes+"\n"+text, "\n")
		return
	}
	category, known := noteTypes[strings.TrimSpace(kind)]
	if !known {
		category = vault.SecureNote
	}
	c.item.Category = category
	notes, lines := strings.CutPrefix(rest, "Notes:")
	if !lines {
		if before, after, ok := strings.Cut(rest, "\nNotes:"); ok {
			rest, notes = before, after
		} else {
			notes = ""
		}
	} else {
		rest = ""
	}
	c.item.Notes = strings.TrimSpace(notes)
	title := ""
	for line := range strings.SplitSeq(rest, "\n") {
		line = strings.TrimRight(line, "\r")
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.Contains(name, " ") && len(name) > 40 || strings.HasPrefix(name, "-----") {
			if n := len(c.item.Fields); n > 0 && title != "" {
				c.item.Fields[n-1].Value += "\n" + line
			} else if line != "" {
				c.item.Notes = strings.Trim(c.item.Notes+"\n"+line, "\n")
			}
			continue
		}
		if title = name; name == "Language" || value == "" {
			title = ""
			continue
		}
		field := vault.Field{Title: name, Type: vault.FieldText, Value: value}
		if kind, ok := noteKinds[name]; ok {
			field.Type = kind
		}
		c.builder.field(field)
	}
}

// category sets the category that a column says, or that the fields show.
func (c *rowConversion) category() {
	cells, _ := c.of(TypeColumn)
	if len(cells) > 0 {
		cells[0].set(taken)
		switch strings.ToLower(cells[0].text) {
		case "note", "securenote", "secure note":
			c.item.Category = vault.SecureNote
		case "creditcard", "card":
			c.item.Category = vault.CreditCard
		case "identity":
			c.item.Category = vault.Identity
		case "sshkey":
			c.item.Category = vault.SSHKey
		}
		return
	}
	if c.item.Category == vault.Login && !c.ids["username"] && !c.ids["password"] &&
		len(c.item.Websites) == 0 {
		c.item.Category = vault.SecureNote
	}
}

// leaveRest names the cells that have no column, or whose column was left out by choice.
func (c *rowConversion) leaveRest(row *value, length int) {
	for i, role := range c.reader.columns {
		cell := c.cells[i]
		if role == LeaveOut && c.reader.known == nil && !cell.isEmpty() {
			c.leave(LeftOutColumn, c.reader.header[i], "A column was left out.", cell)
		}
	}
	if length > len(c.reader.header) {
		detail := fmt.Sprintf("A row has more cells than the header. Left out: %d.",
			length-len(c.reader.header))
		for _, m := range row.members[len(c.reader.header):] {
			m.set(named)
		}
		c.problem(BadValue, "", detail, nil)
	}
}
