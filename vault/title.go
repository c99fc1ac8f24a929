package vault

import (
	"strings"
	"unicode"
)

// Untitled is the title of an item whose own title shows nothing.
const Untitled = "Untitled"

// ShownTitle returns the title, or Untitled if nothing of it would be seen: it is empty, or it holds
// only white space and characters that do not show. Vaults return every item with a title that was
// passed through it.
func ShownTitle(title string) string {
	if strings.ContainsFunc(title, isShown) {
		return title
	}
	return Untitled
}

// blanks are letters and symbols that look like a blank.
const blanks = "\u115f\u1160\u2800\u3164\uffa0"

func isShown(r rune) bool {
	return !unicode.In(r, unicode.C, unicode.Z, unicode.M, unicode.Variation_Selector) &&
		!strings.ContainsRune(blanks, r)
}
