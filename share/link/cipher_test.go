package link

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func testCipher(t testing.TB) Cipher {
	t.Helper()
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return NewCipher(secret, Terms{1, 2, 0, Anyone})
}

func TestValidTerms(t *testing.T) {
	for want, all := range map[bool][]Terms{
		true: {{Audience: Anyone}, {1, 2, 3, Recipients}},
		false: {
			{},
			{1, 2, 3, "everybody"},
			{-1, 2, 3, Anyone},
			{1, -2, 3, Anyone},
			{1, 2, -3, Anyone},
		},
	} {
		for _, terms := range all {
			if terms.Valid() != want {
				t.Errorf("%+v: %v", terms, !want)
			}
		}
	}
}

func TestSealPads(t *testing.T) {
	cipher := testCipher(t)
	for _, length := range []int{0, 1, 511, 512, 513, 5000} {
		text := strings.Repeat("x", length)
		nonce, sealed, err := cipher.Seal([]byte(text), rand.Reader)
		if err != nil || len(sealed)%512 != 16 || len(sealed)-16-length >= 512 {
			t.Errorf("%d bytes seal to %d, %v", length, len(sealed), err)
		}
		if plain, err := cipher.Open(nonce, sealed); err != nil || string(plain) != text {
			t.Errorf("%d bytes open to %d, %v", length, len(plain), err)
		}
		if _, err := cipher.Open(append(nonce, 0), sealed); !errors.Is(err, ErrTampered) {
			t.Errorf("a nonce of another size: %v", err)
		}
	}
}

// pad fills a text with spaces, as Seal does.
func pad(text string) []byte {
	return append([]byte(text), bytes.Repeat([]byte{' '}, (padding-len(text)%padding)%padding)...)
}

func TestContentThatIsRejected(t *testing.T) {
	for why, plain := range map[string][]byte{
		"no padding":                []byte(`{"title":"x"}`),
		"more padding than due":     append(pad(`{"title":"x"}`), pad(" ")...),
		"padding alone":             pad(" "),
		"no content":                nil,
		"cut JSON":                  pad(`{"title":"x"`),
		"invalid UTF-8":             pad("{\"title\":\"\xff\"}"),
		"a byte order mark":         pad("\ufeff{}"),
		"a number instead of text":  pad(`{"title":1}`),
		"a second JSON value":       pad(`{"title":"x"}{}`),
		"text before the JSON":      pad(`x {"title":"x"}`),
		"a padding of line breaks":  append([]byte(`{"title":"x"}`), bytes.Repeat([]byte("\n"), 500)...),
		"a JSON value of no object": pad(`[1]`),
	} {
		text, err := unpad(plain)
		if err == nil {
			_, err = ParseContent(text)
		}
		if !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", why, err)
		}
	}
	for _, text := range []string{`{"title":"x"}`, `{"title":"` + strings.Repeat("x", padding-12) + `"}`} {
		if got, err := unpad(pad(text)); err != nil || string(got) != text {
			t.Errorf("%d bytes: %q, %v", len(text), got, err)
		}
	}
}

func TestFileEntriesThatAreRejected(t *testing.T) {
	valid := File{Size: 10, ChunkSize: 1 << 20, NoncePrefix: "SoMToI0txg"}
	for why, change := range map[string]func(*File){
		"a negative index":               func(f *File) { f.Index = -1 },
		"a negative size":                func(f *File) { f.Size = -1 },
		"chunks of no bytes":             func(f *File) { f.ChunkSize = 0 },
		"chunks that fill the memory":    func(f *File) { f.ChunkSize = MaxChunkSize + 1 },
		"more chunks than the nonce has": func(f *File) { f.Size, f.ChunkSize = 1<<40, 1 },
		"a prefix of another size":       func(f *File) { f.NoncePrefix = "SoMToI0t" },
		"a prefix that is not base64":    func(f *File) { f.NoncePrefix = "SoMToI0t*g" },
	} {
		f := valid
		change(&f)
		if _, err := testCipher(t).File(f); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := testCipher(t).File(valid); err != nil {
		t.Error(err)
	}
}

func FuzzParseContent(f *testing.F) {
	f.Add([]byte(`{"title":"x","fields":[{"title":"a","type":"Text","value":"v"}],` +
		`"files":[{"index":0,"size":1,"chunk_size":1}]}   `))
	f.Add([]byte("null"))
	f.Add([]byte("\xff{}"))
	cipher := testCipher(f)
	f.Fuzz(func(t *testing.T, plain []byte) {
		text, err := unpad(pad(string(plain)))
		if err != nil {
			return
		}
		content, err := ParseContent(text)
		if err != nil && !errors.Is(err, ErrTampered) {
			t.Errorf("%q: %v", plain, err)
		}
		for _, file := range content.Files {
			_, _ = cipher.File(file)
		}
	})
}
