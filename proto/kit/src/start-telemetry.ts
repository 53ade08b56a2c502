import { context, type Meter, metrics, type Tracer, trace } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { createContextManager } from './context-manager.ts';
import { createLazyExporter } from './lazy-exporter.ts';
import { observeProcess } from './observe-process.ts';

export type { Attributes, Counter, Histogram, Meter, ObservableGauge, Span, Tracer } from '@opentelemetry/api';

/** Metrics and traces of a process. Count per batch, never per reading: an `add` costs about a microsecond. */
export interface Telemetry {
  readonly meter: Meter;
  readonly tracer: Tracer;
  /** All metrics in Prometheus' text form. */
  metricsText(): Promise<string>;
  /** Send what is left and stop. Never rejects. */
  shutdown(): Promise<void>;
}

/** Variables of OpenTelemetry's own that are looked at here; the exporter reads the rest. */
export interface OtelEnvironment {
  readonly OTEL_SERVICE_NAME?: string;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
}

/** Options of `startTelemetry`; `env` holds OpenTelemetry's own variables (`OTEL_*`). */
export interface TelemetryOptions {
  readonly service: string;
  readonly version: string;
  readonly env?: OtelEnvironment;
}

/**
 * Start metrics (Prometheus form, served by `startProbes`) and traces. Spans always have ids, so that trace context
 * passes through; they are exported over OTLP only where OTEL_EXPORTER_OTLP_ENDPOINT is set. Call once per process.
 */
export function startTelemetry({ service, version, env = process.env as OtelEnvironment }: TelemetryOptions): Telemetry {
  const resource = defaultResource().merge(
    resourceFromAttributes({ [ATTR_SERVICE_NAME]: env.OTEL_SERVICE_NAME ?? service, [ATTR_SERVICE_VERSION]: version }),
  );
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const exporting = Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  const spanProcessors = exporting ? [new BatchSpanProcessor({ exporter: createLazyExporter() })] : [];
  const tracerProvider = new TracerProvider({ resource, spanProcessors });
  context.setGlobalContextManager(createContextManager());
  metrics.setGlobalMeterProvider(meterProvider);
  trace.setGlobalTracerProvider(tracerProvider);
  const meter = meterProvider.getMeter('kubeplant', version);
  observeProcess(meter);
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  return {
    meter,
    tracer: tracerProvider.getTracer('kubeplant', version),
    metricsText: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    shutdown: async () => {
      await Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
    },
  };
}
