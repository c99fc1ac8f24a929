package vault

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCardType runs each case of testdata/cards.json in Go and in the form's script.
func TestCardType(t *testing.T) {
	text, err := os.ReadFile("testdata/cards.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Number, Type, Why string }
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 20 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	cmd := exec.Command("node", "--input-type=module", "--eval", `
		import { readFileSync } from "node:fs";
		const { cardType } = await import("data:text/javascript;base64," +
			readFileSync("../static/src/cards.js").toString("base64"));
		console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((c) => cardType(c.number))));`)
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(text)), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("node, which make test installs: %v", err)
	}
	var script []string
	if err := json.Unmarshal(output, &script); err != nil || len(script) != len(cases) {
		t.Fatalf("the script says %s, %v", output, err)
	}
	for i, c := range cases {
		if got := CardType(c.Number); got != c.Type || script[i] != c.Type {
			t.Errorf("%q: %q, the script says %q, want %q: %s", c.Number, got, script[i], c.Type, c.Why)
		}
	}
	for _, r := range cardRanges {
		known := false
		for _, choice := range Choices(CreditCard, "type") {
			known = known || choice == r.cardType
		}
		if !known || len(r.first) != len(r.last) {
			t.Errorf("%+v is no choice of the form, or its ends have two lengths", r)
		}
	}
}
