// Package telemetry measures and traces the running server for its operator: Prometheus metrics on
// an address of their own, and OpenTelemetry spans. Names, labels and attributes are patterns of
// routes, names of operations, codes and numbers: never a path, an id of a share, an address or
// anything that somebody typed.
package telemetry

import (
	"context"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Telemetry takes notes of requests and writes. Either half may be nil, and then costs nothing.
type Telemetry struct {
	Metrics *Metrics
	Traces  *Traces
}

// Served is a request that was answered.
type Served struct {
	Method string
	Route  string // the pattern
	ID     string // of the request, as the log has it
	Status int
	Code   string // of the refusal, "" if there was none
	Took   time.Duration
}

// Request begins a request. The function that it returns is called with what became of it.
func (t *Telemetry) Request(ctx context.Context) (context.Context, func(Served)) {
	var span trace.Span
	if t.Traces != nil {
		ctx, span = t.Traces.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	}
	return ctx, func(s Served) {
		if t.Metrics != nil {
			t.Metrics.request(s)
		}
		if span != nil {
			endRequest(span, s)
		}
	}
}

func endRequest(span trace.Span, s Served) {
	span.SetName(s.Method + " " + s.Route)
	span.SetAttributes(
		attribute.String("http.request.method", s.Method), attribute.String("http.route", s.Route),
		attribute.Int("http.response.status_code", s.Status),
		attribute.String("itemshare.request_id", s.ID),
	)
	if s.Code != "" {
		span.SetAttributes(attribute.String("error.type", s.Code))
	}
	if s.Status >= 500 {
		span.SetStatus(codes.Error, strconv.Itoa(s.Status))
	}
	span.End()
}

// Write begins a write to the database. The function that it returns is called when the write is
// over, with the code of its error, "" if there was none.
func (t *Telemetry) Write(ctx context.Context, operation string) func(code string) {
	begun := time.Now()
	var span trace.Span
	if t.Traces != nil {
		_, span = t.Traces.tracer.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient))
	}
	return func(code string) {
		if t.Metrics != nil {
			t.Metrics.writes.WithLabelValues(operation).Observe(time.Since(begun).Seconds())
		}
		if span == nil {
			return
		}
		if code != "" {
			span.SetAttributes(attribute.String("error.type", code))
		}
		span.End()
	}
}

// Committed counts a transaction of that many writes.
func (t *Telemetry) Committed(writes int, took time.Duration) {
	if t.Metrics != nil {
		t.Metrics.groups.Observe(float64(writes))
		t.Metrics.commits.Observe(took.Seconds())
	}
}
