import { activeTraceparent, createLogger, startServedSpan, startTelemetry } from '@kubeplant/kit';
import { expect, it } from 'vitest';
import { answerEdit } from './answer-edit.ts';

it('makes a change in the trace of the request that asked for it', async () => {
  const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
  const request = startServedSpan('PUT', undefined);
  const traceparent = request.run(activeTraceparent);
  const seen: string[] = [];
  const deps = {
    log: createLogger({ name: 'test' }),
    onEdit: async () => {
      seen.push(activeTraceparent());
      return { status: 200, code: 'ok', message: '', errors: '[]', object: '', yaml: '' };
    },
  };
  const edit = { method: 'PUT', kind: 'Device', namespace: 'default', name: 'pump', object: '{}', resourceVersion: '', dryRun: false };
  await answerEdit(deps, { ...edit, id: '1', user: 'ada', traceparent });
  await answerEdit(deps, { ...edit, id: '2', user: 'ada', traceparent: 'nonsense' });
  const traceOf = (header = '') => header.split('-')[1];
  expect(traceOf(seen[0])).toBe(traceOf(traceparent));
  expect(seen[0]).not.toBe(traceparent);
  expect(traceOf(seen[1])).toMatch(/^[0-9a-f]{32}$/);
  expect(traceOf(seen[1])).not.toBe(traceOf(traceparent));
  await telemetry.shutdown();
});
