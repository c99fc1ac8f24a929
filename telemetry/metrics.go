package telemetry

import (
	"context"
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are what Prometheus reads. Every name begins with itemshare_.
type Metrics struct {
	registry *prometheus.Registry
	register prometheus.Registerer // with the prefix

	requests *prometheus.CounterVec
	times    *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	created  *prometheus.CounterVec
	views    *prometheus.CounterVec
	writes   *prometheus.HistogramVec
	commits  prometheus.Histogram
	groups   prometheus.Histogram
}

// The upper bounds of histograms: seconds of requests and of the database, writes of a transaction.
func timeBuckets() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

func sizeBuckets() []float64 { return []float64{1, 2, 4, 8, 16, 32, 64, 128, 256} }

// NewMetrics returns metrics of this version of the program.
func NewMetrics(version, commit string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.register = prometheus.WrapRegistererWithPrefix("itemshare_", m.registry)
	m.requests = counter("http_requests_total", "Requests answered.", "method", "route", "status")
	m.times = times("http_request_seconds", "Time to answer a request.", "method", "route")
	m.refusals = counter("refusals_total", "Requests refused or failed, by reason.", "route", "reason")
	m.created = counter("shares_created_total", "Links created.", "audience")
	m.views = counter("claims_total", "Attempts to open a link with its token, by outcome.", "outcome")
	m.writes = times("db_write_seconds", "Time of a write, from its start to its durable end.",
		"operation")
	m.commits = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "db_transaction_seconds", Help: "Time of a write transaction.", Buckets: timeBuckets(),
	})
	m.groups = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "db_transaction_writes", Help: "Writes that were committed together.",
		Buckets: sizeBuckets(),
	})
	build := counter("build_info", "Always 1, with what the program was built from.",
		"version", "commit")
	build.WithLabelValues(version, commit).Inc()
	m.register.MustRegister(m.requests, m.times, m.refusals, m.created, m.views, m.writes, m.commits,
		m.groups, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func times(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Name: name, Help: help, Buckets: timeBuckets()}, labels,
	)
}

func (m *Metrics) request(s Served) {
	m.requests.WithLabelValues(s.Method, s.Route, strconv.Itoa(s.Status)).Inc()
	m.times.WithLabelValues(s.Method, s.Route).Observe(s.Took.Seconds())
	if s.Code != "" {
		m.refusals.WithLabelValues(s.Route, s.Code).Inc()
	}
}

// Created counts a new link.
func (m *Metrics) Created(audience string) { m.created.WithLabelValues(audience).Inc() }

// Claimed counts an attempt to open a link.
func (m *Metrics) Claimed(outcome string) { m.views.WithLabelValues(outcome).Inc() }

// Pool measures a pool of connections to the database.
func (m *Metrics) Pool(name string, pool *sql.DB) {
	m.register.MustRegister(collectors.NewDBStatsCollector(pool, name))
}

// gaugeTime limits how long reading a gauge may take.
const gaugeTime = 2 * time.Second

// Gauge adds a number that is read whenever Prometheus asks. It is missing while read fails.
func (m *Metrics) Gauge(name, help string, read func(ctx context.Context) (float64, error)) {
	desc := prometheus.NewDesc("itemshare_"+name, help, nil, nil)
	m.registry.MustRegister(gauge{desc, read})
}

// Counter adds a number that only grows, which is read whenever Prometheus asks.
func (m *Metrics) Counter(name, help, label, value string, read func() int64) {
	m.register.MustRegister(prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{label: value}},
		func() float64 { return float64(read()) },
	))
}

type gauge struct {
	desc *prometheus.Desc
	read func(ctx context.Context) (float64, error)
}

func (g gauge) Describe(descs chan<- *prometheus.Desc) { descs <- g.desc }

func (g gauge) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTime)
	defer cancel()
	if value, err := g.read(ctx); err == nil {
		metrics <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, value)
	}
}

// Handler answers Prometheus.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}
