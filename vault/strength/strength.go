// Package strength estimates how hard a password is to guess. It never logs or stores one.
package strength

import (
	"strings"

	"github.com/trustelem/zxcvbn"
)

// Score is how hard a password is to guess, from 0 to 4 as zxcvbn counts: below 10³
// guesses, 10⁶, 10⁸, 10¹⁰, and above.
type Score int

// The five scores.
const (
	VeryWeak Score = iota
	Weak
	Fair
	Good
	Strong
)

// String returns the score in words.
func (s Score) String() string {
	return [...]string{"Very weak", "Weak", "Fair", "Good", "Strong"}[s]
}

// maxEstimated is how many bytes of a password are estimated: the time grows with the square
// of the length, and the rest can only make it stronger.
const maxEstimated = 100

// Estimate returns the score of a password. Words that a guesser would try first, such as
// the user name and the item's title, count as known.
func Estimate(password string, known ...string) Score {
	words := make([]string, len(known))
	for i := range known {
		words[i] = beginning(known[i])
	}
	return Score(zxcvbn.PasswordStrength(beginning(password), words).Score)
}

// beginning returns the part of a text that is estimated, without half a character at its end.
func beginning(text string) string {
	if len(text) > maxEstimated {
		text = text[:maxEstimated]
	}
	return strings.ToValidUTF8(text, "")
}
