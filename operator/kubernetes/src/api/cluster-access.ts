import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';

/** How to reach an API server and who we are. */
export interface ClusterAccess {
  readonly server: string;
  readonly caPem: string | undefined;
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  /** Name the certificate is checked against, where it is not the host of `server`. */
  readonly serverName: string | undefined;
  readonly namespace: string;
  /** Value of the Authorization header now; `refresh` after a 401. */
  authorization(refresh: boolean): Promise<string | undefined>;
}

/** Projected tokens rotate: read again after this. */
const TOKEN_AGE_MS = 60_000;

interface InClusterEnvironment {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/** Access as the pod's ServiceAccount, whose files are in `folder`; undefined outside of a cluster. */
export async function inClusterAccess(env: InClusterEnvironment, folder: string): Promise<ClusterAccess | undefined> {
  const host = env.KUBERNETES_SERVICE_HOST;
  if (host === undefined || host === '') return undefined;
  const [caPem, namespace] = await Promise.all([readFile(`${folder}/ca.crt`, 'utf8'), readFile(`${folder}/namespace`, 'utf8')]);
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    server: `https://${address}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`,
    caPem,
    certPem: undefined,
    keyPem: undefined,
    serverName: undefined,
    namespace: namespace.trim(),
    authorization: readTokenFile(`${folder}/token`),
  };
}

function readTokenFile(path: string): ClusterAccess['authorization'] {
  let held: { readonly value: string; readonly atMs: number } | undefined;
  return async (refresh) => {
    const nowMs = performance.now();
    if (refresh || held === undefined || nowMs - held.atMs > TOKEN_AGE_MS) {
      held = { value: `Bearer ${(await readFile(path, 'utf8')).trim()}`, atMs: nowMs };
    }
    return held.value;
  };
}

/** Access as a kubeconfig says, with all its ways of signing in (files, data, exec). Loads the large client library. */
export async function kubeconfigAccess(path: string): Promise<ClusterAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(path);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${path} has no current context with a cluster; set current-context`);
  const sign = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const options = await sign();
  const authorization = async (): Promise<string | undefined> => {
    const { Authorization: header } = ((await sign()).headers ?? {}) as Readonly<Record<string, unknown>>;
    return typeof header === 'string' ? header : undefined;
  };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    caPem: toPem(options.ca),
    certPem: toPem(options.cert),
    keyPem: toPem(options.key),
    serverName: cluster.tlsServerName,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    authorization,
  };
}

const toPem = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString() : undefined;
