package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector keeps the traces that it gets.
type collector struct {
	mu  sync.Mutex
	raw bytes.Buffer
	// names of all spans, in any order
	names []string
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var request v1.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &request) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(body)
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				c.names = append(c.names, span.GetName())
			}
		}
	}
}

// TestTelemetry signs in, searches and shares with markers in everything that can be typed. The
// metrics and the traces name routes and operations, and hold no marker.
func TestTelemetry(t *testing.T) {
	traces := &collector{}
	receiver := httptest.NewServer(traces)
	defer receiver.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.URL)
	t.Setenv("ITEMSHARE_DEMO_PASSWORD", password)
	s := startServer(t, newData(t), "--demo", "--metrics-addr", "127.0.0.1:0")
	link := s.useWithMarkers(t)

	metrics := s.metrics(t)
	for _, part := range []string{
		`itemshare_http_requests_total{method="POST",route="/signin",status="303"} 1`,
		`itemshare_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`itemshare_refusals_total{reason="not_found",route="/s/open"} 1`,
		`itemshare_shares_created_total{audience="anyone"} 1`,
		`itemshare_sweep_lag_seconds 0`,
		`itemshare_mail_queue_messages 0`,
		`itemshare_webhook_queue_messages 0`, `itemshare_webhook_queue_age_seconds 0`,
		`itemshare_db_remembered_reads_total{result="hit"}`, `itemshare_db_remembered_reads_total{result="miss"}`,
		`itemshare_webhook_failed_messages 0`, `itemshare_webhook_lag_events 0`,
		`itemshare_go_sql_open_connections{db_name="write"}`,
		`itemshare_audit_unsealed_events`,
		`itemshare_db_write_seconds_count{operation="add session"} 1`,
	} {
		if !strings.Contains(metrics, part) {
			t.Errorf("the metrics have no %s", part)
		}
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	traces.mu.Lock()
	defer traces.mu.Unlock()
	names := strings.Join(traces.names, "\n")
	for _, name := range []string{"POST /signin", "add session", "POST /vaults/:vault/items/:item/share"} {
		if !strings.Contains(names, name) {
			t.Errorf("no span %q", name)
		}
	}
	for _, secret := range []string{"MARKER", password, link, "admin@example.com"} {
		if strings.Contains(metrics, secret) || bytes.Contains(traces.raw.Bytes(), []byte(secret)) {
			t.Errorf("%q is in the metrics or the traces", secret)
		}
	}
}

// useWithMarkers sends requests with markers and returns the secret of a link.
func (s *runningServer) useWithMarkers(t *testing.T) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	send := func(method, path, kind, body string) string {
		request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
		must(t, err)
		request.Header.Set("Content-Type", kind)
		answer, err := client.Do(request)
		must(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		must(t, err)
		return string(text)
	}
	post := func(path string, form url.Values) string {
		return send("POST", path, "application/x-www-form-urlencoded", form.Encode())
	}
	send("GET", "/MARKER-path", "", "")
	send("GET", "/s%23MARKER-secret", "", "")
	post("/signin", url.Values{"email": {"MARKER@example.com"}, "password": {"MARKER"}})
	post("/signin", url.Values{"email": {"admin@example.com"}, "password": {password}})
	items := send("GET", "/items?q=MARKER", "", "") + send("GET", "/items", "", "")
	item := regexp.MustCompile(`/vaults/[^/"]+/items/[a-z0-9]{26}`).FindString(items)
	page := send("GET", item+"/share", "", "")
	form := url.Values{"access": {"anyone"}, "expire_after": {"OneHour"}}
	for _, hidden := range regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`).
		FindAllStringSubmatch(page, -1) {
		form.Add(hidden[1], hidden[2])
	}
	link := regexp.MustCompile(`/s#([A-Za-z0-9_-]{43})`).FindStringSubmatch(post(item+"/share", form))
	if link == nil {
		t.Fatal("no link was created")
	}
	body, err := json.Marshal(map[string]string{
		"id": "AAAAAAAAAAAAAAAAAAAAAA", "token": strings.Repeat("A", 43), "view": "MARKERMARKERMARKERMARK",
	})
	must(t, err)
	send("POST", "/s/open", "application/json", string(body))
	return link[1]
}

// metrics reads the metrics at the address that the log names.
func (s *runningServer) metrics(t *testing.T) string {
	t.Helper()
	address := regexp.MustCompile(`"serving metrics","url":"([^"]+)"`)
	deadline := time.Now().Add(5 * time.Second)
	for ; time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		found := address.FindStringSubmatch(s.stderr.String())
		if found == nil {
			continue
		}
		answer, err := http.Get(found[1])
		must(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		must(t, err)
		return string(text)
	}
	t.Fatalf("the log names no address:\n%s", s.stderr.String())
	return ""
}
