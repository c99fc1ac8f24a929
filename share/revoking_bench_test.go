package share_test

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"itemshare/share"
)

// BenchmarkRevoking revokes 20,000 links, or ITEMSHARE_LINKS, that break a new policy, and
// compares the time that creating a link takes meanwhile with the time that it takes else.
func BenchmarkRevoking(b *testing.B) {
	links := 20_000
	if n, err := strconv.Atoi(os.Getenv("ITEMSHARE_LINKS")); err == nil {
		links = n
	}
	for _, submitters := range []int{1, 8, 32} {
		b.Run(strconv.Itoa(submitters), func(b *testing.B) {
			for b.Loop() {
				benchmarkRevoking(b, links, submitters)
			}
		})
	}
}

func benchmarkRevoking(b *testing.B, links, submitters int) {
	s := newService(b)
	s.rebuild(func(c *share.Config) { c.Clock = time.Now })
	s.now = time.Now()
	s.fill(links, 30*24*time.Hour)
	alone := s.createFor(submitters, func() { time.Sleep(3 * time.Second) })
	var took time.Duration
	beside := s.createFor(submitters, func() {
		ctx, stop := context.WithCancel(b.Context())
		defer stop()
		go s.RunRevocations(ctx, slog.New(slog.DiscardHandler))
		began := time.Now()
		must(s.SetPolicy(b.Context(), ann, "", atMost(24*time.Hour), true))(b)
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms/answer")
		for must(s.Orders(b.Context()))(b)[0].Running() {
			time.Sleep(50 * time.Millisecond)
		}
		took = time.Since(began)
	})
	b.ReportMetric(float64(links)/took.Seconds(), "revoked/s")
	for name, all := range map[string][]time.Duration{"alone": alone, "beside": beside} {
		slices.Sort(all)
		b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "ms-p50-"+name)
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "ms-p99-"+name)
	}
	b.ReportMetric(float64(len(alone))/3, "creates/s-alone")
	b.ReportMetric(float64(len(beside))/took.Seconds(), "creates/s-beside")
}

// createFor creates links on so many goroutines until during returns, and returns how long each
// took.
func (s *testService) createFor(submitters int, during func()) []time.Duration {
	var mu sync.Mutex
	var all []time.Duration
	ctx, stop := context.WithCancel(context.Background())
	var creators sync.WaitGroup
	for range submitters {
		creators.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				_, err := s.Create(
					context.Background(),
					ann,
					s.request(func(r *share.Request) { r.ExpireAfter = "OneHour" }),
				)
				if err != nil { // the policy changed
					continue
				}
				took := time.Since(began)
				mu.Lock()
				all = append(all, took)
				mu.Unlock()
			}
		})
	}
	during()
	stop()
	creators.Wait()
	return all
}
