import { type ServedSpan, startServedSpan } from '@kubeplant/kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Every HTTP request gets a span in the caller's trace (`traceparent`); what it causes belongs to it. It ends with the answer, or
 * with the connection where there is none: the caller went away, or it became a WebSocket.
 */
export function traceRequests(app: FastifyInstance, startSpan: typeof startServedSpan = startServedSpan): void {
  const spans = new WeakMap<FastifyRequest, ServedSpan>();
  const end = (request: FastifyRequest, error?: string): void => {
    spans.get(request)?.end(error);
    spans.delete(request);
  };
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    const route = request.routeOptions.url ?? 'unknown';
    const span = startSpan(`${request.method} ${route}`, typeof traceparent === 'string' ? traceparent : undefined);
    spans.set(request, span);
    reply.raw.once('close', () => end(request, reply.sent ? undefined : 'the caller went away'));
    span.run(done);
  });
  // Reading a body loses the context it began in.
  app.addHook('preValidation', (request, _reply, done) => (spans.get(request)?.run ?? ((run: () => void) => run()))(done));
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply.statusCode >= 500 ? `HTTP ${reply.statusCode}` : undefined);
    done();
  });
}
