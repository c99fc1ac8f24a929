// Package password makes passwords by the three recipes of the 1Password SDK. It never logs or stores
// one.
package password

import (
	"fmt"
	"regexp"
	"slices"

	"itemshare/fault"
)

// Type is one of the SDK's recipes.
type Type string

// The SDK's recipes.
const (
	Memorable Type = "Memorable" // words with separators between them
	Random    Type = "Random"    // letters, with digits and symbols if asked for
	Pin       Type = "Pin"       // digits
)

// Separator stands between the words of a memorable password.
type Separator string

// The SDK's separators.
const (
	Digits           Separator = "digits"
	DigitsAndSymbols Separator = "digitsAndSymbols"
	Spaces           Separator = "spaces"
	Hyphens          Separator = "hyphens"
	Underscores      Separator = "underscores"
	Periods          Separator = "periods"
	Commas           Separator = "commas"
)

// WordList is what the words of a memorable password are.
type WordList string

// The SDK's word lists. Full words are those of the EFF's large list.
const (
	FullWords    WordList = "fullWords"
	Syllables    WordList = "syllables"
	ThreeLetters WordList = "threeLetters"
)

// Recipe says which password to make. Length counts characters and belongs to Random and
// Pin, Digits and Symbols to Random, the others to Memorable. Capitalize writes one word,
// chosen at random, in capitals.
type Recipe struct {
	Type       Type
	Length     int
	Digits     bool
	Symbols    bool
	Words      int
	Separator  Separator
	WordList   WordList
	Capitalize bool
}

// Recipes that a form begins with.
var (
	DefaultRandom    = Recipe{Type: Random, Length: 20, Digits: true, Symbols: true}
	DefaultMemorable = Recipe{Type: Memorable, Words: 4, Separator: Hyphens, WordList: FullWords}
	DefaultPin       = Recipe{Type: Pin, Length: 6}
)

// pinWords are what the label or the ID of a field with a PIN has as a word.
var pinWords = regexp.MustCompile(
	`(?i)(^|[^a-z])(pin|cvv2?|cvc2?|csc|passcode|(verification|security) (code|number))([^a-z]|$)`,
)

// Usual returns the recipe that a form begins with for a field of these names, such as its label: digits
// for a PIN, else a random password.
func Usual(names ...string) Recipe {
	if slices.ContainsFunc(names, pinWords.MatchString) {
		return DefaultPin
	}
	return DefaultRandom
}

// Span is the smallest and the largest number that a recipe accepts.
type Span struct{ Min, Max int }

// What a recipe accepts.
var (
	RandomLength = Span{8, 100}
	PinLength    = Span{3, 12}
	WordCount    = Span{3, 15}
)

// fixed are the separators that are the same between all words.
var fixed = map[Separator]string{
	Spaces: " ", Hyphens: "-", Underscores: "_", Periods: ".", Commas: ",",
}

// drawn are the separators that are drawn for each gap, with the characters to draw from.
var drawn = map[Separator]string{
	Digits: digits, DigitsAndSymbols: digits + symbols,
}

// Check returns nil if a password can be made by the recipe, and fault.Invalid with the
// field at fault otherwise.
func (r Recipe) Check() error {
	switch r.Type {
	case Random:
		return RandomLength.check("length", "characters", r.Length)
	case Pin:
		return PinLength.check("length", "digits", r.Length)
	case Memorable:
		return r.checkWords()
	}
	return fault.Field("type", fault.CodeInvalid, "Choose Memorable, Random or Pin.")
}

func (r Recipe) checkWords() error {
	if fixed[r.Separator] == "" && drawn[r.Separator] == "" {
		return fault.Field("separatorType", fault.CodeInvalid, "Choose one of the separators.")
	}
	if r.WordList != FullWords && r.WordList != Syllables && r.WordList != ThreeLetters {
		return fault.Field("wordListType", fault.CodeInvalid, "Choose one of the word lists.")
	}
	return WordCount.check("wordCount", "words", r.Words)
}

func (s Span) check(field, unit string, n int) error {
	if n >= s.Min && n <= s.Max {
		return nil
	}
	return fault.Field(field, fault.CodeInvalid,
		fmt.Sprintf("Choose from %d to %d %s.", s.Min, s.Max, unit))
}
