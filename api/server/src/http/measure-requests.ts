import type { Meter } from '@kubeplant/kit';
import type { FastifyInstance } from 'fastify';

/** Duration of requests by route, method and status. */
export function measureRequests(app: FastifyInstance, meter: Meter, now: () => number): void {
  const durations = meter.createHistogram('kubeplant_http_request_duration_seconds', {
    description: 'Time to answer a request',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  const started = new WeakMap<object, number>();
  app.addHook('onRequest', async (request) => {
    started.set(request, now());
  });
  app.addHook('onResponse', async (request, reply) => {
    const seconds = (now() - (started.get(request) ?? now())) / 1000;
    durations.record(seconds, { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode });
  });
}
