import type { FastifyInstance } from 'fastify';

/** `/livez` and `/readyz` on the port of the api, as on the probe port. */
export function serveProbes(app: FastifyInstance, checks: Readonly<Record<string, () => string | undefined>>): void {
  app.get('/livez', async (_request, reply) => reply.type('text/plain').send('ok'));
  app.get<{ Querystring: { verbose?: string } }>('/readyz', async (request, reply) => {
    const results = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }));
    const failed = results.some(({ problem }) => problem !== undefined);
    const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`));
    const report = `${lines.join('\n')}\nreadyz check ${failed ? 'failed' : 'passed'}\n`;
    const verbose = failed || request.query.verbose !== undefined;
    return reply
      .status(failed ? 503 : 200)
      .header('cache-control', 'no-store')
      .type('text/plain')
      .send(verbose ? report : 'ok');
  });
}
