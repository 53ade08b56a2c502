import type { SpanExporter } from '@opentelemetry/sdk-trace';

/** The OTLP exporter, loaded at the first span to send: most processes never need its code in memory. */
export function createLazyExporter(): SpanExporter {
  let loaded: Promise<SpanExporter> | undefined;
  const load = (): Promise<SpanExporter> => {
    loaded ??= import('@opentelemetry/exporter-trace-otlp-grpc').then(({ OTLPTraceExporter }) => new OTLPTraceExporter());
    return loaded;
  };
  return {
    export: (spans, done) => {
      load().then(
        (exporter) => exporter.export(spans, done),
        (error: Error) => done({ code: 1, error }),
      );
    },
    shutdown: async () => (await loaded)?.shutdown(),
  };
}
