package vault

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"itemshare/fault"
)

// Limits of what people and programs enter into one item, in characters and in numbers. An export may
// hold more: an imported item is checked when it is changed. MaxItemBytes limits the whole.
const (
	MaxTitle        = 500
	MaxNotes        = 1_000_000
	MaxValue        = 1_000_000 // of a field
	MaxLabel        = 200       // of a field, a section or a website
	MaxURL          = 5_000
	MaxTag          = 100
	MaxID           = 100
	MaxTypeName     = 100 // of a category or of a field's type
	MaxTags         = 100
	MaxFields       = 500
	MaxSections     = 100
	MaxWebsites     = 100
	MaxFilesPerItem = 100
)

// CheckItem returns fault.Invalid with a problem for each value that breaks a limit, or nil. Problems
// name the value as the item form does: "title", "tags", "notes", "website.0.url", "section.0.title",
// "field.0.value"; numbers are places in the item's lists, from 0. Any text is accepted, and so are
// categories and types that this package does not know. Sections and fields may lack an ID, which
// TidyItem adds.
func CheckItem(item Item) error {
	c := checker{}
	if strings.TrimSpace(item.Title) == "" {
		c.add("title", "Enter a title.")
	}
	c.length("title", "A title", item.Title, MaxTitle)
	c.length("category", "A category", string(item.Category), MaxTypeName)
	c.length("notes", "Notes", item.Notes, MaxNotes)
	c.tags(item.Tags)
	c.websites(item.Websites)
	c.sections(item.Sections)
	c.fields(item)
	c.count("file", "files", len(item.Files), MaxFilesPerItem)
	return fault.Fields(c.problems)
}

type checker struct{ problems []fault.Problem }

func (c *checker) add(field, detail string) {
	c.problems = append(
		c.problems, fault.Problem{Code: fault.CodeInvalid, Field: field, Detail: detail},
	)
}

func (c *checker) length(field, what, text string, most int) {
	if len(text) > most && utf8.RuneCountInString(text) > most {
		verb := "has"
		if strings.HasSuffix(what, "s") {
			verb = "have"
		}
		c.add(field, fmt.Sprintf("%s %s at most %s characters.", what, verb, thousands(most)))
	}
}

func (c *checker) count(field, what string, n, most int) {
	if n > most {
		c.add(field, fmt.Sprintf("An item has at most %d %s.", most, what))
	}
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func (c *checker) tags(tags []string) {
	c.count("tags", "tags", len(tags), MaxTags)
	if slices.ContainsFunc(tags, func(tag string) bool {
		return utf8.RuneCountInString(tag) > MaxTag
	}) {
		c.add("tags", fmt.Sprintf("A tag has at most %d characters.", MaxTag))
	}
}

func (c *checker) websites(websites []Website) {
	c.count("website", "websites", len(websites), MaxWebsites)
	for n, w := range websites {
		c.length(fmt.Sprintf("website.%d.label", n), "A label", w.Label, MaxLabel)
		c.length(fmt.Sprintf("website.%d.url", n), "A web address", w.URL, MaxURL)
	}
}

func (c *checker) sections(sections []Section) {
	c.count("section", "sections", len(sections), MaxSections)
	ids := map[string]bool{}
	for n, s := range sections {
		c.length(fmt.Sprintf("section.%d.title", n), "A section's title", s.Title, MaxLabel)
		c.id(fmt.Sprintf("section.%d.id", n), "section", s.ID, ids)
	}
}

// id checks the ID of a section or a field, of which there are others.
func (c *checker) id(field, what, id string, others map[string]bool) {
	c.length(field, "An ID", id, MaxID)
	if id != "" && others[id] {
		c.add(field, "Another "+what+" has this ID. Choose another one.")
	}
	others[id] = true
}

func (c *checker) fields(item Item) {
	c.count("field", "fields", len(item.Fields), MaxFields)
	sections := map[string]bool{"": true}
	for _, s := range item.Sections {
		sections[s.ID] = true
	}
	ids := map[string]bool{}
	for n, f := range item.Fields {
		at := func(part string) string { return fmt.Sprintf("field.%d.%s", n, part) }
		c.length(at("title"), "A field's label", f.Title, MaxLabel)
		c.length(at("value"), "A value", f.Value, MaxValue)
		c.length(at("type"), "A type", string(f.Type), MaxTypeName)
		c.id(at("id"), "field", f.ID, ids)
		if !sections[f.SectionID] {
			c.add(at("section"), "There is no such section. Choose one of the item's.")
		}
	}
}

// TidyItem returns an item with what every stored item has: valid UTF-8, an ID from newID for each
// section and field without one, a type for each field, a category, and tags without blanks around
// them, each once.
func TidyItem(item Item, newID func() (string, error)) (Item, error) {
	valid := func(texts ...*string) {
		for _, text := range texts {
			*text = strings.ToValidUTF8(*text, "\uFFFD")
		}
	}
	item.Fields, item.Sections = slices.Clone(item.Fields), slices.Clone(item.Sections)
	item.Websites = slices.Clone(item.Websites)
	valid(&item.Title, (*string)(&item.Category), &item.Notes)
	if item.Category == "" {
		item.Category = SecureNote
	}
	item.Tags = tidyTags(item.Tags)
	for i := range item.Websites {
		valid(&item.Websites[i].Label, &item.Websites[i].URL)
	}
	var err error
	for i := range item.Sections {
		s := &item.Sections[i]
		valid(&s.ID, &s.Title)
		if s.ID == "" {
			if s.ID, err = newID(); err != nil {
				return item, err
			}
		}
	}
	for i := range item.Fields {
		f := &item.Fields[i]
		valid(&f.ID, &f.Title, &f.SectionID, (*string)(&f.Type), &f.Value)
		if f.Type == "" {
			f.Type = FieldText
		}
		if f.ID == "" {
			if f.ID, err = newID(); err != nil {
				return item, err
			}
		}
	}
	return item, nil
}

func tidyTags(tags []string) []string {
	var tidy []string
	for _, tag := range tags {
		tag = strings.TrimSpace(strings.ToValidUTF8(tag, "\uFFFD"))
		if tag != "" && !slices.Contains(tidy, tag) {
			tidy = append(tidy, tag)
		}
	}
	return tidy
}

// CopyTitle returns the title of an item's copy, within MaxTitle.
func CopyTitle(title string) string {
	const suffix = " (copy)"
	runes := []rune(title)
	return string(runes[:min(len(runes), MaxTitle-len(suffix))]) + suffix
}

// MaxName is the longest name of a vault, in characters.
const MaxName = 200

// ParseName returns a vault's name without blanks around it, or fault.Invalid for none and for one that is
// too long.
func ParseName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", fault.Field("name", fault.CodeInvalid, "Give the vault a name.")
	}
	if utf8.RuneCountInString(name) > MaxName {
		return "", fault.Field("name", fault.CodeInvalid,
			fmt.Sprintf("A vault's name has at most %d characters.", MaxName))
	}
	return name, nil
}
