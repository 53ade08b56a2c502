import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { ActionError } from '../actions/action-error.ts';

/** Serve the built console: hashed assets for ever, every other page is `index.html`, asked for anew each time. */
export async function serveConsole(app: FastifyInstance, consoleDir: string | undefined): Promise<void> {
  if (consoleDir !== undefined) await app.register(fastifyStatic, { root: consoleDir, serve: false });
  app.get('/*', async (request, reply) => {
    const [path = '/'] = request.url.split('?');
    if (path.startsWith('/api/')) throw noSuchPage(path);
    if (consoleDir === undefined || !existsSync(join(consoleDir, 'index.html'))) {
      if (path === '/') return reply.status(503).type('text/plain; charset=utf-8').send(howToBuild(consoleDir));
      throw noSuchPage(path);
    }
    if (path.startsWith('/assets/')) return reply.sendFile(path.slice(1), { maxAge: '365d', immutable: true });
    if (/\.\w+$/.test(path) && path !== '/index.html') return reply.sendFile(path.slice(1), { maxAge: '1h' });
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
}

/** 404 of an address. */
export const noSuchPage = (path: string): ActionError =>
  new ActionError({ status: 404, code: 'no-such-address', detail: `There is nothing at ${path}; /docs lists the api.` });

const howToBuild = (consoleDir: string | undefined): string =>
  [
    consoleDir === undefined ? 'KUBEPLANT_CONSOLE_DIR is not set.' : `There is no built console in ${consoleDir}.`,
    'Build it with: npx vite build console',
    'and set KUBEPLANT_CONSOLE_DIR to console/dist. The api itself is up: see /docs.',
    '',
  ].join('\n');
