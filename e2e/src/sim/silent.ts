import { createLogger, startTelemetry } from '@kubeplant/kit';

/** A log that nobody reads. */
export const SILENT = createLogger({ name: 'simulation', level: 'silent' });
/** Traces that go nowhere. */
export const INERT_TRACER = startTelemetry({ service: 'simulation', version: '0', env: {} }).tracer;
