package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"itemshare/telemetry"
	"itemshare/webhook"
)

// telemetryFlags say who may watch the server.
type telemetryFlags struct {
	MetricsAddr  string `help:"${serve_metrics_addr}" placeholder:"ADDRESS"`
	Pprof        string `help:"${serve_pprof}" default:"off" enum:"on,off"`
	OTLPEndpoint string `help:"${serve_otlp}" name:"otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" placeholder:"URL"`
}

func (f telemetryFlags) check() error {
	if f.MetricsAddr == "" {
		if f.Pprof == "on" {
			return errors.New("ITEMSHARE_PPROF needs ITEMSHARE_METRICS_ADDR, where profiles are served")
		}
		return nil
	}
	if err := telemetry.CheckAddress(f.MetricsAddr); err != nil {
		return fmt.Errorf("ITEMSHARE_METRICS_ADDR cannot be used: %w", err)
	}
	return nil
}

// traces reports whether OpenTelemetry's variables ask for traces.
func (f telemetryFlags) traces() bool {
	return (f.OTLPEndpoint != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "") &&
		os.Getenv("OTEL_SDK_DISABLED") != "true" && os.Getenv("OTEL_TRACES_EXPORTER") != "none"
}

// startTelemetry sets p.telemetry unless nothing is to be measured. The function that it returns
// ends it.
func (f telemetryFlags) startTelemetry(p *program) (end func(), err error) {
	if f.MetricsAddr == "" && !f.traces() {
		return func() {}, nil
	}
	t := &telemetry.Telemetry{}
	build := thisBuild()
	if f.MetricsAddr != "" {
		t.Metrics = telemetry.NewMetrics(releaseOf(build), commitOf(build))
	}
	end = func() {}
	if f.traces() {
		if t.Traces, err = f.openTraces(p, releaseOf(build)); err != nil {
			return nil, err
		}
		end = func() {
			if err := t.Traces.Close(); err != nil {
				p.log.Warn("the last traces could not be sent", "err", err)
			}
		}
	}
	p.telemetry = t
	return end, nil
}

func (f telemetryFlags) openTraces(p *program, version string) (*telemetry.Traces, error) {
	endpoint := f.OTLPEndpoint
	if os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "" {
		endpoint = ""
	}
	return telemetry.NewTraces(p.ctx, telemetry.TracesConfig{
		Endpoint: endpoint, Protocol: os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"),
		Version: version, Log: p.log,
	})
}

// serveMetrics serves the metrics of an installation until the returned function is called.
func (f telemetryFlags) serveMetrics(p *program, in *installation) (stop func(), err error) {
	if f.MetricsAddr == "" {
		return func() {}, nil
	}
	metrics := p.telemetry.Metrics
	watch(p, in, metrics)
	listener, err := net.Listen("tcp", f.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", f.MetricsAddr, err)
	}
	server := telemetry.NewServer(metrics, f.Pprof == "on")
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("metrics are no longer served", "err", err)
		}
	}()
	p.log.Info("serving metrics", "url", "http://"+listener.Addr().String()+"/metrics")
	return func() { _ = server.Close() }, nil // nobody waits for a last answer
}

// watch has the metrics ask the installation for its queues, its sweeper and its connections.
func watch(p *program, in *installation, metrics *telemetry.Metrics) {
	for name, pool := range in.db.Pools() {
		metrics.Pool(name, pool)
	}
	metrics.Gauge("mail_queue_messages", "Messages that wait to be sent.",
		func(ctx context.Context) (float64, error) {
			backlog, err := in.db.MailBacklog(ctx)
			return float64(backlog.Waiting), err
		})
	metrics.Gauge("mail_queue_age_seconds", "Age of the oldest message that waits to be sent.",
		func(ctx context.Context) (float64, error) {
			backlog, err := in.db.MailBacklog(ctx)
			if err != nil || backlog.Waiting == 0 {
				return 0, err
			}
			return p.clock().Sub(backlog.Oldest).Seconds(), nil
		})
	watchWebhooks(p, in, metrics)
	watchMemory(in, metrics)
	metrics.Gauge("audit_unsealed_events", "Audit events that aren't in the chain yet.",
		func(ctx context.Context) (float64, error) {
			n, err := in.db.CountUnsealed(ctx)
			return float64(n), err
		})
	metrics.Gauge("sweep_lag_seconds", "How long the oldest content has been due to be erased.",
		func(ctx context.Context) (float64, error) {
			due, err := in.db.ErasureDue(ctx, p.clock())
			if err != nil || due.IsZero() {
				return 0, err
			}
			return p.clock().Sub(due).Seconds(), nil
		})
	metrics.Gauge("backup_age_seconds", "Time since the last backup was made. Absent without one.",
		func(ctx context.Context) (float64, error) {
			last, err := in.db.LastBackup(ctx)
			if err == nil && last.At.IsZero() {
				err = errors.New("there is no backup")
			}
			return p.clock().Sub(last.At).Seconds(), err
		})
	metrics.Gauge("revocation_orders", "Policy changes whose links are still being revoked.",
		func(ctx context.Context) (float64, error) {
			orders, err := in.db.ListRevocations(ctx, p.clock())
			return float64(len(orders)), err
		})
}

func watchWebhooks(p *program, in *installation, metrics *telemetry.Metrics) {
	for name, gauge := range map[string]struct {
		help string
		of   func(webhook.Backlog) float64
	}{
		"webhook_queue_messages": {
			"Messages of webhooks that wait to be sent.",
			func(b webhook.Backlog) float64 { return float64(b.Waiting) },
		},
		"webhook_queue_age_seconds": {
			"Age of the oldest event that waits to be sent.",
			func(b webhook.Backlog) float64 {
				if b.Waiting == 0 {
					return 0
				}
				return p.clock().Sub(b.Oldest).Seconds()
			},
		},
		"webhook_failed_messages": {
			"Messages of seven days that were given up.",
			func(b webhook.Backlog) float64 { return float64(b.Failed) },
		},
		"webhook_lag_events": {
			"Audit events that a webhook has not read yet.",
			func(b webhook.Backlog) float64 { return float64(b.Behind) },
		},
	} {
		metrics.Gauge(name, gauge.help, func(ctx context.Context) (float64, error) {
			backlog, err := in.db.WebhookBacklog(ctx)
			return gauge.of(backlog), err
		})
	}
}

// watchMemory counts the reads that are answered from memory, where the database has one.
func watchMemory(in *installation, metrics *telemetry.Metrics) {
	if _, _, ok := in.db.RememberedReads(); !ok {
		return
	}
	const name, help = "db_remembered_reads_total", "Reads of creating links, answered from memory or not."
	metrics.Counter(name, help, "result", "hit", func() int64 {
		hits, _, _ := in.db.RememberedReads()
		return hits
	})
	metrics.Counter(name, help, "result", "miss", func() int64 {
		_, misses, _ := in.db.RememberedReads()
		return misses
	})
}
