package vault

import "strings"

// cardRanges are the beginnings of card numbers (ISO/IEC 7812) by type, in the words of the form. Of
// several that fit, the first counts.
var cardRanges = []struct {
	cardType    string
	first, last string // of the same length
}{
	{"American Express", "34", "34"},
	{"American Express", "37", "37"},
	{"Diners Club", "300", "305"},
	{"Diners Club", "3095", "3095"},
	{"Diners Club", "36", "36"},
	{"Diners Club", "38", "39"},
	{"JCB", "3528", "3589"},
	{"Visa", "4", "4"},
	{"Maestro", "5018", "5018"},
	{"Maestro", "5020", "5020"},
	{"Maestro", "5038", "5038"},
	{"Maestro", "5893", "5893"},
	{"Mastercard", "51", "55"},
	{"Mastercard", "2221", "2720"},
	{"Discover", "6011", "6011"},
	{"Discover", "644", "649"},
	{"Discover", "65", "65"},
	{"UnionPay", "62", "62"},
	{"Maestro", "6304", "6304"},
	{"Maestro", "6759", "6759"},
	{"Maestro", "6761", "6763"},
}

// CardType returns the type of a card by the first digits of its number, "" if they say none. Blanks and
// dashes in the number do not count. The form's script does the same: testdata/cards.json has the cases
// for both.
func CardType(number string) string {
	digits := strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return -1
		}
		return r
	}, number)
	if len(digits) < 4 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	for _, r := range cardRanges {
		if start := digits[:len(r.first)]; r.first <= start && start <= r.last {
			return r.cardType
		}
	}
	return ""
}
