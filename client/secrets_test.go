package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"itemshare/client"
)

// TestGeneratePassword asserts that each recipe of the SDK makes what it says.
func TestGeneratePassword(t *testing.T) {
	for want, recipe := range map[string]client.PasswordRecipe{
		`^[A-Z]*[a-z-]+(-[A-Za-z-]+){3}$`: client.NewPasswordRecipeTypeVariantMemorable(
			&client.PasswordRecipeMemorableInner{
				SeparatorType: client.SeparatorTypeHyphens, WordListType: client.WordListTypeFullWords,
				WordCount: 4,
			}),
		`^\d{6}$`: client.NewPasswordRecipeTypeVariantPin(&client.PasswordRecipePinInner{Length: 6}),
		`^[A-Za-z0-9]{20}$`: client.NewPasswordRecipeTypeVariantRandom(
			&client.PasswordRecipeRandomInner{IncludeDigits: true, Length: 20}),
	} {
		made, err := client.Secrets.GeneratePassword(t.Context(), recipe)
		if err != nil || !regexp.MustCompile(want).MatchString(made.Password) {
			t.Errorf("%s: made %q, %v", want, made.Password, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", made, made, made); strings.Contains(text, made.Password) {
			t.Errorf("printed as %s", text)
		}
	}
}

// TestRecipesThatAreNotAccepted asserts that they name what is wrong and make nothing.
func TestRecipesThatAreNotAccepted(t *testing.T) {
	for field, recipe := range map[string]client.PasswordRecipe{
		"type":   {},
		"length": client.NewPasswordRecipeTypeVariantPin(&client.PasswordRecipePinInner{Length: 1<<32 - 1}),
		"wordCount": client.NewPasswordRecipeTypeVariantMemorable(&client.PasswordRecipeMemorableInner{
			SeparatorType: client.SeparatorTypeSpaces, WordListType: client.WordListTypeSyllables,
		}),
	} {
		made, err := client.Secrets.GeneratePassword(t.Context(), recipe)
		var answer *client.Error
		if made.Password != "" || !errors.As(err, &answer) || answer.Problems[0].Field != field ||
			!errors.Is(err, client.CodeInvalid) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestRecipeInJSON asserts the SDK's form of a recipe.
func TestRecipeInJSON(t *testing.T) {
	text, err := json.Marshal(
		client.NewPasswordRecipeTypeVariantPin(&client.PasswordRecipePinInner{Length: 6}),
	)
	if want := `{"parameters":{"length":6},"type":"Pin"}`; string(text) != want || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}
