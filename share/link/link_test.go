package link

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
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

func TestParse(t *testing.T) {
	secret := readVectors(t).Link.Accept[0]
	for text, baseURL := range map[string]string{
		"https://a.example/s#" + secret:              "https://a.example",
		" https://a.example/s#" + secret + "\r\n":    "https://a.example",
		"https://a.example/share/s#" + secret:        "https://a.example/share",
		"https://a.example/s/#" + secret:             "https://a.example",
		"https://a.example/s%23" + secret:            "https://a.example",
		"https://a.example/s?utm_source=x#" + secret: "https://a.example",
		"http://localhost:8080/s#" + secret:          "http://localhost:8080",
		"http://127.0.0.1:8080/s#" + secret:          "http://127.0.0.1:8080",
	} {
		if got, s, err := Parse(text); err != nil || got != baseURL ||
			Encode(s.bytes[:]) != secret {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	rejected := map[string]string{
		"no secret":           "https://a.example/s",
		"another path":        "https://a.example/t#" + secret,
		"no path":             "https://a.example/#" + secret,
		"no server":           "/s#" + secret,
		"another scheme":      "ftp://a.example/s#" + secret,
		"the secret alone":    secret,
		"a slash after it":    "https://a.example/s#" + secret + "/",
		"an empty text":       "",
		"a line break within": "https://a.example/s#" + secret[:10] + "\n" + secret[10:],
		"a control character": "https://a.example\x00/s#" + secret,
	}
	for _, v := range readVectors(t).Link.Refuse {
		rejected[v.Why] = "https://a.example/s#" + v.Text
	}
	for why, text := range rejected {
		_, _, err := Parse(text)
		if !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", why, err)
		} else if strings.Contains(err.Error(), secret[:20]) {
			t.Errorf("%s: the error quotes the link", why)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "#", "https://a.example/s%23x", "http://[::1]/s#", "https://%zz/s#",
		"https://a.example/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		baseURL, secret, err := Parse(text)
		if err != nil {
			return
		}
		if again, same, err := Parse(secret.URL(baseURL)); err != nil || again != baseURL ||
			same != secret {
			t.Errorf("%q: %q, %v", text, again, err)
		}
	})
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
