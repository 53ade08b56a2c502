import { randomBytes } from 'node:crypto';
import { createAuthority, issueCertificate, type KeyPair } from '@kubeplant/kit';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, pathOf } from '../api/kube-object.ts';
import { SECRET } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';

/** Secrets of the operator's own namespace. */
export const CA_SECRET = 'kubeplant-ca';
export const ROOT_KEY_SECRET = 'kubeplant-root-key';
/** URI that marks the operator's client certificate. */
const OPERATOR_URI = 'kubeplant:operator';

const CA_DAYS = 3650;
const CERTIFICATE_DAYS = 90;

/** The CA of the cluster; made at the first start, then the same for ever. */
export async function loadAuthority(transport: Transport, namespace: string): Promise<KeyPair> {
  const data = await loadOrCreate(transport, { namespace, name: CA_SECRET }, async () => {
    const { certPem, keyPem } = await createAuthority({ commonName: 'Kubeplant CA', days: CA_DAYS });
    return { type: 'kubernetes.io/tls', data: { 'tls.crt': certPem, 'tls.key': keyPem } };
  });
  return { certPem: fieldOf(data, CA_SECRET, 'tls.crt'), keyPem: fieldOf(data, CA_SECRET, 'tls.key') };
}

/** The key all tokens of shards are made from. */
export async function loadRootKey(transport: Transport, namespace: string): Promise<string> {
  const data = await loadOrCreate(transport, { namespace, name: ROOT_KEY_SECRET }, async () => ({
    type: 'Opaque',
    data: { key: randomBytes(32).toString('hex') },
  }));
  return fieldOf(data, ROOT_KEY_SECRET, 'key');
}

/** What the operator shows the api: a client certificate with its URI. */
export const issueOperatorCertificate = (authority: KeyPair): Promise<KeyPair> =>
  issueCertificate({ authority, commonName: 'kubeplant-operator', uris: [OPERATOR_URI], days: CERTIFICATE_DAYS, client: true });

interface SecretContent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

type SecretData = Readonly<Record<string, string>>;

async function loadOrCreate(
  transport: Transport,
  place: { readonly namespace: string; readonly name: string },
  make: () => Promise<SecretContent>,
): Promise<SecretData> {
  const present = await readData(transport, place);
  if (present !== undefined) return present;
  const { type, data } = await make();
  const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  const labels = { 'app.kubernetes.io/managed-by': 'kubeplant', 'app.kubernetes.io/part-of': 'kubeplant' };
  const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: place.name, labels }, type, data: encoded };
  try {
    await transport.request('POST', pathOf(SECRET, { namespace: place.namespace }), { body });
    return encoded;
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const others = await readData(transport, place);
    if (others === undefined) throw error;
    return others;
  }
}

async function readData(
  transport: Transport,
  place: { readonly namespace: string; readonly name: string },
): Promise<SecretData | undefined> {
  try {
    const secret = (await transport.request('GET', pathOf(SECRET, place))) as KubeObject;
    return (secret.data ?? {}) as SecretData; // the type of a Secret's data
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function fieldOf(data: SecretData, secret: string, field: string): string {
  const value = data[field];
  if (value === undefined || value === '')
    throw new Error(
      `Secret "${secret}" has no "${field}". Restore it, or delete the Secret to have a new one made (all collectors then sign in anew).`,
    );
  return Buffer.from(value, 'base64').toString();
}
