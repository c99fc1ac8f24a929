package password

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// makeByScript prints 100 passwords of the browser's generator for each recipe on standard
// input.
const makeByScript = `
import { readFileSync } from "node:fs";
const { makePassword } = await import("data:text/javascript;base64," +
	readFileSync("../../clients/javascript/passwords.js").toString("base64"));
const words = readFileSync("../../static/words.txt", "utf8").trim().split("\n");
const recipes = JSON.parse(readFileSync(0));
console.log(JSON.stringify(recipes.map((recipe) =>
	Array.from({ length: 100 }, () => makePassword(recipe, words)))));`

// TestTheScriptMakesTheSame asserts that the browser makes passwords of the same forms.
func TestTheScriptMakesTheSame(t *testing.T) {
	var recipes []map[string]any
	var wants []*regexp.Regexp
	for _, c := range recipeCases {
		recipes = append(recipes, map[string]any{
			"type": c.recipe.Type, "length": c.recipe.Length,
			"includeDigits": c.recipe.Digits, "includeSymbols": c.recipe.Symbols,
			"wordCount": c.recipe.Words, "separatorType": c.recipe.Separator,
			"wordListType": c.recipe.WordList, "capitalize": c.recipe.Capitalize,
		})
		wants = append(wants, regexp.MustCompile(c.want))
	}
	input, err := json.Marshal(recipes)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--input-type=module", "--eval", makeByScript)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(input)), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("node, which make test installs: %v", err)
	}
	var made [][]string
	if err := json.Unmarshal(output, &made); err != nil || len(made) != len(recipes) {
		t.Fatalf("%d of %d recipes: %v", len(made), len(recipes), err)
	}
	for i, passwords := range made {
		if passwords[0] == passwords[1] && passwords[1] == passwords[2] {
			t.Errorf("%+v: made %q again and again", recipes[i], passwords[0])
		}
		for _, one := range passwords {
			if !wants[i].MatchString(one) {
				t.Fatalf("%+v: made %q, want %s", recipes[i], one, wants[i])
			}
		}
	}
}

// TestOneListOfWords asserts that browsers and the clients draw from the program's list of words.
func TestOneListOfWords(t *testing.T) {
	for _, path := range []string{
		"static/words.txt", "clients/javascript/words.js", "clients/python/itemshare/words.txt",
	} {
		text, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), wordList) {
			t.Errorf("%s has other words", path)
		}
	}
}
