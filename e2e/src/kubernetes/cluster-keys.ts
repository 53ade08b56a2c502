import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@kubeplant/kit';

/** Keys and certificates of a test cluster, as files and as text. */
export interface ClusterKeys {
  readonly directory: string;
  readonly caPem: string;
  readonly admin: { readonly certPem: string; readonly keyPem: string };
  readonly controllerManager: { readonly certPem: string; readonly keyPem: string };
  /** Token in group system:masters, for the first request only. */
  readonly bootstrapToken: string;
  readonly file: (name: 'ca.crt' | 'apiserver.crt' | 'apiserver.key' | 'sa.key' | 'sa.pub' | 'tokens.csv') => string;
}

/** Name of the administrator, bound to cluster-admin at start. */
export const ADMIN = 'kubernetes-admin';

/** Make all keys in `directory`. */
export async function createClusterKeys(directory: string): Promise<ClusterKeys> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  const authority = await createAuthority({ commonName: 'kubeplant test cluster', days: 2 });
  const server = await issueCertificate({
    authority,
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ipAddresses: ['127.0.0.1', '10.96.0.1'],
    days: 2,
  });
  const issueClient = (commonName: string) => issueCertificate({ authority, commonName, days: 2, client: true });
  const account = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const bootstrapToken = randomBytes(24).toString('hex');
  const contents = {
    'ca.crt': authority.certPem,
    'apiserver.crt': server.certPem,
    'apiserver.key': server.keyPem,
    'sa.key': account.privateKey,
    'sa.pub': account.publicKey,
    'tokens.csv': `${bootstrapToken},bootstrap,bootstrap,"system:masters"\n`,
  };
  for (const [name, content] of Object.entries(contents)) writeFileSync(file(name), content, { mode: 0o600 });
  const [admin, controllerManager] = await Promise.all([issueClient(ADMIN), issueClient('system:kube-controller-manager')]);
  return { directory, caPem: authority.certPem, admin, controllerManager, bootstrapToken, file };
}
