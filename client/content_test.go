package client_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"itemshare/client"
)

// fileVector is a file of the protocol's known answers. Its share is the one of the first content.
type fileVector struct {
	Why             string
	Index           int
	ChunkSize       int64  `json:"chunk_size"`
	PlaintextSize   int64  `json:"plaintext_size"`
	NoncePrefix     string `json:"nonce_prefix"`
	PlaintextSHA256 string `json:"plaintext_sha256"`
	Chunks          []string
}

func fileVectors(t *testing.T) (valid, rejected []fileVector) {
	t.Helper()
	text, err := os.ReadFile("../share/link/testdata/share-link-v1.vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		File       []fileVector
		RejectFile []fileVector `json:"reject_file"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.File) < 3 || len(vectors.RejectFile) == 0 {
		t.Fatal("the vectors lack files")
	}
	return vectors.File, vectors.RejectFile
}

// read opens the link and reads the file to its end, from a server that sends these chunks.
func (v fileVector) read(t *testing.T) ([]byte, error) {
	t.Helper()
	s := newShareServer(t, 0)
	s.file = func(w http.ResponseWriter, chunk int) {
		if chunk >= len(v.Chunks) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		sealed, err := base64.RawURLEncoding.DecodeString(v.Chunks[chunk])
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(sealed)
	}
	opened, err := client.Open(t.Context(), s.link, s.options())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := opened.OpenFile(t.Context(), client.SharedFile{
		Index: v.Index, Size: v.PlaintextSize, ChunkSize: v.ChunkSize, NoncePrefix: v.NoncePrefix,
	})
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func TestOpenFile(t *testing.T) {
	valid, _ := fileVectors(t)
	for _, v := range valid {
		plain, err := v.read(t)
		sum := sha256.Sum256(plain)
		if err != nil || hex.EncodeToString(sum[:]) != v.PlaintextSHA256 {
			t.Errorf("file %d: %d bytes, %v", v.Index, len(plain), err)
		}
	}
}

func TestFilesThatAreRejected(t *testing.T) {
	valid, rejected := fileVectors(t)
	for _, v := range rejected {
		if plain, err := v.read(t); err == nil || int64(len(plain)) >= v.PlaintextSize {
			t.Errorf("%s: %d bytes, %v", v.Why, len(plain), err)
		}
	}
	for why, change := range map[string]func(*fileVector){
		"a size that is too small by 1": func(v *fileVector) { v.PlaintextSize-- },
		"a size that is too large by 1": func(v *fileVector) { v.PlaintextSize++ },
		"another file's key":            func(v *fileVector) { v.Index++ },
		"another prefix":                func(v *fileVector) { v.NoncePrefix = "AAAAAAAAAA" },
		"chunks of no bytes":            func(v *fileVector) { v.ChunkSize = 0 },
	} {
		v := valid[2]
		change(&v)
		if _, err := v.read(t); !errors.Is(err, client.ErrRefused) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// TestLinksThatAreRejected: no call goes to a server that could read it on its way.
func TestLinksThatAreRejected(t *testing.T) {
	secret := strings.Repeat("A", 43)
	for why, text := range map[string]string{
		"not a link":          "https://a.example/s",
		"a secret cut short":  "https://a.example/s#" + secret[1:],
		"plain http":          "http://a.example/s#" + secret,
		"a user and password": "https://u:p@a.example/s#" + secret,
		"another scheme":      "ftp://a.example/s#" + secret,
	} {
		_, err := client.Peek(t.Context(), text, client.OpenOptions{})
		if err == nil || strings.Contains(err.Error(), secret[:20]) ||
			strings.Contains(err.Error(), "u:p") {
			t.Errorf("%s: %v", why, err)
		}
	}
	_, err := client.Peek(t.Context(), "https://a.example/s", client.OpenOptions{})
	if !errors.Is(err, client.ErrNotALink) {
		t.Errorf("not a link: %v", err)
	}
}
