package handlers

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// link is a recipient's side of a share, written from docs/share-link-v1.md alone.
type link struct {
	*browser
	base      string
	secret    []byte
	id, token string
}

type object map[string]any

func (a *app) link(text string) link {
	a.t.Helper()
	u, err := url.Parse(text)
	a.must(err)
	secret, err := base64.RawURLEncoding.Strict().DecodeString(u.Fragment)
	a.must(err)
	if u.Path != a.base.Path+"/s" || u.RawQuery != "" || len(secret) != 32 ||
		u.Host != a.base.Host ||
		u.Scheme != a.base.Scheme {
		a.t.Fatal("the link is not of the protocol's form")
	}
	l := link{browser: a.browser(), base: a.base.Path, secret: secret}
	l.id, l.token = encode(l.derive("share-id", 16)), encode(l.derive("access-token", 32))
	return l
}

func (l link) derive(what string, length int) []byte {
	key, err := hkdf.Key(sha256.New, l.secret, nil, "itemshare/v1 "+what, length)
	l.app.must(err)
	return key
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func newView() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:])
	return encode(raw[:])
}

// call posts the link's ID, its token and the other members to /s/{verb}.
func (l link) call(verb string, more object) reply {
	l.app.t.Helper()
	body := object{"id": l.id, "token": l.token}
	maps.Copy(body, more)
	text, err := json.Marshal(body)
	l.app.must(err)
	return l.do(
		http.MethodPost, l.base+"/s/"+verb, bytes.NewReader(text), "Content-Type",
		"application/json",
	)
}

func (l link) open(more object) reply {
	body := object{"view": newView()}
	maps.Copy(body, more)
	return l.call("open", body)
}

func (r reply) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal([]byte(r.body), &problem)
	return problem.Code
}

// content decrypts the response to open.
func (l link) content(r reply) object {
	l.app.t.Helper()
	var o struct{ Nonce, Ciphertext string }
	if r.status != http.StatusOK {
		l.app.t.Fatalf("open: %v", r)
	}
	l.app.must(json.Unmarshal([]byte(r.body), &o))
	block, err := aes.NewCipher(l.derive("content-key", 32))
	l.app.must(err)
	gcm, err := cipher.NewGCM(block)
	l.app.must(err)
	nonce, err := base64.RawURLEncoding.DecodeString(o.Nonce)
	l.app.must(err)
	sealed, err := base64.RawURLEncoding.DecodeString(o.Ciphertext)
	l.app.must(err)
	plain, err := gcm.Open(nil, nonce, sealed, []byte(l.associatedData(r)))
	l.app.must(err)
	if len(plain)%512 != 0 {
		l.app.t.Errorf("content of %d bytes is not padded", len(plain))
	}
	content := object{}
	l.app.must(json.Unmarshal(plain, &content))
	return content
}

// requestCode requests a code and returns it from the email.
func (l link) requestCode(address string) string {
	l.app.t.Helper()
	before := len(l.app.outbox.Sent())
	if r := l.call("code", object{"email": address}); r.status != http.StatusAccepted ||
		r.body != "{}" {
		l.app.t.Fatalf("ask for a code: %v", r)
	}
	for range 400 {
		if sent := l.app.outbox.Sent(); len(sent) > before {
			return eightDigits.FindString(sent[0].Text)
		}
		time.Sleep(5 * time.Millisecond)
	}
	l.app.t.Fatal("no mail came")
	return ""
}

var eightDigits = regexp.MustCompile(`\b\d{8}\b`)

// chunk decrypts one chunk of the first file.
func (l link) chunk(answer reply, prefix string, number int, last bool, sealed []byte) []byte {
	l.app.t.Helper()
	block, err := aes.NewCipher(l.derive("file-key 0", 32))
	l.app.must(err)
	gcm, err := cipher.NewGCM(block)
	l.app.must(err)
	nonce, err := base64.RawURLEncoding.DecodeString(prefix)
	l.app.must(err)
	nonce = append(nonce, 0, 0, 0, byte(number), 0)
	if last {
		nonce[11] = 1
	}
	plain, err := gcm.Open(nil, nonce, sealed, []byte(l.associatedData(answer)))
	l.app.must(err)
	return plain
}

// associatedData returns the associated data of the ciphertext in a response.
func (l link) associatedData(answer reply) string {
	l.app.t.Helper()
	var o struct {
		CreatedAt int64 `json:"created_at"`
		ExpiresAt int64 `json:"expires_at"`
		MaxViews  int   `json:"max_views"`
		Audience  string
	}
	l.app.must(json.Unmarshal([]byte(answer.body), &o))
	return fmt.Sprintf(
		"itemshare/v1\n%s\n%d\n%d\n%d\n%s", l.id, o.CreatedAt, o.ExpiresAt, o.MaxViews, o.Audience,
	)
}
