package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"
)

// vectors are the known answers of the protocol, made with an independent
// implementation.
type vectors struct {
	Derive []struct {
		Secret, ID  string
		AccessToken string `json:"access_token"`
		ContentKey  string `json:"content_key"`
	}
	Content    []contentVector
	Reject     []contentVector
	File       []fileVector
	RejectFile []fileVector `json:"reject_file"`
	Link       struct {
		Accept []string
		Refuse []struct{ Why, Text string }
	}
}

type termsVector struct {
	Why, Secret, ID string
	CreatedAt       int64 `json:"created_at"`
	ExpiresAt       int64 `json:"expires_at"`
	MaxViews        int64 `json:"max_views"`
	Audience        Audience
}

type contentVector struct {
	termsVector
	Nonce, JSON, Ciphertext string
	PaddedLength            int `json:"padded_length"`
}

type fileVector struct {
	termsVector
	Index           int
	ChunkSize       int64  `json:"chunk_size"`
	PlaintextSize   int64  `json:"plaintext_size"`
	NoncePrefix     string `json:"nonce_prefix"`
	PlaintextSHA256 string `json:"plaintext_sha256"`
	Key             string
	Chunks          []string
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("../share/testdata/share-link-v1.vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Derive)*len(v.Content)*len(v.File)*len(v.Reject)*len(v.RejectFile)*len(v.Link.Accept)*len(v.Link.Refuse) == 0 {
		t.Fatal("the vectors are incomplete")
	}
	return v
}

func (v termsVector) terms() sealedTerms {
	return sealedTerms{protocol, v.CreatedAt, v.ExpiresAt, v.MaxViews, v.Audience}
}

func (v termsVector) secretOf(t *testing.T) secret {
	t.Helper()
	s, ok := parseSecret(v.Secret)
	if !ok || s.id() != v.ID {
		t.Fatalf("the secret of %s does not give its id", v.ID)
	}
	return s
}

func TestVectorsDerive(t *testing.T) {
	for _, v := range readVectors(t).Derive {
		s, ok := parseSecret(v.Secret)
		if !ok || s.id() != v.ID || s.token() != v.AccessToken || text64.EncodeToString(s.contentKey()) != v.ContentKey {
			t.Errorf("%s: derives %s", v.ID, s.id())
		}
	}
}

func TestVectorsContent(t *testing.T) {
	for _, v := range readVectors(t).Content {
		plain, err := v.secretOf(t).openContent(v.terms(), v.Nonce, v.Ciphertext)
		if err != nil || len(plain) != v.PaddedLength || string(bytes.TrimRight(plain, " ")) != v.JSON {
			t.Errorf("%s: opens to %d bytes, %v", v.ID, len(plain), err)
		}
	}
}

