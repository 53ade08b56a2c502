import type { Metadata } from '@grpc/grpc-js';
import { type Context, context, isSpanContextValid, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { formatTraceparent, readTraceparent } from './trace-context.ts';

/** The span of something a caller has asked for. */
export interface ServedSpan {
  /** Run with the span in force: spans and calls made inside belong to the caller's trace. */
  run<T>(serve: () => T): T;
  /** End it, with the error if there was one. */
  end(error?: string): void;
}

/** The tracer of this process; spans have no ids until `startTelemetry`. */
export const processTracer = (): Tracer => trace.getTracer('kubeplant');

/** Id of the trace in force, 32 hex digits; undefined where there is none. */
export const activeTraceId = (from: Context = context.active()): string | undefined => trace.getSpanContext(from)?.traceId;

/** The trace in force as a W3C `traceparent`, to be written where there is no call to carry it; empty where there is none. */
export function activeTraceparent(from: Context = context.active()): string {
  const span = trace.getSpanContext(from);
  return span === undefined || !isSpanContextValid(span) ? '' : formatTraceparent(span);
}

/** Start the span of a request as a child of the caller's (W3C `traceparent`), or of nobody's where that is absent or malformed. */
export function startServedSpan(name: string, traceparent: string | undefined): ServedSpan {
  const parent = readTraceparent(traceparent);
  const span = processTracer().startSpan(name, { kind: SpanKind.SERVER }, parent);
  const active = trace.setSpan(parent, span);
  return {
    run: (serve) => context.with(active, serve),
    end: (error) => {
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end();
    },
  };
}

/** Serve a gRPC call inside a span of its own that ends with it. */
export async function traceServedCall<T>(name: string, metadata: Metadata, serve: () => Promise<T>): Promise<T> {
  const [header] = metadata.get('traceparent');
  const span = startServedSpan(name, typeof header === 'string' ? header : undefined);
  try {
    const served = await span.run(serve);
    span.end();
    return served;
  } catch (error) {
    span.end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
