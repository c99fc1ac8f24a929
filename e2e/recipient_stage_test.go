package e2e

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// stage is the other side of the recipient's page: the program's own page and assets, with answers
// to the calls below /s that a test decides, so that each dead end can be reached at will.
type stage struct {
	*server
	link  link
	terms with
	item  with

	mu      sync.Mutex
	answers map[string]func(body with) said // by verb; a nil answer is the default one
	lost    string                          // part of a path that gets no answer
	calls   []heard
}

// said is one answer: JSON, bytes, or a connection that breaks off after some of them.
type said struct {
	status  int
	body    any
	wait    int // seconds of Retry-After
	drop    bool
	started bool // drop after the head and half of the body
}

type heard struct {
	verb string
	body with
}

func problem(status int, code string) said { return said{status: status, body: with{"code": code}} }

// wrongCode is the answer to a wrong code, with the server's words.
func wrongCode() said {
	said := problem(http.StatusUnauthorized, "code_invalid")
	said.body.(with)["detail"] = "That code is wrong or has expired. " +
		"Use the code in the latest email or request a new one."
	return said
}

const chunkSize = 64 << 10

// newStage puts a link on stage in front of a running program, open for six days and as often as
// one likes.
func newStage(t *testing.T, program *server) *stage {
	t.Helper()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	s := &stage{link: link{t: t, secret: secret}, answers: map[string]func(with) said{}}
	s.link.id, s.link.token = encode(
		s.link.derive("share-id", 16),
	), encode(
		s.link.derive("access-token", 32),
	)
	now := time.Now().Unix()
	s.terms = with{
		"created_at": now - 3600,
		"expires_at": now + 6*86400,
		"max_views":  0,
		"audience":   "anyone",
	}
	s.item = with{
		"title":    "Staging database",
		"category": "Database",
		"fields":   []with{{"title": "Password", "type": "Concealed", "value": "hunter2"}},
	}

	front := httptest.NewServer(s.handler(program))
	t.Cleanup(front.Close)
	base, _ := url.Parse(program.url)
	s.server = &server{
		t:   t,
		url: strings.Replace(front.URL, "127.0.0.1", "localhost", 1) + base.Path,
	}
	s.link.base = s.url
	return s
}

func (s *stage) handler(program *server) http.Handler {
	upstream, _ := url.Parse(program.url)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: upstream.Scheme, Host: upstream.Host})
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.isLost(r.URL.Path) {
			panic(http.ErrAbortHandler)
		}
		verb, isCall := strings.CutPrefix(r.URL.Path, upstream.Path+"/s/")
		if verb == "clipboard" {
			w.Header().Set("Content-Type", "text/html")
			return
		}
		if r.Method != http.MethodPost || !isCall {
			proxy.ServeHTTP(w, r)
			return
		}
		var body with
		_ = json.NewDecoder(r.Body).Decode(&body)
		s.answer(verb, body).write(w)
	})
}

func (s *stage) answer(verb string, body with) said {
	s.mu.Lock()
	s.calls = append(s.calls, heard{verb, body})
	answer := s.answers[verb]
	s.mu.Unlock()
	if body["id"] != s.link.id || body["token"] != s.link.token {
		return problem(http.StatusNotFound, "not_found")
	}
	if answer != nil {
		return answer(body)
	}
	switch verb {
	case "peek":
		return s.peeked()
	case "open":
		return s.opened()
	case "code":
		return said{status: http.StatusAccepted, body: with{}}
	}
	return problem(http.StatusNotFound, "not_found")
}

// on decides what the other side says from now on.
func (s *stage) on(verb string, answer func(body with) said) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[verb] = answer
}

// lose answers nothing to paths that contain part, from now on.
func (s *stage) lose(part string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = part
}

func (s *stage) isLost(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost != "" && strings.Contains(path, s.lost)
}

