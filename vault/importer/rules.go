package importer

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"itemshare/vault"
)

// rule says which field a member of an object becomes.
type rule struct {
	name  string // of the member
	title string
	kind  vault.FieldType
	id    string // of the field; "" for the member's name
}

// fields adds a field for each member that a rule names, in the order of the rules.
func (b *builder) fields(from *value, section string, rules []rule) {
	for _, r := range rules {
		v := from.get(r.name)
		if v.isEmpty() {
			v.set(taken)
			continue
		}
		b.field(vault.Field{
			ID: cmpOr(r.id, r.name), Title: r.title, SectionID: section, Type: r.kind,
			Value: b.plain(v, r.title),
		})
	}
}

// rest adds a field for each text within an object that nothing has marked.
func (b *builder) rest(from *value, section string) {
	if from == nil {
		return
	}
	for _, m := range from.members {
		if m.isEmpty() || m.kind == boolKind || m.mark != unmarked || m.hasMark() {
			continue
		}
		title := titleOf(m.name)
		b.field(vault.Field{
			ID: m.name, Title: title, SectionID: section, Type: vault.FieldText,
			Value: b.plain(m.value, title),
		})
	}
}

// hasMark reports whether anything within a value is marked.
func (v *value) hasMark() bool {
	for _, c := range v.children() {
		if c.mark != unmarked || c.hasMark() {
			return true
		}
	}
	return false
}

// titleOf returns the name of a member in words: "Last four digits" for lastFourDigits.
func titleOf(name string) string {
	var out strings.Builder
	before := ' '
	for _, r := range shortened(name) {
		switch {
		case out.Len() == 0:
			r = unicode.ToUpper(r)
		case r == '_' || r == '-':
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(before):
			out.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
		before = r
	}
	return out.String()
}

// inSection adds a section of that title if add adds fields to it.
func (b *builder) inSection(title string, add func(id string)) {
	id := "section-" + strings.ToLower(strings.ReplaceAll(shortened(title), " ", "-"))
	for b.ids["section "+id] {
		id += "-more"
	}
	b.ids["section "+id] = true
	before := len(b.item.Fields)
	if add(id); len(b.item.Fields) > before {
		b.item.Sections = append(b.item.Sections, vault.Section{ID: id, Title: title})
	}
}

// tag adds a tag, once.
func (b *builder) tag(text string) {
	text = strings.TrimSpace(text)
	for _, tag := range b.item.Tags {
		if tag == text {
			return
		}
	}
	if text != "" {
		b.item.Tags = append(b.item.Tags, text)
	}
}

// website adds a web address, once.
func (b *builder) website(url string) {
	url = strings.TrimSpace(url)
	for _, site := range b.item.Websites {
		if site.URL == url {
			return
		}
	}
	if url != "" {
		b.item.Websites = append(b.item.Websites, vault.Website{Label: "website", URL: url})
	}
}

// timeForms are how exports write a time.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly,
}

// moment converts a time, a text or a number of Unix seconds or milliseconds, which may be absent.
func (b *builder) moment(v *value, field string) time.Time {
	if v.isEmpty() {
		return time.Time{}
	}
	if n, ok := v.number(); ok {
		if n > 1<<36 {
			n /= 1000
		}
		if n > 0 && n <= 1<<36 {
			v.set(taken)
			return time.Unix(n, 0).UTC()
		}
	}
	for _, form := range timeForms {
		at, err := time.Parse(form, v.plainText())
		if err == nil && at.Unix() > 0 && at.Unix() <= 1<<36 {
			v.set(taken)
			return at.UTC().Truncate(time.Second)
		}
	}
	b.problem(BadValue, field, "This isn't a time. It was left out.", v)
	return time.Time{}
}

// isMonth reports whether a text is a month of a year, such as 2030-12.
var isMonth = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`).MatchString

// login adds the fields by which lists and browsers know a login.
func (b *builder) login(username, password string) {
	b.field(vault.Field{
		ID: "username", Title: "username", Type: vault.FieldText, Value: username,
	})
	b.field(vault.Field{
		ID: "password", Title: "password", Type: vault.FieldConcealed, Value: password,
	})
}

// totp adds a one-time password.
func (b *builder) totp(title, section, seed string) {
	b.field(vault.Field{
		ID: "totp", Title: cmpOr(title, "one-time password"), SectionID: section,
		Type: vault.FieldTOTP, Value: strings.TrimSpace(seed),
	})
}

// address adds an address in lines, of the members that hold them.
func (b *builder) addressOf(from *value, section string, lines ...[]string) {
	var out []string
	for _, line := range lines {
		var words []string
		for _, name := range line {
			v := from.get(name)
			if word := b.plain(v, name); word != "" {
				words = append(words, strings.TrimSpace(word))
			} else {
				v.set(taken)
			}
		}
		if len(words) > 0 {
			out = append(out, strings.Join(words, " "))
		}
	}
	b.field(vault.Field{
		ID: "address", Title: "address", SectionID: section, Type: vault.FieldAddress,
		Value: strings.Join(out, "\n"),
	})
}
