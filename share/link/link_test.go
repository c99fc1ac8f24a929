package link

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDecodeAcceptsOneTextOnly(t *testing.T) {
	for _, c := range []struct{ why, text string }{
		{"line breaks are skipped by the decoder", "AAECAwQFBgcICQoL\nDA0ODw"},
		{"a line break at the end", "AAECAwQFBgcICQoLDA0ODw\r\n"},
		{"unused bits", "AAECAwQFBgcICQoLDA0ODx"},
		{"padding", "AAECAwQFBgcICQoLDA0ODw=="},
		{"a length that base64 does not have", "AAECAwQFBgcICQoLDA0OD"},
		{"another length", "AAECAwQFBgcICQoLDA0O"},
		{"another alphabet", "++ECAwQFBgcICQoLDA0ODw"},
	} {
		if _, ok := ParseID(c.text); ok {
			t.Errorf("%s: %q is accepted", c.why, c.text)
		}
	}
	if id, ok := ParseID("AAECAwQFBgcICQoLDA0ODw"); !ok || id.String() != "AAECAwQFBgcICQoLDA0ODw" {
		t.Errorf("an id is read as %s, %v", id, ok)
	}
}

// TestSecretsPrintAsPlaceholders: what is logged by mistake must not open a share.
func TestSecretsPrintAsPlaceholders(t *testing.T) {
	secret, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	token := secret.Token()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, value := range []any{secret, token, struct{ S Secret }{secret}} {
			got := fmt.Sprintf(verb, value)
			for _, leak := range []string{Encode(secret.bytes[:]), token.Encode(), "7 7 7", "070707"} {
				if strings.Contains(got, leak) {
					t.Errorf("%s of %T prints %s", verb, value, got)
				}
			}
		}
	}
}

// linkCase is a row of testdata/links.json, which the tests of every reader of links share. Without
// a base the text holds no whole link.
type linkCase struct{ Case, Text, Base, Secret string }

func readLinkCases(t testing.TB) []linkCase {
	t.Helper()
	text, err := os.ReadFile("testdata/links.json")
	var file struct{ Links []linkCase }
	if err := errors.Join(err, json.Unmarshal(text, &file)); err != nil || len(file.Links) < 200 {
		t.Fatalf("%d cases, %v", len(file.Links), err)
	}
	return file.Links
}

func TestParse(t *testing.T) {
	for _, c := range readLinkCases(t) {
		baseURL, secret, err := Parse(c.Text)
		switch {
		case c.Base != "":
			if err != nil || baseURL != c.Base || Encode(secret.bytes[:]) != c.Secret {
				t.Errorf("%s: %q: %q, %v", c.Case, c.Text, baseURL, err)
			}
		case !errors.Is(err, ErrIncomplete):
			t.Errorf("%s: %q: %q, %v", c.Case, c.Text, baseURL, err)
		case len(c.Text) > 60 && strings.Contains(err.Error(), c.Text[40:60]):
			t.Errorf("%s: the error quotes the link", c.Case)
		}
	}
	for _, v := range readVectors(t).Link.Refuse {
		if _, _, err := Parse("https://a.example/s#" + v.Text); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", v.Why, err)
		}
	}
}

// TestParseLongText: the time is in proportion to the text, whatever stands in it.
func TestParseLongText(t *testing.T) {
	secret := readVectors(t).Link.Accept[0]
	for why, text := range map[string]string{
		"links without a secret": strings.Repeat("https://a.example/s#", 1<<15),
		"addresses in queries":   strings.Repeat("https://a.example/s?", 1<<15),
		"encodings":              "https://a.example/s" + strings.Repeat("%25", 1<<18) + "23" + secret,
		"line breaks":            "https://a.example/s#" + strings.Repeat("B\n", 1<<18),
		"a link far behind":      strings.Repeat("word ", 1<<15) + "https://a.example/s#" + secret,
	} {
		start := time.Now()
		if _, _, err := Parse(text); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", why, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: it took %v", why, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range readLinkCases(f) {
		f.Add(c.Text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		baseURL, secret, err := Parse(text)
		if err != nil {
			return
		}
		canonical := Encode(secret.bytes[:])
		if again, same, err := Parse(secret.URL(baseURL)); err != nil || again != baseURL ||
			same != secret {
			t.Errorf("%q: %q, %v", text, again, err)
		}
		for _, wrong := range []string{canonical[1:], canonical[:42], canonical + "A", canonical + "-"} {
			if _, _, err := Parse(baseURL + "/s#" + wrong); err == nil {
				t.Errorf("%q: %d characters are accepted", text, len(wrong))
			}
		}
		if !hasInOrder(text, canonical) {
			t.Errorf("%q: the secret is not in the text", text)
		}
	})
}

// hasInOrder reports whether the decoded text holds these characters in this order, so that none was
// made up.
func hasInOrder(text, characters string) bool {
	for range maxDecodings + 1 {
		text = unescape(text)
	}
	for _, r := range text {
		if strings.HasPrefix(characters, string(r)) {
			characters = characters[1:]
		}
	}
	return characters == ""
}

func FuzzParseSecret(f *testing.F) {
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314Stc")
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314StB")
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314St\n")
	f.Fuzz(func(t *testing.T, text string) {
		secret, ok := ParseSecret(text)
		if ok && secret.URL("") != "/s#"+text {
			t.Errorf("%q is a second text of the same secret", text)
		}
		if _, isToken := ParseToken(text); isToken != ok {
			t.Errorf("%q is accepted as a secret or as a token, but not as both", text)
		}
	})
}