func (s *stage) heard(verb string) []with {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []with
	for _, c := range s.calls {
		if c.verb == verb {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

func (s *stage) peeked() said {
	body := maps.Clone(s.terms)
	maps.Copy(
		body,
		with{
			"protocol":      "itemshare/v1",
			"shared_by":     "Maria Lopez",
			"code_required": s.terms["audience"] == "recipients",
		},
	)
	return said{status: http.StatusOK, body: body}
}

// opened seals the item as it stands under the link's terms.
func (s *stage) opened() said {
	plain, err := json.Marshal(s.item)
	if err != nil {
		s.t.Error(err)
	}
	plain = append(plain, strings.Repeat(" ", (512-len(plain)%512)%512)...)
	nonce := make([]byte, 12)
	_, _ = rand.Read(nonce)
	body := maps.Clone(s.terms)
	maps.Copy(
		body,
		with{
			"protocol":   "itemshare/v1",
			"nonce":      encode(nonce),
			"ciphertext": encode(s.seal("content-key", nonce, plain)),
		},
	)
	return said{status: http.StatusOK, body: body}
}

func (s *stage) seal(key string, nonce, plain []byte) []byte {
	block, err := aes.NewCipher(s.link.derive(key, 32))
	if err != nil {
		s.t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		s.t.Fatal(err)
	}
	terms := fmt.Appendf(
		nil,
		"itemshare/v1\n%s\n%v\n%v\n%v\n%s",
		s.link.id,
		s.terms["created_at"],
		s.terms["expires_at"],
		s.terms["max_views"],
		s.terms["audience"],
	)
	return aead.Seal(nil, nonce, plain, terms)
}

// attach puts a file beside the item and returns its sealed chunks.
func (s *stage) attach(name string, content []byte) [][]byte {
	files, _ := s.item["files"].([]with)
	prefix := make([]byte, 7)
	_, _ = rand.Read(prefix)
	s.item["files"] = append(files, with{
		"index": len(files), "name": name, "type": "application/pdf", "size": len(content),
		"chunk_size": chunkSize, "nonce_prefix": encode(prefix),
	})
	count := max(1, (len(content)+chunkSize-1)/chunkSize)
	var chunks [][]byte
	for i := range count {
		nonce := binary.BigEndian.AppendUint32(append([]byte{}, prefix...), uint32(i))
		nonce = append(nonce, map[bool]byte{true: 1}[i == count-1])
		chunks = append(
			chunks,
			s.seal(
				fmt.Sprintf("file-key %d", len(files)),
				nonce,
				content[i*chunkSize:min(len(content), (i+1)*chunkSize)],
			),
		)
	}
	return chunks
}

// serve answers each call for a chunk from sealed ones.
func (s *stage) serve(chunks [][]byte) {
	s.on(
		"file",
		func(body with) said { return said{status: http.StatusOK, body: chunks[int(body["chunk"].(float64))]} },
	)
}

func (a said) write(w http.ResponseWriter) {
	if a.drop && !a.started {
		panic(http.ErrAbortHandler)
	}
	content, isBytes := a.body.([]byte)
	kind := "application/octet-stream"
	if !isBytes {
		kind = map[bool]string{true: "application/json", false: "application/problem+json"}[a.status < 400]
		content, _ = json.Marshal(a.body)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	if a.wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(a.wait))
	}
	w.WriteHeader(a.status)
	if a.drop {
		_, _ = w.Write(content[:len(content)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(content)
}

// awaitState waits until the recipient's page stands in a state.
func (p *page) awaitState(state string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`main[data-state=%q]`, state))
}

// downloads lets the page download into a folder, which it gives.
func (p *page) downloads() string {
	p.t.Helper()
	dir := p.t.TempDir()
	_, err := chromedp.CallBrowser(
		p.ctx,
		cdpbrowser.SetDownloadBehavior,
		cdpbrowser.SetDownloadBehaviorParams{
			Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		},
	)
	if err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// awaitFile waits for a download to be whole and returns its bytes.
func awaitFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		// Firefox saves an empty file first, and puts the whole one in its place.
		if err != nil || info.Size() == 0 && time.Since(info.ModTime()) < 500*time.Millisecond {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	entries, _ := os.ReadDir(dir)
	t.Fatalf("no file %q was downloaded; there are %v", name, entries)
	return nil
}

// stopClock makes the page believe that it is this second, Unix time, and the server too.
func (p *page) stopClock(at int64) {
	p.t.Helper()
	call(
		p,
		cdppage.AddScriptToEvaluateOnNewDocument,
		cdppage.AddScriptToEvaluateOnNewDocumentParams{
			Source: fmt.Sprintf(`Date.now = () => %d; Date.parse = () => %d`, at*1000, at*1000),
		},
	)
}