func TestVectorsRejectContent(t *testing.T) {
	all := readVectors(t)
	for _, v := range all.Reject {
		if plain, err := v.secretOf(t).openContent(v.terms(), v.Nonce, v.Ciphertext); !errors.Is(err, ErrRefused) || plain != nil {
			t.Errorf("%s: %v", v.Why, err)
		}
	}
	good := all.Content[0]
	for why, change := range map[string]func(*sealedTerms, *contentVector){
		"another protocol":        func(s *sealedTerms, _ *contentVector) { s.Protocol = "itemshare/v2" },
		"an audience of no kind":  func(s *sealedTerms, _ *contentVector) { s.Audience = "everybody" },
		"a count below nothing":   func(s *sealedTerms, _ *contentVector) { s.MaxViews = -1 },
		"a nonce of another size": func(_ *sealedTerms, v *contentVector) { v.Nonce += "AAAA" },
		"line breaks":             func(_ *sealedTerms, v *contentVector) { v.Ciphertext = v.Ciphertext[:4] + "\n" + v.Ciphertext[4:] },
		"padding":                 func(_ *sealedTerms, v *contentVector) { v.Ciphertext += "=" },
	} {
		terms, v := good.terms(), good
		change(&terms, &v)
		if _, err := v.secretOf(t).openContent(terms, v.Nonce, v.Ciphertext); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// read opens a file as a caller would, from chunks that a server gives whatever it
// is asked for.
func (v fileVector) read(t *testing.T) ([]byte, error) {
	t.Helper()
	s := v.secretOf(t)
	o := &Opened{link: held{secret: s, terms: v.terms()}}
	r, err := o.OpenFile(t.Context(), SharedFile{Index: v.Index, Size: v.PlaintextSize, ChunkSize: v.ChunkSize, NoncePrefix: v.NoncePrefix})
	if err != nil {
		t.Fatal(err)
	}
	r.(*fileReader).fetch = func(n, most int64) ([]byte, error) {
		if n >= int64(len(v.Chunks)) {
			return nil, &Error{Status: 404, Code: CodeNotFound}
		}
		sealed, err := text64.DecodeString(v.Chunks[n])
		if int64(len(sealed)) > most {
			return nil, errTooLong
		}
		return sealed, err
	}
	return io.ReadAll(r)
}

func TestVectorsFile(t *testing.T) {
	for _, v := range readVectors(t).File {
		plain, err := v.read(t)
		sum := sha256.Sum256(plain)
		if err != nil || hex.EncodeToString(sum[:]) != v.PlaintextSHA256 {
			t.Errorf("file %d: %d bytes, %v", v.Index, len(plain), err)
		}
		if key := v.secretOf(t).fileKey(v.Index); text64.EncodeToString(key) != v.Key {
			t.Errorf("file %d: another key", v.Index)
		}
	}
}

func TestVectorsRejectFile(t *testing.T) {
	all := readVectors(t)
	for _, v := range all.RejectFile {
		if plain, err := v.read(t); err == nil || int64(len(plain)) >= v.PlaintextSize {
			t.Errorf("%s: %d bytes, %v", v.Why, len(plain), err)
		}
	}
	for why, change := range map[string]func(*fileVector){
		"a size that is too small by one": func(v *fileVector) { v.PlaintextSize-- },
		"a size that is too large by one": func(v *fileVector) { v.PlaintextSize++ },
		"another file's key":              func(v *fileVector) { v.Index++ },
		"another prefix":                  func(v *fileVector) { v.NoncePrefix = "AAAAAAAAAA" },
		"other terms":                     func(v *fileVector) { v.MaxViews = 7 },
	} {
		v := all.File[2]
		change(&v)
		if _, err := v.read(t); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestFileEntriesThatAreRefused(t *testing.T) {
	good := SharedFile{Size: 10, ChunkSize: 1 << 20, NoncePrefix: "SoMToI0txg"}
	s, _ := parseSecret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
	o := &Opened{link: held{secret: s, terms: sealedTerms{protocol, 1, 2, 0, AudienceAnyone}}}
	for why, change := range map[string]func(*SharedFile){
		"an index below nothing":     func(f *SharedFile) { f.Index = -1 },
		"a size below nothing":       func(f *SharedFile) { f.Size = -1 },
		"chunks of nothing":          func(f *SharedFile) { f.ChunkSize = 0 },
		"chunks that fill a memory":  func(f *SharedFile) { f.ChunkSize = largestChunk + 1 },
		"more chunks than count":     func(f *SharedFile) { f.Size, f.ChunkSize = 1<<40, 1 },
		"a prefix of another size":   func(f *SharedFile) { f.NoncePrefix = "SoMToI0t" },
		"a prefix that is no base64": func(f *SharedFile) { f.NoncePrefix = "SoMToI0t*g" },
	} {
		f := good
		change(&f)
		if _, err := o.OpenFile(t.Context(), f); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", why, err)
		}
	}
	if _, err := o.OpenFile(t.Context(), good); err != nil {
		t.Error(err)
	}
}

func TestLinks(t *testing.T) {
	link := readVectors(t).Link
	good := link.Accept[0]
	for text, base := range map[string]string{
		"https://a.example/s#" + good:              "https://a.example",
		" https://a.example/s#" + good + "\r\n":    "https://a.example",
		"https://a.example/share/s#" + good:        "https://a.example/share",
		"https://a.example/s/#" + good:             "https://a.example",
		"https://a.example/s%23" + good:            "https://a.example",
		"https://a.example/s?utm_source=x#" + good: "https://a.example",
		"http://localhost:8080/s#" + good:          "http://localhost:8080",
		"http://127.0.0.1:8080/s#" + good:          "http://127.0.0.1:8080",
	} {
		if got, s, err := parseLink(text); err != nil || got != base || text64.EncodeToString(s.bytes[:]) != good {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	refused := map[string]string{
		"no secret":           "https://a.example/s",
		"another path":        "https://a.example/t#" + good,
		"a path without it":   "https://a.example/#" + good,
		"no server":           "/s#" + good,
		"another scheme":      "ftp://a.example/s#" + good,
		"a name with a key":   "https://u:p@a.example/s#" + good,
		"plain http":          "http://a.example/s#" + good,
		"the secret alone":    good,
		"something after it":  "https://a.example/s#" + good + "/",
		"nothing":             "",
		"a line break within": "https://a.example/s#" + good[:10] + "\n" + good[10:],
		"a control character": "https://a.example\x00/s#" + good,
	}
	for _, c := range link.Refuse {
		refused[c.Why] = "https://a.example/s#" + c.Text
	}
	for why, text := range refused {
		_, _, err := parseLink(text)
		if err == nil {
			t.Errorf("%s: it parses", why)
		} else if bytes.Contains([]byte(err.Error()), []byte(good[:20])) {
			t.Errorf("%s: the error quotes the link", why)
		}
	}
}

func FuzzLink(f *testing.F) {
	for _, seed := range []string{"", "#", "https://a.example/s#AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "https://a.example/s%23x", "http://[::1]/s#", "https://%zz/s#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		base, s, err := parseLink(text)
		if err != nil {
			return
		}
		again, same, err := parseLink(base + "/s#" + text64.EncodeToString(s.bytes[:]))
		if err != nil || again != base || same != s {
			t.Errorf("%q: %q, %v", text, again, err)
		}
	})
}

func TestContentThatIsRefused(t *testing.T) {
	padded := func(text string) []byte {
		return append([]byte(text), bytes.Repeat([]byte{' '}, (padTo-len(text)%padTo)%padTo)...)
	}
	for why, plain := range map[string][]byte{
		"no padding":              []byte(`{"title":"x"}`),
		"more padding than due":   append(padded(`{"title":"x"}`), padded(" ")...),
		"nothing but padding":     padded(" "),
		"cut JSON":                padded(`{"title":"x"`),
		"no UTF-8":                padded("{\"title\":\"\xff\"}"),
		"a byte order mark":       padded("\ufeff{}"),
		"a number where text is":  padded(`{"title":1}`),
		"something after the end": padded(`{"title":"x"}{}`),
	} {
		if err := (&Opened{}).read(plain); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", why, err)
		}
	}
	for _, text := range []string{`{"title":"x"}`, `{"title":"` + string(bytes.Repeat([]byte("x"), padTo-12)) + `"}`} {
		if err := (&Opened{}).read(padded(text)); err != nil {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}

func FuzzContent(f *testing.F) {
	f.Add([]byte(`{"title":"x","fields":[{"title":"a","type":"Text","value":"v"}],"files":[{"index":0,"size":1,"chunk_size":1}]}   `))
	f.Add([]byte("null"))
	f.Add([]byte("\xff{}"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		o := &Opened{}
		if fill := padTo - len(plain)%padTo; fill < padTo {
			plain = append(bytes.Clone(plain), bytes.Repeat([]byte{' '}, fill)...)
		}
		if err := o.read(plain); err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %v", plain, err)
		}
		for _, file := range o.Files {
			_, _ = o.OpenFile(t.Context(), file)
		}
	})
}
