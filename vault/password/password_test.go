package password

import (
	"crypto/rand"
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"itemshare/fault"
)

const word = `[a-z-]+`

// recipeCases are recipes with the form of what they make.
var recipeCases = []struct {
	recipe Recipe
	want   string
}{
	{DefaultRandom, `^[A-Za-z0-9!@#$%^&*_.+?-]{20}$`},
	{Recipe{Type: Random, Length: 8}, `^[A-Za-z]{8}$`},
	{DefaultPin, `^[0-9]{6}$`},
	{DefaultMemorable, `^` + word + `(-` + word + `){3}$`},
	{memorable(FullWords, Spaces, false), `^` + word + `( ` + word + `){2}$`},
	{memorable(ThreeLetters, Digits, false), `^[a-z]{3}(\d[a-z]{3}){2}$`},
	{memorable(Syllables, Periods, false), `^[a-z]{3}(\.[a-z]{3}){2}$`},
	{memorable(Syllables, Underscores, false), `^[a-z]{3}(_[a-z]{3}){2}$`},
	{memorable(Syllables, Commas, false), `^[a-z]{3}(,[a-z]{3}){2}$`},
	{memorable(Syllables, DigitsAndSymbols, false), `^[a-z]{3}([^a-z][a-z]{3}){2}$`},
}

// TestRecipes asserts that each recipe makes what it says.
func TestRecipes(t *testing.T) {
	for _, c := range recipeCases {
		want := regexp.MustCompile(c.want)
		for range 100 {
			if made := generate(t, c.recipe); !want.MatchString(made) {
				t.Fatalf("%+v: made %q, want %s", c.recipe, made, c.want)
			}
		}
	}
}

func memorable(list WordList, separator Separator, capitalize bool) Recipe {
	return Recipe{
		Type: Memorable, Words: 3, WordList: list, Separator: separator, Capitalize: capitalize,
	}
}

func generate(t *testing.T, recipe Recipe) string {
	t.Helper()
	made, err := Generate(rand.Reader, recipe)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestOneWordInCapitals asserts that Capitalize writes exactly one word in capitals, and each
// of them at times.
func TestOneWordInCapitals(t *testing.T) {
	seen := map[int]bool{}
	for range 200 {
		capitals := -1
		for i, word := range strings.Split(generate(t, memorable(Syllables, Hyphens, true)), "-") {
			if word != strings.ToUpper(word) {
				continue
			}
			if capitals >= 0 {
				t.Fatal("two words in capitals")
			}
			capitals = i
		}
		seen[capitals] = true
	}
	if len(seen) != 3 || seen[-1] {
		t.Errorf("words in capitals: %v", seen)
	}
}

// TestDigitsAndSymbolsAreThere asserts that even a short password holds what was asked for.
func TestDigitsAndSymbolsAreThere(t *testing.T) {
	for range 500 {
		made := generate(t, Recipe{Type: Random, Length: 8, Digits: true, Symbols: true})
		if !strings.ContainsAny(made, digits) || !strings.ContainsAny(made, symbols) {
			t.Fatalf("made %q", made)
		}
	}
}

// TestEvenly asserts that each digit of a PIN comes as often as the others, within five
// standard deviations.
func TestEvenly(t *testing.T) {
	const draws = 20_000
	var counts [10]float64
	for range draws / 10 {
		for _, d := range generate(t, Recipe{Type: Pin, Length: 10}) {
			counts[d-'0']++
		}
	}
	mean, deviation := draws/10.0, math.Sqrt(draws*0.1*0.9)
	for d, count := range counts {
		if math.Abs(count-mean) > 5*deviation {
			t.Errorf("%d came %v times of %v", d, count, mean)
		}
	}
}

// TestTheListOfWords asserts that the list has a different word for each of five rolls of a die.
func TestTheListOfWords(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range fullWords {
		if !regexp.MustCompile(`^`+word+`$`).MatchString(one) || seen[one] {
			t.Errorf("the word %q", one)
		}
		seen[one] = true
	}
	if len(fullWords) != 6*6*6*6*6 {
		t.Errorf("%d words", len(fullWords))
	}
}

// TestWrongRecipes asserts that a recipe out of bounds names its field and makes nothing.
func TestWrongRecipes(t *testing.T) {
	for field, recipe := range map[string]Recipe{
		"type":          {},
		"length":        {Type: Random, Length: 7},
		"wordCount":     {Type: Memorable, Words: 2, Separator: Hyphens, WordList: FullWords},
		"separatorType": {Type: Memorable, Words: 4, WordList: FullWords},
		"wordListType":  {Type: Memorable, Words: 4, Separator: Hyphens},
	} {
		made, err := Generate(rand.Reader, recipe)
		problems := fault.ProblemsOf(err)
		if made != "" || len(problems) != 1 || problems[0].Field != field {
			t.Errorf("%+v: %q, %v", recipe, made, err)
		}
	}
}

// TestNoPasswordWithoutRandomness asserts that no weaker password is made where random bytes
// run out.
func TestNoPasswordWithoutRandomness(t *testing.T) {
	for _, recipe := range []Recipe{DefaultRandom, DefaultMemorable, DefaultPin} {
		if made, err := Generate(fails{}, recipe); err == nil || made != "" {
			t.Errorf("made %q, %v", made, err)
		}
	}
}

type fails struct{}

func (fails) Read([]byte) (int, error) { return 0, errors.New("no randomness") }
