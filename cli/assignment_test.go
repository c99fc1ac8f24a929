package cli

import (
	"strings"
	"testing"

	"itemshare/vault"
	passwords "itemshare/vault/password"
)

func TestParseAssignment(t *testing.T) {
	for _, c := range []struct {
		text string
		want assignment
		ok   bool
	}{
		{"username=ann", assignment{name: "username", value: "ann"}, true},
		{"note=a=b\\=c", assignment{name: "note", value: "a=b\\=c"}, true},
		{"empty=", assignment{name: "empty"}, true},
		{"Access.host[url]=https://x", assignment{name: "Access.host", kind: vault.FieldURL, value: "https://x"}, true},
		{"code[OTP]=-", assignment{name: "code", kind: vault.FieldTOTP, input: true}, true},
		{"key[concealed]=k", assignment{name: "key", kind: vault.FieldConcealed, value: "k"}, true},
		{"key[password]=k", assignment{name: "key", kind: vault.FieldConcealed, value: "k"}, true},
		{`a\=b\[x\]=v`, assignment{name: `a\=b\[x\]`, value: "v"}, true},
		{"old[delete]", assignment{name: "old", remove: true}, true},
		{"old[delete]=-", assignment{name: "old", remove: true, value: "-"}, true},
		{"host[nothing]=x", assignment{}, false},
		{"hunter2", assignment{}, false},
		{"hunter2[text]", assignment{}, false},
		{"=hunter2", assignment{}, false},
		{" [url]=hunter2", assignment{}, false},
	} {
		got, err := parseAssignment(c.text)
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%s: %+v, %v", c.text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error has the value: %v", c.text, err)
		}
	}
}

// TestFieldNames: which field a name means, and what a name cannot decide.
func TestFieldNames(t *testing.T) {
	item := vault.Item{
		Notes:    "the notes",
		Sections: []vault.Section{{ID: "s1", Title: "Staging"}, {ID: "s2", Title: "Live"}},
		Fields: []vault.Field{
			{ID: "password", Title: "Secret", Value: "top"},
			{ID: "f1", Title: "host", SectionID: "s1", Value: "staging host"},
			{ID: "f2", Title: "host", SectionID: "s2", Value: "live host"},
			{ID: "f3", Title: "Password", SectionID: "s2", Value: "live password"},
			{ID: "f4", Title: "api.example", Value: "dotted"},
			{ID: "f5", Title: "Port", Value: "22"},
		},
	}
	for name, want := range map[string]string{
		"password":      "top", // an ID wins over a title
		"Secret":        "top",
		"f1":            "staging host",
		"Staging.host":  "staging host",
		"live.HOST":     "live host",
		"s2.host":       "live host",
		"Live.password": "live password",
		"api.example":   "dotted",
		`api\.example`:  "dotted",
		"port":          "22",
		"notes":         "the notes",
		"notesPlain":    "the notes",
		"host":          "! 2 fields",
		"Live.port":     "! no field",
		"nothing":       "! no field",
	} {
		got, err := fieldOf(item, name)
		text, fails := strings.CutPrefix(want, "! ")
		switch {
		case fails && (err == nil || !strings.Contains(err.Error(), text)):
			t.Errorf("%s: %+v, %v", name, got, err)
		case !fails && (err != nil || got.Value != want):
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseRecipe(t *testing.T) {
	for text, want := range map[string]passwords.Recipe{
		"":                  passwords.DefaultRandom,
		"32":                {Type: passwords.Random, Length: 32, Digits: true, Symbols: true},
		"letters,digits,32": {Type: passwords.Random, Length: 32, Digits: true},
		"letters":           {Type: passwords.Random, Length: 20},
		"Symbols,12":        {Type: passwords.Random, Length: 12, Symbols: true},
		"memorable,6": {
			Type: passwords.Memorable, Words: 6, Separator: passwords.Hyphens, WordList: passwords.FullWords,
		},
		"pin,4": {Type: passwords.Pin, Length: 4},
	} {
		if got, err := parseRecipe(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"5", "letters,1000", "emoji", "pin,99", "8,9", "-8", ",", "memorable,1"} {
		if got, err := parseRecipe(text); err == nil {
			t.Errorf("%q is accepted: %+v", text, got)
		}
	}
}
