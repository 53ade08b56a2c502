import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

/** How one identity reaches an API server. */
export interface Access {
  /** https URL. */
  readonly server: string;
  readonly caPem: string;
  readonly credentials:
    | { readonly kind: 'certificate'; readonly certPem: string; readonly keyPem: string }
    | { readonly kind: 'token'; readonly token: string };
}

/** Write a kubeconfig with one context, mode 0600. */
export function writeKubeconfig(file: string, { server, caPem, credentials }: Access): void {
  const user =
    credentials.kind === 'token'
      ? { token: credentials.token }
      : { 'client-certificate-data': toBase64(credentials.certPem), 'client-key-data': toBase64(credentials.keyPem) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': toBase64(caPem) } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'default' } }],
    'current-context': 'test',
  };
  writeFileSync(file, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}

/** Read a kubeconfig that `writeKubeconfig` wrote. */
export function readKubeconfig(file: string): Access {
  const config = parse(readFileSync(file, 'utf8'));
  const cluster = config.clusters[0].cluster;
  const user = config.users[0].user;
  return {
    server: cluster.server,
    caPem: fromBase64(cluster['certificate-authority-data']),
    credentials:
      user.token === undefined
        ? { kind: 'certificate', certPem: fromBase64(user['client-certificate-data']), keyPem: fromBase64(user['client-key-data']) }
        : { kind: 'token', token: user.token },
  };
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();
