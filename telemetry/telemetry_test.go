package telemetry

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCheckAddress(t *testing.T) {
	for addr, allowed := range map[string]bool{
		"127.0.0.1:9090": true, "[::1]:9090": true, "localhost:9090": true, "10.1.2.3:9090": true,
		"192.168.1.1:0": true, "[fd00::1]:9090": true,
		"0.0.0.0:9090": false, ":9090": false, "[::]:9090": false, "8.8.8.8:9090": false,
		"metrics.example:9090": false, "127.0.0.1": false, "": false, "100.64.0.1:9090": false,
	} {
		if err := CheckAddress(addr); (err == nil) != allowed {
			t.Errorf("%q: %v, want allowed %v", addr, err, allowed)
		}
	}
}

// TestMetrics reads what a request, a write and a link leave behind, and gauges that can and can't be
// read.
func TestMetrics(t *testing.T) {
	m := NewMetrics("0.1.0", "abc")
	telemetry := &Telemetry{Metrics: m}
	_, end := telemetry.Request(t.Context())
	end(Served{Method: "POST", Route: "/s/open", Status: 410, Code: "viewed", Took: 20 * time.Millisecond})
	telemetry.Write(t.Context(), "claim")("")
	telemetry.Committed(3, time.Millisecond)
	m.Created("anyone")
	m.Claimed("opened")
	m.Gauge("queue", "A queue.", func(context.Context) (float64, error) { return 7, nil })
	m.Gauge("broken", "A queue.", func(context.Context) (float64, error) { return 0, errors.New("no") })

	text := scrape(t, m)
	for _, line := range []string{
		`itemshare_http_requests_total{method="POST",route="/s/open",status="410"} 1`,
		`itemshare_http_request_seconds_bucket{method="POST",route="/s/open",le="0.01"} 0`,
		`itemshare_http_request_seconds_bucket{method="POST",route="/s/open",le="0.025"} 1`,
		`itemshare_refusals_total{reason="viewed",route="/s/open"} 1`,
		`itemshare_shares_created_total{audience="anyone"} 1`,
		`itemshare_claims_total{outcome="opened"} 1`,
		`itemshare_db_write_seconds_count{operation="claim"} 1`,
		`itemshare_db_transaction_writes_bucket{le="2"} 0`,
		`itemshare_db_transaction_writes_bucket{le="4"} 1`,
		`itemshare_db_transaction_seconds_count 1`,
		`itemshare_build_info{commit="abc",version="0.1.0"} 1`,
		`itemshare_queue 7`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "itemshare_") {
			t.Errorf("another name: %s", line)
		}
	}
	if strings.Contains(text, "itemshare_broken ") {
		t.Error("a gauge that can't be read has a value")
	}
}

// TestServer asserts that profiles are served only if they are asked for, and nothing to pages of
// other sites.
func TestServer(t *testing.T) {
	m := NewMetrics("0.1.0", "abc")
	for _, c := range []struct {
		path, site string
		profiles   bool
		status     int
	}{
		{"/metrics", "", false, 200},
		{"/metrics", "none", false, 200},
		{"/metrics", "cross-site", false, 403},
		{"/debug/pprof/", "", false, 404},
		{"/debug/pprof/", "", true, 200},
		{"/debug/pprof/heap", "", true, 200},
		{"/debug/pprof/heap", "same-site", true, 403},
		{"/debug/pprof/cmdline", "", true, 404}, // flags may hold secrets
		{"/", "", true, 404},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Header.Set("Sec-Fetch-Site", c.site)
		w := httptest.NewRecorder()
		NewServer(m, c.profiles).Handler.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}

func TestNothingToMeasure(t *testing.T) {
	var none Telemetry
	ctx, end := none.Request(t.Context())
	end(Served{})
	none.Write(ctx, "x")("internal")
	none.Committed(1, 0)
	if ctx != t.Context() {
		t.Error("another context")
	}
}

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d\n%s", w.Code, w.Body)
	}
	return w.Body.String()
}
