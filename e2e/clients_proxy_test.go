package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// faultProxy answers at the program's public address and forwards requests. A client whose server is
//
//	{url}/~{fault}/{METHOD}.{verb}/{times}/{name}
//
// meets that fault at the first calls whose path has that verb as its last part or the one before.
// GET {url}/~seen/{name} returns the calls that arrived. GET {url}/~client/ has the files of the
// JavaScript client.
type faultProxy struct {
	program http.Handler
	site    http.Handler

	mu    sync.Mutex
	calls map[string][]recordedCall
}

// recordedCall is one call as it arrived.
type recordedCall struct {
	Method   string `json:"method"`
	Path     string `json:"path"`
	Key      string `json:"key"`   // Idempotency-Key
	Token    bool   `json:"token"` // whether the call carried one
	affected bool
}

// behindFaultProxy starts the program behind a faultProxy of its own.
func behindFaultProxy(t *testing.T) serverOption {
	return func(s *server) {
		target, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		proxy := &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
				w.WriteHeader(http.StatusBadGateway)
			},
		}
		front := httptest.NewServer(
			&faultProxy{program: proxy, site: clientFiles(), calls: map[string][]recordedCall{}},
		)
		t.Cleanup(front.Close)
		s.url = strings.Replace(front.URL, "127.0.0.1", "localhost", 1)
	}
}

// clientFiles serves the JavaScript client and an empty page to run it in.
func clientFiles() http.Handler {
	site := http.NewServeMux()
	site.Handle(
		"GET /~client/",
		http.StripPrefix("/~client/", http.FileServer(http.Dir("../clients/javascript"))),
	)
	site.HandleFunc("GET /~client/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>client</title><link rel=icon href='data:,'>"))
	})
	return site
}

func (m *faultProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(r.URL.Path, "/", 6)
	switch {
	case !strings.HasPrefix(parts[1], "~"):
		m.program.ServeHTTP(w, r)
	case parts[1] == "~client":
		m.site.ServeHTTP(w, r)
	case parts[1] == "~seen":
		m.mu.Lock()
		defer m.mu.Unlock()
		_ = json.NewEncoder(w).Encode(append([]recordedCall{}, m.calls[parts[2]]...))
	default:
		r.URL.Path, r.URL.RawPath = "/"+parts[5], ""
		if m.recordCall(r, parts[4], parts[2], parts[3]) {
			m.injectFault(parts[1], w, r)
			return
		}
		m.program.ServeHTTP(w, r)
	}
}

// recordCall records a call and reports whether the fault applies to it.
func (m *faultProxy) recordCall(r *http.Request, name, match, times string) bool {
	method, verb, _ := strings.Cut(match, ".")
	affected := r.Method == method &&
		(path.Base(r.URL.Path) == verb || path.Base(path.Dir(r.URL.Path)) == verb)
	limit, _ := strconv.Atoi(times)
	m.mu.Lock()
	defer m.mu.Unlock()
	before := 0
	for _, c := range m.calls[name] {
		if c.affected {
			before++
		}
	}
	m.calls[name] = append(m.calls[name], recordedCall{
		Method: r.Method, Path: r.URL.Path, Key: r.Header.Get("Idempotency-Key"),
		Token: r.Header.Get("Authorization") != "", affected: affected,
	})
	return affected && before < limit
}

func (m *faultProxy) injectFault(fault string, w http.ResponseWriter, r *http.Request) {
	switch fault {
	case "~refuse": // the call never arrives
		panic(http.ErrAbortHandler)
	case "~hang":
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case "~drip": // an answer that never ends and never pauses long
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	case "~busy":
		writeRetryAfter(w, http.StatusServiceUnavailable, "unavailable", "1")
	case "~unknown": // the vault's own account did not say whether it created a link
		writeRetryAfter(w, http.StatusServiceUnavailable, "link_unknown", "1")
	case "~limited":
		writeRetryAfter(w, http.StatusTooManyRequests, "too_many_attempts", "1")
	case "~limited-20":
		writeRetryAfter(w, http.StatusTooManyRequests, "too_many_attempts", "20")
	case "~limited-900":
		writeRetryAfter(w, http.StatusTooManyRequests, "too_many_attempts", "900")
	case "~elsewhere":
		http.Redirect(
			w,
			r,
			"/~lose/GET.nothing/0/caught/api/v1/vaults",
			http.StatusTemporaryRedirect,
		)
	case "~foreign": // something else answers
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<h1>Bad gateway</h1>"))
	default:
		m.damageResponse(fault, w, r)
	}
}

// damageResponse forwards a call and damages the response.
func (m *faultProxy) damageResponse(fault string, w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	m.program.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	switch fault {
	case "~lose": // what was asked for is done, and nobody hears of it
		panic(http.ErrAbortHandler)
	case "~unsure": // it is done, and the server's database did not say so
		writeRetryAfter(w, http.StatusServiceUnavailable, "unknown_outcome", "")
	case "~cut":
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "~later": // the operator gives a link another day
		var told map[string]any
		_ = json.Unmarshal(body, &told)
		told["expires_at"] = told["expires_at"].(float64) + 86400
		_ = json.NewEncoder(w).Encode(told)
	case "~longer":
		_, _ = w.Write(append(body, 0))
	case "~changed":
		body[len(body)/2] ^= 1
		_, _ = w.Write(body)
	}
}

func writeRetryAfter(w http.ResponseWriter, status int, code, retryAfter string) {
	w.Header().Set("Content-Type", "application/problem+json")
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).
		Encode(map[string]any{
			"status": status, "code": code, "detail": "Later.",
			"errors": []map[string]string{{"code": code, "detail": "Later."}},
		})
}
