import { type ServedSpan, startServedSpan } from '@kubeplant/kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Every HTTP request gets a span in the caller's trace (`traceparent`); what it causes belongs to it. */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, ServedSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { traceparent } = request.headers;
    const route = request.routeOptions.url ?? 'unknown';
    const span = startServedSpan(`${request.method} ${route}`, typeof traceparent === 'string' ? traceparent : undefined);
    spans.set(request, span);
    span.run(done);
  });
  // Reading a body loses the context it began in.
  app.addHook('preValidation', (request, _reply, done) => (spans.get(request)?.run ?? ((run: () => void) => run()))(done));
  app.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(reply.statusCode >= 500 ? `HTTP ${reply.statusCode}` : undefined);
    done();
  });
}
