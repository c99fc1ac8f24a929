package telemetry

import (
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"
)

// CheckAddress rejects an address at which the internet could read the metrics.
func CheckAddress(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("it must be an address and a port such as 127.0.0.1:9090")
	}
	ip, err := netip.ParseAddr(host)
	if host == "localhost" || err == nil && (ip.IsLoopback() || ip.IsPrivate()) {
		return nil
	}
	return errors.New("it must be this machine's own or a private address such as 127.0.0.1:9090, " +
		"since anyone who reaches it can read it")
}

// headerTime limits how long a request's header may take.
const headerTime = 5 * time.Second

// NewServer returns the server of /metrics and, if profiles is true, of /debug/pprof/.
func NewServer(metrics *Metrics, profiles bool) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	if profiles {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return &http.Server{Handler: noBrowsers(mux), ReadHeaderTimeout: headerTime, IdleTimeout: time.Minute}
}

// noBrowsers refuses what a page of another site made a browser ask.
func noBrowsers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		if site != "" && site != "none" && site != "same-origin" || r.Header.Get("Origin") != "" {
			http.Error(w, "not for pages", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
