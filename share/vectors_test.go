package share

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// The known answers of the protocol, made with an independent implementation.
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
	Index, ChunkSize, PlaintextSize   int
	NoncePrefix, Key, PlaintextSHA256 string
	Chunks                            []string
}

func (v termsVector) sealer(t *testing.T) sealer {
	t.Helper()
	return newSealer(secretOf(t, v.Secret), Terms{v.CreatedAt, v.ExpiresAt, v.MaxViews, v.Audience})
}

// readVectors takes the file's snake_case names by dropping the underscores: the
// standard decoder matches what is left without regard to case.
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
	text, err = json.Marshal(plainNames(raw))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if v.Protocol != Protocol || len(v.Derive)*len(v.Content)*len(v.File)*len(v.Reject)*len(v.RejectFile)*len(v.Link.Accept)*len(v.Link.Refuse) == 0 {
		t.Fatal("the vectors are incomplete")
	}
	return v
}

func plainNames(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range value {
			out[string(bytes.ReplaceAll([]byte(name), []byte("_"), nil))] = plainNames(inner)
		}
		return out
	case []any:
		for i := range value {
			value[i] = plainNames(value[i])
		}
	}
	return value
}

func secretOf(t *testing.T, text string) Secret {
	t.Helper()
	secret, ok := ParseSecret(text)
	if !ok {
		t.Fatalf("secret %q does not parse", text)
	}
	return secret
}

func raw64(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := text64.DecodeString(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return raw
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func TestVectorsDerive(t *testing.T) {
	for _, v := range readVectors(t).Derive {
		secret := secretOf(t, v.Secret)
		id, token := secret.LinkID(), secret.Token()
		hash := token.Hash()
		same(t, "id", text64.EncodeToString(id[:]), v.ID)
		same(t, "token", text64.EncodeToString(token.bytes[:]), v.AccessToken)
		same(t, "token hash", hex.EncodeToString(hash[:]), v.AccessTokenSHA256)
		same(t, "content key", text64.EncodeToString(secret.contentKey()), v.ContentKey)
		same(t, "link", secret.link("https://a.example/x"), "https://a.example/x/s#"+v.Secret)
	}
}

func TestVectorsContent(t *testing.T) {
	for _, v := range readVectors(t).Content {
		s := v.sealer(t)
		sealed := s.sealWith(raw64(t, v.Nonce), []byte(v.JSON))
		same(t, "ciphertext", text64.EncodeToString(sealed), v.Ciphertext)
		plain, err := s.open(raw64(t, v.Nonce), raw64(t, v.Ciphertext))
		if err != nil || len(plain) != v.PaddedLength || string(bytes.TrimRight(plain, " ")) != v.JSON {
			t.Errorf("content opens to %d bytes, %v", len(plain), err)
		}
	}
}

func TestVectorsRejectContent(t *testing.T) {
	for _, v := range readVectors(t).Reject {
		if _, err := v.sealer(t).open(raw64(t, v.Nonce), raw64(t, v.Ciphertext)); err == nil {
			t.Errorf("%s: it opens", v.Why)
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
		same(t, "plaintext", hex.EncodeToString(sum[:]), v.PlaintextSHA256)
		same(t, "key", text64.EncodeToString(secretOf(t, v.Secret).fileKey(v.Index)), v.Key)
		f := v.sealer(t).file(v.Index, [7]byte(raw64(t, v.NoncePrefix)))
		for n, want := range v.Chunks {
			part := plain[n*v.ChunkSize : min((n+1)*v.ChunkSize, len(plain))]
			got := f.seal(uint32(n), n == len(v.Chunks)-1, bytes.Clone(part))
			same(t, "chunk", text64.EncodeToString(got), want)
		}
	}
}

func TestVectorsRejectFile(t *testing.T) {
	for _, v := range readVectors(t).RejectFile {
		if _, err := v.open(t); err == nil {
			t.Errorf("%s: it opens", v.Why)
		}
	}
}

// open is what a recipient does: as many chunks as the sealed entry says.
func (v fileVector) open(t *testing.T) ([]byte, error) {
	t.Helper()
	f := v.sealer(t).file(v.Index, [7]byte(raw64(t, v.NoncePrefix)))
	var plain []byte
	count := int(chunks(int64(v.PlaintextSize), int64(v.ChunkSize)))
	for n := range count {
		if n >= len(v.Chunks) {
			return nil, errRefused
		}
		part, err := f.open(uint32(n), n == count-1, raw64(t, v.Chunks[n]))
		if err != nil {
			return nil, err
		}
		plain = append(plain, part...)
	}
	return plain, nil
}

func TestVectorsLink(t *testing.T) {
	link := readVectors(t).Link
	for _, text := range link.Accept {
		if _, ok := ParseSecret(text); !ok {
			t.Errorf("%s is refused", text)
		}
	}
	for _, c := range link.Refuse {
		if _, ok := ParseSecret(c.Text); ok {
			t.Errorf("%s: %s is accepted", c.Why, c.Text)
		}
	}
}
