import { trace } from '@opentelemetry/api';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

/** Levels of a logger, for the configuration. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * A pino logger that writes JSON lines to stderr, at once (stdout stays for results). Lines written inside a span carry
 * its `trace_id` and `span_id`. Fields named like a secret are never written. On a full disk the last lines are held and written
 * when there is room again; logging never ends the process.
 */
export function createLogger({
  name,
  level = 'info',
  fd = STDERR,
}: {
  readonly name: string;
  readonly level?: string;
  readonly fd?: number;
}): Logger {
  const lines = destination({ fd, sync: true, maxLength: HELD_BYTES });
  lines.on('error', () => undefined); // Else the line that cannot be written would throw where it is logged.
  return pino(
    {
      level,
      base: { name, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS, censor: '[redacted]' },
      mixin: spanFields,
    },
    lines,
  );
}

const STDERR = 2;
/** Lines held while they cannot be written. */
const HELD_BYTES = 256 << 10;

const SECRET_FIELDS = [
  'password',
  'token',
  'secret',
  'keyPem',
  'authorization',
  '*.password',
  '*.token',
  '*.secret',
  '*.keyPem',
  '*.authorization',
];

function spanFields(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
