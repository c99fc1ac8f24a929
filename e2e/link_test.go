package e2e

import (
	"bytes"
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// link is a share link of protocol itemshare/v1, implemented a second time from the specification
// alone.
type link struct {
	t         *testing.T
	base      string // what stands before /s
	secret    []byte
	id, token string
	via       *http.Client // nil is wire
}

var linkForm = regexp.MustCompile(`^(http://localhost:\d+[^#]*)/s#([A-Za-z0-9_-]{43})$`)

func parseLink(t *testing.T, text string) link {
	t.Helper()
	parts := linkForm.FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("%q is no share link", text)
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		t.Fatalf("the link's secret: %v", err)
	}
	l := link{t: t, base: parts[1], secret: secret}
	l.id, l.token = encode(l.derive("share-id", 16)), encode(l.derive("access-token", 32))
	return l
}

func (l link) String() string { return l.base + "/s#" + encode(l.secret) }

func (l link) derive(what string, size int) []byte {
	l.t.Helper()
	key, err := hkdf.Key(sha256.New, l.secret, nil, "itemshare/v1 "+what, size)
	if err != nil {
		l.t.Fatal(err)
	}
	return key
}

// answer is the response to one call below /s.
type answer struct {
	status int
	header http.Header
	body   []byte

	Code          string
	Audience      string
	SharedBy      string `json:"shared_by"`
	CodeRequired  bool   `json:"code_required"`
	CreatedAt     int64  `json:"created_at"`
	ExpiresAt     int64  `json:"expires_at"`
	MaxViews      int64  `json:"max_views"`
	Nonce         string
	Ciphertext    string
	failedToReach error
}

func (a answer) String() string {
	if a.failedToReach != nil {
		return a.failedToReach.Error()
	}
	return fmt.Sprintf("%d %s", a.status, a.Code)
}

// content is the copy of an item in an opened share.
type content struct {
	Title, Category, Notes string
	Fields                 []struct{ Title, Type, Value, Section string }
	Sections               []struct{ ID, Title string }
	Websites               []struct{ Label, URL string }
	Tags                   []string
	Files                  []sharedFile
	SharedBy               string `json:"shared_by"`
}

type sharedFile struct {
	Index       int
	Name, Type  string
	Size        int
	ChunkSize   int    `json:"chunk_size"`
	NoncePrefix string `json:"nonce_prefix"`
}

// with has further members of a call's body.
type with map[string]any

// call posts to /s/{verb}. An unreachable server is an answer of status 0.
func (l link) call(verb string, extra with) answer {
	body := map[string]any{"id": l.id, "token": l.token}
	for k, v := range extra {
		body[k] = v
	}
	sent, err := json.Marshal(body)
	if err != nil {
		return answer{failedToReach: err}
	}
	resp, err := cmp.Or(l.via, wire).
		Post(l.base+"/s/"+verb, "application/json", bytes.NewReader(sent))
	if err != nil {
		return answer{failedToReach: err}
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return answer{failedToReach: err}
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(a.body, &a); err != nil {
			return answer{failedToReach: err}
		}
	}
	return a
}

func (l link) peek() answer { return l.call("peek", nil) }

// open requests the ciphertext under a new view, or under the view in extra.
func (l link) open(extra with) answer {
	body := with{"view": newView()}
	for k, v := range extra {
		body[k] = v
	}
	return l.call("open", body)
}

// unseal decrypts what open answered; it fails where the terms differ from those that were sealed.
func (l link) unseal(a answer) (content, error) {
	nonce, err := base64.RawURLEncoding.DecodeString(a.Nonce)
	if err != nil {
		return content{}, err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(a.Ciphertext)
	if err != nil {
		return content{}, err
	}
	plain, err := unseal(l.derive("content-key", 32), nonce, sealed, l.terms(a))
	if err != nil {
		return content{}, err
	}
	if len(plain)%512 != 0 {
		return content{}, fmt.Errorf("%d bytes are not padded to 512", len(plain))
	}
	var c content
	return c, json.Unmarshal(plain, &c)
}

// item opens the link and returns the item, or fails the test.
func (l link) item(extra with) content {
	l.t.Helper()
	a := l.open(extra)
	if a.status != http.StatusOK {
		l.t.Fatalf("open: %v", a)
	}
	c, err := l.unseal(a)
	if err != nil {
		l.t.Fatalf("unseal: %v", err)
	}
	return c
}

// file fetches and decrypts one file under a view that opened.
func (l link) file(view string, opened answer, f sharedFile) []byte {
	l.t.Helper()
	key := l.derive(fmt.Sprintf("file-key %d", f.Index), 32)
	prefix, err := base64.RawURLEncoding.DecodeString(f.NoncePrefix)
	if err != nil {
		l.t.Fatal(err)
	}
	var plain []byte
	count := max(1, (f.Size+f.ChunkSize-1)/f.ChunkSize)
	for i := range count {
		a := l.call("file", with{"view": view, "index": f.Index, "chunk": i})
		if a.status != http.StatusOK {
			l.t.Fatalf("chunk %d of %s: %v", i, f.Name, a)
		}
		nonce := binary.BigEndian.AppendUint32(bytes.Clone(prefix), uint32(i))
		nonce = append(nonce, map[bool]byte{true: 1}[i == count-1])
		chunk, err := unseal(key, nonce, a.body, l.terms(opened))
		if err != nil {
			l.t.Fatalf("chunk %d of %s: %v", i, f.Name, err)
		}
		plain = append(plain, chunk...)
	}
	return plain
}

func (l link) terms(a answer) []byte {
	return fmt.Appendf(
		nil,
		"itemshare/v1\n%s\n%d\n%d\n%d\n%s",
		l.id,
		a.CreatedAt,
		a.ExpiresAt,
		a.MaxViews,
		a.Audience,
	)
}

func unseal(key, nonce, sealed, terms []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nonce, sealed, terms)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func newView() string {
	view := make([]byte, 16)
	_, _ = rand.Read(view)
	return encode(view)
}

// mailedCode waits for a mail to the address that is newer than the seen ones and returns its code.
func (s *server) mailedCode(to string) string {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, m := range s.outbox() {
			if code := codeForm.FindString(m.Text); m.To == to && code != "" {
				return code
			}
		}
	}
	s.t.Fatalf("no code was mailed to %s within 10 s", to)
	return ""
}

var codeForm = regexp.MustCompile(`\b\d{8}\b`)

type mail struct{ To, Subject, Text, At string }

// outbox returns the mails of the demo, newest first.
func (s *server) outbox() []mail {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.url+"/demo/outbox", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := wire.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var mails []mail
	if err := json.NewDecoder(resp.Body).Decode(&mails); err != nil {
		s.t.Fatalf("the outbox: %v", err)
	}
	return mails
}
