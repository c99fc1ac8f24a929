package password

import (
	"crypto/rand"
	_ "embed"
	"fmt"
	"io"
	"math/big"
	"strings"
)

//go:embed words.txt
var wordList string

// fullWords are the EFF's large list, one word for each five rolls of a die.
var fullWords = strings.Fields(wordList)

// What passwords are made of. Letters and digits that are easily taken for one another stay:
// each left out makes a password easier to guess, and passwords are copied, not read.
const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	symbols = "!@#$%^&*-_.+?"
)

// Syllables are a consonant, a vowel and a consonant.
const (
	consonants = "bdfghjklmnprstvwz"
	vowels     = "aeiou"
)

// Generate returns a password made by a recipe from random bytes, each possible one as
// likely as any other. It fails with fault.Invalid where the recipe is not accepted.
func Generate(random io.Reader, recipe Recipe) (string, error) {
	if err := recipe.Check(); err != nil {
		return "", err
	}
	g := generator{random: random}
	made := g.make(recipe)
	if g.err != nil {
		return "", fmt.Errorf("make a password: %w", g.err)
	}
	return made, nil
}

// generator draws from random bytes until they fail; then it draws nothing more.
type generator struct {
	random io.Reader
	err    error
}

func (g *generator) make(r Recipe) string {
	switch r.Type {
	case Pin:
		return g.string(digits, r.Length)
	case Random:
		return g.characters(r)
	default:
		return g.words(r)
	}
}

// characters draws whole passwords until one holds all that is asked for. Placing a digit and
// a symbol instead would make some passwords likelier than others.
func (g *generator) characters(r Recipe) string {
	alphabet := letters
	if r.Digits {
		alphabet += digits
	}
	if r.Symbols {
		alphabet += symbols
	}
	for g.err == nil {
		made := g.string(alphabet, r.Length)
		if (!r.Digits || strings.ContainsAny(made, digits)) &&
			(!r.Symbols || strings.ContainsAny(made, symbols)) {
			return made
		}
	}
	return ""
}

func (g *generator) words(r Recipe) string {
	words := make([]string, r.Words)
	for i := range words {
		words[i] = g.word(r.WordList)
	}
	if r.Capitalize {
		chosen := g.below(len(words))
		words[chosen] = strings.ToUpper(words[chosen])
	}
	made := words[0]
	for _, word := range words[1:] {
		made += g.separator(r.Separator) + word
	}
	return made
}

func (g *generator) word(list WordList) string {
	switch list {
	case Syllables:
		return g.string(consonants, 1) + g.string(vowels, 1) + g.string(consonants, 1)
	case ThreeLetters:
		return g.string(lower, 3)
	default:
		return g.fullWord()
	}
}

// fullWord draws each word by itself, so that one may come twice: words that never repeat
// would be easier to guess.
func (g *generator) fullWord() string { return fullWords[g.below(len(fullWords))] }

func (g *generator) separator(s Separator) string {
	if one, ok := fixed[s]; ok {
		return one
	}
	return g.string(drawn[s], 1)
}

func (g *generator) string(alphabet string, length int) string {
	made := make([]byte, length)
	for i := range made {
		made[i] = alphabet[g.below(len(alphabet))]
	}
	return string(made)
}

// below returns a number from 0 to n-1, and 0 after a failure.
func (g *generator) below(n int) int {
	if g.err != nil {
		return 0
	}
	drawn, err := rand.Int(g.random, big.NewInt(int64(n)))
	if err != nil {
		g.err = err
		return 0
	}
	return int(drawn.Int64())
}
