package share

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestParse64IsCanonical(t *testing.T) {
	for _, c := range []struct{ why, text string }{
		{"line breaks are skipped by the decoder", "AAECAwQFBgcICQoL\nDA0ODw"},
		{"unused bits", "AAECAwQFBgcICQoLDA0ODx"},
		{"padding", "AAECAwQFBgcICQoLDA0ODw=="},
		{"other length", "AAECAwQFBgcICQoLDA0O"},
		{"other alphabet", "++ECAwQFBgcICQoLDA0ODw"},
	} {
		if _, ok := parse64(c.text, 16); ok {
			t.Errorf("%s: %q is read", c.why, c.text)
		}
	}
	if _, ok := parse64("AAECAwQFBgcICQoLDA0ODw", 16); !ok {
		t.Error("a good id is refused")
	}
}

// What somebody logs by mistake must not open a share.
func TestSecretsPrintAsPlaceholders(t *testing.T) {
	secret, err := NewSecret(bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	text := text64.EncodeToString(secret.bytes[:])
	token := secret.Token()
	created := Created{ID: "x", Link: secret.link("https://a.example")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, value := range []any{secret, token, created, struct{ S Secret }{secret}} {
			got := fmt.Sprintf(verb, value)
			if strings.Contains(got, text) || strings.Contains(got, "7 7 7") || strings.Contains(got, "070707") || strings.Contains(got, text64.EncodeToString(token.bytes[:])) {
				t.Errorf("%s of %T prints %s", verb, value, got)
			}
		}
	}
}

func FuzzLink(f *testing.F) {
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314Stc")
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314StB")
	f.Add("eI0yiPRaHw_ojXYKeINjeig4dBtxOpHxj7n2U314St\n")
	f.Fuzz(func(t *testing.T, text string) {
		secret, ok := ParseSecret(text)
		if ok && secret.link("") != "/s#"+text {
			t.Errorf("%q is a second text of the same secret", text)
		}
		if _, token := ParseToken(text); token != ok {
			t.Errorf("%q is a secret or a token, not both", text)
		}
	})
}
