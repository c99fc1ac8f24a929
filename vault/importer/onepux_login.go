package importer

import (
	"fmt"

	"itemshare/vault"
)

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
		exact := vault.Field{ID: from.get("id").plainText(), Title: from.get("name").plainText()}
		if c.marked(from, exact, from.get("value")) {
			for _, name := range []string{"name", "fieldType", "designation"} {
				from.get(name).set(taken)
			}
			continue
		}
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
		if c.marked(field, vault.Field{ID: id, Title: title}, field.get("value")) {
			continue
		}
		field.get("id").set(taken)
		c.values(vault.Field{ID: id, Title: title, SectionID: section.ID}, field.get("value"))
	}
	own := from.get(ownMember).get("section")
	own.set(taken)
	if len(c.item.Fields) > before || own.plainText() == "true" {
		c.item.Sections = append(c.item.Sections, section)
	}
}
