package link

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"
)

// vectors are the known answers of the protocol, made with an independent implementation.
type vectors struct {
	Protocol string
	Derive   []struct{ Secret, ID, AccessToken, AccessTokenSHA256, ContentKey string }
	Content  []contentVector
	File     []fileVector
	Reject   []contentVector
	Link     struct {
		Accept []string
		Refuse []struct{ Why, Text string }
	}
	RejectFile []fileVector
}

type termsVector struct {
	Why, Secret, ID      string
	CreatedAt, ExpiresAt int64
	MaxViews             int
	Audience             Audience
}

type contentVector struct {
	termsVector
	Nonce, JSON, Ciphertext string
	PaddedLength            int
}

type fileVector struct {
	termsVector
	Index                             int
	ChunkSize, PlaintextSize          int64
	NoncePrefix, Key, PlaintextSHA256 string
	Chunks                            []string
}

func (v termsVector) terms() Terms { return Terms{v.CreatedAt, v.ExpiresAt, v.MaxViews, v.Audience} }

func (v termsVector) cipher(t *testing.T) Cipher {
	t.Helper()
	return NewCipher(parseSecret(t, v.Secret), v.terms())
}

func (v fileVector) entry() File {
	return File{
		Index:       v.Index,
		Size:        v.PlaintextSize,
		ChunkSize:   v.ChunkSize,
		NoncePrefix: v.NoncePrefix,
	}
}

// readVectors decodes the file. Dropping the underscores of its names lets the standard decoder
// match them to fields, whose case it ignores.
func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/share-link-v1.vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw any
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(withoutUnderscores(raw))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if v.Protocol != Protocol {
		t.Fatalf("vectors of protocol %q", v.Protocol)
	}
	for name, count := range map[string]int{
		"derive": len(v.Derive), "content": len(v.Content), "file": len(v.File),
		"reject": len(v.Reject), "reject_file": len(v.RejectFile),
		"link.accept": len(v.Link.Accept), "link.refuse": len(v.Link.Refuse),
	} {
		if count == 0 {
			t.Fatalf("no vectors under %s", name)
		}
	}
	return v
}

func withoutUnderscores(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range value {
			out[string(bytes.ReplaceAll([]byte(name), []byte("_"), nil))] = withoutUnderscores(inner)
		}
		return out
	case []any:
		for i := range value {
			value[i] = withoutUnderscores(value[i])
		}
	}
	return value
}

func parseSecret(t *testing.T, text string) Secret {
	t.Helper()
	secret, ok := ParseSecret(text)
	if !ok {
		t.Fatalf("secret %q does not parse", text)
	}
	return secret
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, ok := Decode(text)
	if !ok {
		t.Fatalf("%q is not base64url", text)
	}
	return raw
}

func wantEqual(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func TestVectorsDerive(t *testing.T) {
	for _, v := range readVectors(t).Derive {
		secret := parseSecret(t, v.Secret)
		hash := secret.Token().Hash()
		wantEqual(t, "id", secret.ID().String(), v.ID)
		wantEqual(t, "token", secret.Token().Encode(), v.AccessToken)
		wantEqual(t, "token hash", hex.EncodeToString(hash[:]), v.AccessTokenSHA256)
		wantEqual(t, "content key", Encode(secret.contentKey()), v.ContentKey)
		wantEqual(t, "link", secret.URL("https://a.example/x"), "https://a.example/x/s#"+v.Secret)
	}
}

func TestVectorsContent(t *testing.T) {
	for _, v := range readVectors(t).Content {
		wantEqual(t, "id", parseSecret(t, v.Secret).ID().String(), v.ID)
		cipher := v.cipher(t)
		nonce, sealed, err := cipher.Seal([]byte(v.JSON), bytes.NewReader(decode(t, v.Nonce)))
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "nonce", Encode(nonce), v.Nonce)
		wantEqual(t, "ciphertext", Encode(sealed), v.Ciphertext)
		text, err := cipher.Open(decode(t, v.Nonce), decode(t, v.Ciphertext))
		if err != nil || string(text) != v.JSON || len(sealed)-TagSize != v.PaddedLength {
			t.Errorf("content of %d sealed bytes opens to %q, %v", len(sealed), text, err)
		}
	}
}

func TestVectorsRejectContent(t *testing.T) {
	for _, v := range readVectors(t).Reject {
		text, err := v.cipher(t).Open(decode(t, v.Nonce), decode(t, v.Ciphertext))
		if !errors.Is(err, ErrTampered) || text != nil {
			t.Errorf("%s: opens to %q, %v", v.Why, text, err)
		}
	}
}

func TestVectorsFile(t *testing.T) {
	for _, v := range readVectors(t).File {
		plain, err := v.open(t)
		if err != nil {
			t.Fatalf("file %d: %v", v.Index, err)
		}
		sum := sha256.Sum256(plain)
		wantEqual(t, "plaintext", hex.EncodeToString(sum[:]), v.PlaintextSHA256)
		wantEqual(t, "key", Encode(parseSecret(t, v.Secret).fileKey(v.Index)), v.Key)
		file, err := v.cipher(t).File(v.entry())
		if err != nil || file.Chunks() != int64(len(v.Chunks)) {
			t.Fatalf("file %d: %d chunks, %v", v.Index, file.Chunks(), err)
		}
		for n, want := range v.Chunks {
			part := bytes.Clone(plain[:file.PlainSize(int64(n))])
			plain = plain[len(part):]
			wantEqual(t, "chunk", Encode(file.Seal(int64(n), part)), want)
		}
	}
}

func TestVectorsRejectFile(t *testing.T) {
	all := readVectors(t)
	for _, v := range all.RejectFile {
		if _, err := v.open(t); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", v.Why, err)
		}
	}
	for why, change := range map[string]func(*fileVector){
		"a size that is too small by 1": func(v *fileVector) { v.PlaintextSize-- },
		"a size that is too large by 1": func(v *fileVector) { v.PlaintextSize++ },
		"another file's key":            func(v *fileVector) { v.Index++ },
		"another prefix":                func(v *fileVector) { v.NoncePrefix = "AAAAAAAAAA" },
		"other terms":                   func(v *fileVector) { v.MaxViews = 7 },
	} {
		v := all.File[2]
		change(&v)
		if _, err := v.open(t); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// open opens a file as a recipient does: as many chunks as the sealed entry says.
func (v fileVector) open(t *testing.T) ([]byte, error) {
	t.Helper()
	file, err := v.cipher(t).File(v.entry())
	if err != nil {
		return nil, err
	}
	var plain []byte
	for n := range file.Chunks() {
		if n >= int64(len(v.Chunks)) {
			return nil, ErrTampered
		}
		part, err := file.Open(n, decode(t, v.Chunks[n]))
		if err != nil {
			return nil, err
		}
		plain = append(plain, part...)
	}
	return plain, nil
}

func TestVectorsLink(t *testing.T) {
	links := readVectors(t).Link
	for _, text := range links.Accept {
		if _, ok := ParseSecret(text); !ok {
			t.Errorf("%s is rejected", text)
		}
	}
	for _, v := range links.Refuse {
		if _, ok := ParseSecret(v.Text); ok {
			t.Errorf("%s: %s is accepted", v.Why, v.Text)
		}
	}
}
