package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Traces sends spans to a collector, in the background. Each request begins a trace of its own.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// TracesConfig says where spans go. The other variables of OpenTelemetry, such as
// OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME and OTEL_TRACES_SAMPLER, count too.
type TracesConfig struct {
	// Endpoint is the base URL of the collector, without /v1/traces, or "" where
	// OTEL_EXPORTER_OTLP_TRACES_ENDPOINT has the whole of it.
	Endpoint string
	Protocol string // "" or http/protobuf
	Version  string // of the program
	Log      *slog.Logger
}

// NewTraces starts sending spans, over HTTP. A collector that can't be reached holds up nothing.
func NewTraces(ctx context.Context, config TracesConfig) (*Traces, error) {
	if config.Protocol != "" && config.Protocol != "http/protobuf" {
		return nil, errors.New("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or unset: " +
			"itemshare sends traces over HTTP")
	}
	var options []otlptracehttp.Option
	if config.Endpoint != "" {
		options = append(options,
			otlptracehttp.WithEndpointURL(strings.TrimRight(config.Endpoint, "/")+"/v1/traces"))
	}
	exporter, err := otlptracehttp.New(ctx, options...)
	if err != nil { // its text may quote the address
		return nil, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://localhost:4318")
	}
	own := resource.NewSchemaless(
		attribute.String("service.name", "itemshare"),
		attribute.String("service.version", config.Version),
	)
	environment, err := resource.New(ctx, resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES cannot be used: %w", err)
	}
	about, err := resource.Merge(own, environment) // the environment's count
	if err != nil {
		return nil, fmt.Errorf("describe this program for traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		config.Log.Warn("traces could not be sent", "err", err)
	}))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	return &Traces{provider: provider, tracer: provider.Tracer("itemshare")}, nil
}

// lastTime limits how long the spans that wait at the end may take.
const lastTime = 3 * time.Second

// Close sends the spans that wait.
func (t *Traces) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastTime)
	defer cancel()
	return t.provider.Shutdown(ctx)
}
