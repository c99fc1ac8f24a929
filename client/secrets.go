package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"itemshare/fault"
	"itemshare/vault/password"
)

// Secrets makes passwords, as the SDK's does.
var Secrets secretsUtil

type secretsUtil struct{}

// GeneratePasswordResponse has a new password. It prints without it; use the field Password by name.
type GeneratePasswordResponse struct {
	Password string `json:"password"`
}

// Format prints a placeholder, never the password, whatever the verb.
func (GeneratePasswordResponse) Format(f fmt.State, _ rune) { io.WriteString(f, "[password]") }

// GeneratePassword makes a password by a recipe, on this machine. A recipe that is not accepted is
// [CodeInvalid].
func (secretsUtil) GeneratePassword(
	_ context.Context, recipe PasswordRecipe,
) (GeneratePasswordResponse, error) {
	made, err := password.Generate(rand.Reader, recipe.recipe())
	if problems := fault.ProblemsOf(err); len(problems) > 0 {
		p := problems[0]
		err = &Error{
			Status: http.StatusUnprocessableEntity, Code: CodeInvalid, Detail: p.Detail,
			Problems: []Problem{{Code: CodeInvalid, Field: p.Field, Detail: p.Detail}},
		}
	}
	return GeneratePasswordResponse{made}, during("generate a password", err)
}

// PasswordRecipeTypes is the kind of a password.
type PasswordRecipeTypes string

// The kinds.
const (
	PasswordRecipeTypeVariantMemorable PasswordRecipeTypes = "Memorable"
	PasswordRecipeTypeVariantPin       PasswordRecipeTypes = "Pin"
	PasswordRecipeTypeVariantRandom    PasswordRecipeTypes = "Random"
)

// PasswordRecipeMemorableInner makes words with separators between them: 3 to 15. Capitalize writes one
// of them in capitals.
type PasswordRecipeMemorableInner struct {
	SeparatorType SeparatorType `json:"separatorType"`
	Capitalize    bool          `json:"capitalize"`
	WordListType  WordListType  `json:"wordListType"`
	WordCount     uint32        `json:"wordCount"`
}

// PasswordRecipePinInner makes digits: 3 to 12.
type PasswordRecipePinInner struct {
	Length uint32 `json:"length"`
}

// PasswordRecipeRandomInner makes letters, with at least one digit and one symbol if they are
// included: 8 to 100 characters.
type PasswordRecipeRandomInner struct {
	IncludeDigits  bool   `json:"includeDigits"`
	IncludeSymbols bool   `json:"includeSymbols"`
	Length         uint32 `json:"length"`
}

// SeparatorType stands between the words of a memorable password.
type SeparatorType string

// The separators. Digits, and digits and symbols, are drawn for each gap.
const (
	SeparatorTypeDigits           SeparatorType = "digits"
	SeparatorTypeDigitsAndSymbols SeparatorType = "digitsAndSymbols"
	SeparatorTypeSpaces           SeparatorType = "spaces"
	SeparatorTypeHyphens          SeparatorType = "hyphens"
	SeparatorTypeUnderscores      SeparatorType = "underscores"
	SeparatorTypePeriods          SeparatorType = "periods"
	SeparatorTypeCommas           SeparatorType = "commas"
)

// WordListType is what the words of a memorable password are.
type WordListType string

// The word lists.
const (
	WordListTypeFullWords    WordListType = "fullWords" // of the EFF's large list
	WordListTypeSyllables    WordListType = "syllables"
	WordListTypeThreeLetters WordListType = "threeLetters"
)

// PasswordRecipe says which password to make.
type PasswordRecipe struct {
	Type       PasswordRecipeTypes
	parameters any
}

// NewPasswordRecipeTypeVariantMemorable returns a recipe for words.
func NewPasswordRecipeTypeVariantMemorable(content *PasswordRecipeMemorableInner) PasswordRecipe {
	return PasswordRecipe{PasswordRecipeTypeVariantMemorable, content}
}

// NewPasswordRecipeTypeVariantPin returns a recipe for digits.
func NewPasswordRecipeTypeVariantPin(content *PasswordRecipePinInner) PasswordRecipe {
	return PasswordRecipe{PasswordRecipeTypeVariantPin, content}
}

// NewPasswordRecipeTypeVariantRandom returns a recipe for characters.
func NewPasswordRecipeTypeVariantRandom(content *PasswordRecipeRandomInner) PasswordRecipe {
	return PasswordRecipe{PasswordRecipeTypeVariantRandom, content}
}

// MarshalJSON encodes the SDK's form.
func (p PasswordRecipe) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"type": p.Type, "parameters": p.parameters})
}

// most bounds a number of a recipe, which is then too large for any.
const most = 1 << 20

// recipe returns the recipe as package password has it.
func (p PasswordRecipe) recipe() password.Recipe {
	switch c := p.parameters.(type) {
	case *PasswordRecipeMemorableInner:
		return password.Recipe{
			Type: password.Memorable, Words: int(min(c.WordCount, most)), Capitalize: c.Capitalize,
			Separator: password.Separator(c.SeparatorType), WordList: password.WordList(c.WordListType),
		}
	case *PasswordRecipePinInner:
		return password.Recipe{Type: password.Pin, Length: int(min(c.Length, most))}
	case *PasswordRecipeRandomInner:
		return password.Recipe{
			Type: password.Random, Length: int(min(c.Length, most)),
			Digits: c.IncludeDigits, Symbols: c.IncludeSymbols,
		}
	}
	return password.Recipe{}
}
