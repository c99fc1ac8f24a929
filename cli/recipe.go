package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	passwords "itemshare/vault/password"
)

// recipeFlag is --generate-password, with a recipe or without. The zero value generates nothing.
type recipeFlag struct{ recipe passwords.Recipe }

// IsBool reports that the flag needs no value.
func (*recipeFlag) IsBool() bool { return true }

// Decode parses the recipe after "=", if there is one.
func (f *recipeFlag) Decode(ctx *kong.DecodeContext) (err error) {
	text := ""
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		text = fmt.Sprint(ctx.Scan.Pop().Value)
	}
	f.recipe, err = parseRecipe(text)
	return err
}

// parseRecipe parses a list of letters, digits, symbols, memorable, pin and a number. Without
// letters, digits and symbols a random password has all of them.
func parseRecipe(text string) (passwords.Recipe, error) {
	recipe, count := passwords.DefaultRandom, 0
	text = strings.ToLower(text)
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(word)
		switch {
		case text == "":
		case err == nil && count == 0 && n > 0:
			count = n
		case word == "memorable":
			recipe = passwords.DefaultMemorable
		case word == "pin":
			recipe = passwords.DefaultPin
		case word == "letters", word == "digits", word == "symbols":
		default:
			return recipe, fmt.Errorf("no recipe has %q: use letters, digits, symbols and a length, "+
				"or memorable or pin and a number", word)
		}
	}
	if recipe.Type == passwords.Random && strings.ContainsFunc(text, unicode.IsLetter) {
		recipe.Digits = strings.Contains(text, "digits")
		recipe.Symbols = strings.Contains(text, "symbols")
	}
	switch {
	case count == 0:
	case recipe.Type == passwords.Memorable:
		recipe.Words = count
	default:
		recipe.Length = count
	}
	if err := recipe.Check(); err != nil {
		return recipe, fmt.Errorf("%s", sentence(err))
	}
	return recipe, nil
}
