import { activeTraceId, startTelemetry } from '@kubeplant/kit';
import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { traceRequests } from './trace-requests.ts';

it('takes the trace of the caller through a request with a body, and begins one where there is none', async () => {
  const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
  const app = fastify();
  traceRequests(app);
  app.post('/echo', async () => {
    await new Promise(setImmediate);
    return { trace: activeTraceId() };
  });
  const post = async (traceparent: string) =>
    (await app.inject({ method: 'POST', url: '/echo', payload: { a: 1 }, headers: { traceparent } })).json();
  const trace = 'a'.repeat(32);
  expect(await post(`00-${trace}-${'b'.repeat(16)}-01`)).toEqual({ trace });
  const { trace: own } = await post('nonsense');
  expect(own).toMatch(/^[0-9a-f]{32}$/);
  expect(own).not.toBe(trace);
  await app.close();
  await telemetry.shutdown();
});
