import type { Metadata } from '@grpc/grpc-js';
import { type Context, context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

/** Write the trace context into a call's metadata (W3C Trace Context, `traceparent`, `tracestate`). Returns the metadata. */
export function traceMetadata(metadata: Metadata, from: Context = context.active()): Metadata {
  const span = trace.getSpanContext(from);
  if (span && trace.isSpanContextValid(span)) {
    metadata.set('traceparent', formatTraceparent(span));
    if (span.traceState) metadata.set('tracestate', span.traceState.serialize());
  }
  return metadata;
}

/** The context a caller sent along, as parent of the spans of a call; ROOT_CONTEXT when there is none or it is malformed. */
export function readTraceMetadata(metadata: Metadata): Context {
  const [header] = metadata.get('traceparent');
  return readTraceparent(typeof header === 'string' ? header : undefined);
}

/** The same for a `traceparent` read from elsewhere, such as a header of an HTTP request. */
export function readTraceparent(header: string | undefined): Context {
  const span = header === undefined ? undefined : parseTraceparent(header);
  return span ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

function parseTraceparent(header: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags, rest] = pattern.exec(header) ?? [];
  if (!traceId || !spanId || !flags || version === 'ff' || (version === '00' && rest)) return undefined;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return trace.isSpanContextValid(span) ? span : undefined;
}

/** A span context as a W3C `traceparent`. */
export const formatTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;

/**
 * Start a span for a call that is about to be made and write its context into the call's metadata. Returns the function that
 * ends the span, with the error if there was one.
 */
export function traceCall(tracer: Tracer, name: string, metadata: Metadata): (error?: string) => void {
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT });
  traceMetadata(metadata, trace.setSpan(context.active(), span));
  return (error) => {
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    span.end();
  };
}
