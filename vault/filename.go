package vault

import (
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The parts of a file's name in bytes. With a number between them they fit every file system.
const (
	maxStem   = 180
	maxEnding = 16
)

// obeyed matches the start of a name that a shell or a program takes for an option, a home folder or
// a list of arguments.
var obeyed = regexp.MustCompile(`^[-~+@=]+`)

// reserved matches names that Windows takes for devices, and files that a desktop obeys.
var reserved = regexp.MustCompile(`(?i)^(?:` +
	`(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin_|conout_|clock_) *(?:\.|$)|` +
	`(?:desktop\.ini|autorun\.inf|thumbs\.db)$)`)

// FileName returns a name that no shell and no system obeys for a file that a stranger named: without
// a path, without a dot or a dash at its start and without invisible characters.
func FileName(text string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune("/\\:*?\"<>|$`;&%", r):
			return '_'
		}
		return r
	}, text)
	clean = strings.TrimFunc(clean, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	clean = obeyed.ReplaceAllString(clean, "_")
	if reserved.MatchString(clean) {
		clean = "_" + clean
	}
	ending := path.Ext(clean)
	if len(ending) > maxEnding ||
		strings.ContainsFunc(strings.TrimPrefix(ending, "."), isNotAlphanumeric) {
		ending = ""
	}
	stem := strings.TrimRight(truncate(strings.TrimSuffix(clean, ending), maxStem), " .")
	if stem == "" {
		stem = "file"
	}
	return stem + ending
}

// truncate cuts text after at most limit bytes, between characters.
func truncate(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

func isNotAlphanumeric(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
