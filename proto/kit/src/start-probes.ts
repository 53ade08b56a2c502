import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A named check: undefined when it is fine, else why not. */
export type ProbeCheck = () => string | undefined;

/** Options of `startProbes`. Port 0: any free one. */
export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  /** Checks of `/readyz`, by name. */
  readonly checks: Readonly<Record<string, ProbeCheck>>;
  readonly metricsText: () => string | Promise<string>;
}

/** A running probe server. */
export interface Probes {
  readonly port: number;
  close(): Promise<void>;
}

/** Serve `/livez`, `/readyz` (each check named with `?verbose`, as in Kubernetes) and `/metrics`. Rejects when the port is taken. */
export async function startProbes({ host, port, checks, metricsText }: ProbeOptions): Promise<Probes> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://probe');
    const verbose = url.searchParams.has('verbose');
    if (url.pathname === '/livez') return respond(response, 200, verbose ? '[+]ping ok\nlivez check passed\n' : 'ok');
    if (url.pathname === '/readyz') return respondChecks(response, checks, verbose);
    if (url.pathname === '/metrics') return void respondMetrics(response, metricsText);
    respond(response, 404, 'not found: /livez, /readyz and /metrics are served here\n');
  });
  server.keepAliveTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return {
    // A listening TCP server's address is never a string.
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respondChecks(response: ServerResponse, checks: ProbeOptions['checks'], verbose: boolean): void {
  const results = Object.entries(checks).map(([name, check]) => ({ name, problem: check() }));
  const failed = results.some(({ problem }) => problem !== undefined);
  const lines = results.map(({ name, problem }) => (problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`));
  const report = `${lines.join('\n')}\nreadyz check ${failed ? 'failed' : 'passed'}\n`;
  respond(response, failed ? 503 : 200, failed || verbose ? report : 'ok');
}

async function respondMetrics(response: ServerResponse, metricsText: ProbeOptions['metricsText']): Promise<void> {
  try {
    respond(response, 200, await metricsText(), 'text/plain; version=0.0.4; charset=utf-8');
  } catch (error) {
    respond(response, 500, `metrics cannot be collected: ${error instanceof Error ? error.message : error}\n`);
  }
}

function respond(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(body);
}
