package views

import (
	"strconv"
	"strings"
	"time"

	"itemshare/share"
)

// PreviewProps are the values of PreviewPage and of its fragment Preview.
type PreviewProps struct {
	Shell      Shell
	Item       ItemRef
	Content    RecipientItemProps
	Terms      share.Terms
	Recipients []RecipientName
	Included   share.Included
}

// RecipientItemProps is a shared item as its recipient sees it, before they reveal anything.
type RecipientItemProps struct {
	Title      string
	Category   string // in words, such as "Secure note"
	Sharer     string
	Sections   []RecipientSection
	Files      []RecipientFile
	FilesUntil time.Time // when files can be downloaded no more
	Tags       []string
}

// RecipientSection is a group of fields; Title is "" for those of no section.
type RecipientSection struct {
	Title  string
	Fields []RecipientField
}

// RecipientField is one labelled value.
type RecipientField struct {
	Label string
	Type  string // the SDK's name
	Value string // "" if it is concealed
	// Concealed reports whether a recipient has to reveal it. The code of a one-time password shows.
	Concealed bool
	Code      *RecipientCode // of a one-time password, nil for other fields
	Fault     string         // why a one-time password makes no code, "" if it does
}

// RecipientCode is a running one-time code.
type RecipientCode struct {
	Codes []string // the current one, and those that follow it
	Left  time.Duration
	Every time.Duration
}

// RecipientFile is one attachment; Size is in words, such as "1.2 MiB".
type RecipientFile struct {
	Name string
	Size string
}

// The functions below say what the recipient's page does: item-text.js and recipient-item.js.

// lastingWords says whether the link opens again, without its time: that follows where Until.
func lastingWords(terms share.Terms) (words string, until bool) {
	switch terms.MaxViews {
	case 0:
		return "You can open this link again until ", true
	case 1:
		return "This was the only view. Save what you need before leaving this page.", false
	}
	limit := " views in total."
	if terms.Audience == share.Recipients {
		limit = " views per person."
	}
	life := time.Duration(terms.ExpiresAt-terms.CreatedAt) * time.Second
	return strconv.Itoa(terms.MaxViews) + limit + " Expires in " + share.Span(life) + ".", false
}

// holdingWords says what a download as text holds.
func holdingWords(item RecipientItemProps) string {
	words := "It holds every field, hidden ones too"
	for _, section := range item.Sections {
		for _, f := range section.Fields {
			if f.Code != nil || f.Fault != "" {
				words += ", and the key of the one-time password"
			}
		}
	}
	if len(item.Files) > 0 {
		words += ", but no files"
	}
	return words + ". The download isn't encrypted."
}

// isLong reports whether a value takes the width below its buttons.
func isLong(f RecipientField) bool {
	return len([]rune(f.Value)) > 40 || strings.Contains(f.Value, "\n")
}

// inHalves returns a code as people read it aloud.
func inHalves(code string) string {
	half := (len(code) + 1) / 2
	return code[:half] + " " + code[half:]
}

func codesInHalves(c *RecipientCode) string {
	var all []string
	for _, code := range c.Codes {
		all = append(all, inHalves(code))
	}
	return strings.Join(all, ",")
}

// seedSuffix says on its buttons that they are about a seed that makes no code.
func seedSuffix(f RecipientField) string {
	if f.Fault != "" {
		return " seed"
	}
	return ""
}
