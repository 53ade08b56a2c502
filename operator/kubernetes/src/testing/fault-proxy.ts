import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { readKubeconfig } from '../../../../e2e/src/kubernetes/kubeconfig.ts';
import type { ClusterAccess } from '../api/cluster-access.ts';

/** What the proxy does to a request instead of passing it on; undefined passes. */
export type Fault = (request: { readonly watch: boolean; readonly url: URL }) => FaultAction | undefined;

/** `status`: answer with this. `cut`: pass on, then cut within an event. `silent`: take the request and say nothing. */
export type FaultAction =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'silent' };

/** A proxy before the real API server that fails when told to. */
export interface FaultProxy {
  readonly access: ClusterAccess;
  /** Requests seen, as `list` or `watch`. */
  readonly seen: string[];
  fault: Fault;
  /** Cut every open watch now. */
  cutWatches(): void;
  close(): Promise<void>;
}

export async function startFaultProxy(kubeconfig: string): Promise<FaultProxy> {
  const { server, caPem, credentials } = readKubeconfig(kubeconfig);
  if (credentials.kind !== 'certificate')
    throw new Error(`${readFileSync(kubeconfig, 'utf8').length} bytes of kubeconfig without a certificate`);
  const agent = new Agent({ ca: caPem, cert: credentials.certPem, key: credentials.keyPem, keepAlive: true });
  const seen: string[] = [];
  const watches = new Set<ServerResponse>();
  const proxy: { fault: Fault } = { fault: () => undefined };
  const front = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://proxy');
    const watch = url.searchParams.has('watch');
    seen.push(watch ? 'watch' : 'list');
    if (watch) watches.add(outgoing);
    outgoing.on('close', () => watches.delete(outgoing));
    const action = proxy.fault({ watch, url });
    if (action?.kind === 'silent') return;
    if (action?.kind === 'status')
      return void outgoing.writeHead(action.status, { 'content-type': 'application/json' }).end(action.body ?? '{}');
    pass(incoming, outgoing, { url: `${server}${incoming.url}`, agent, cut: action?.kind === 'cut' });
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    seen,
    get fault() {
      return proxy.fault;
    },
    set fault(fault: Fault) {
      proxy.fault = fault;
    },
    access: {
      server: `http://127.0.0.1:${port}`,
      caPem: undefined,
      certPem: undefined,
      keyPem: undefined,
      serverName: undefined,
      namespace: 'default',
      authorization: async () => undefined,
    },
    cutWatches: () => {
      for (const watch of watches) watch.destroy();
    },
    close: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      agent.destroy();
    },
  };
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { url, agent, cut }: { readonly url: string; readonly agent: Agent; readonly cut: boolean },
): void {
  const upstream = request(url, { method: incoming.method, agent, headers: { accept: 'application/json' } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' });
    outgoing.flushHeaders();
    answer.on('data', (chunk: Buffer) => {
      outgoing.write(cut ? chunk.subarray(0, Math.ceil(chunk.length / 2)) : chunk);
      if (cut) outgoing.destroy();
    });
    answer.on('end', () => outgoing.end());
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  upstream.end();
}
