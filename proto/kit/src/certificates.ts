import { webcrypto } from 'node:crypto';

/** A certificate and its private key (PKCS#8), both PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a certificate is issued for. Names are checked by clients: give every name and address a server is dialled by. */
export interface CertificateRequest {
  readonly authority: KeyPair;
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  readonly days: number;
  /** May be used by a client (default false). */
  readonly client?: boolean;
  /** May be used by a server (default true unless `client`). */
  readonly server?: boolean;
  readonly now?: Date;
}

const KEYS = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks differ and are set back by an hour or two: valid from a day before now. */
const BACKDATE_MS = DAY_MS;

/** A self-signed certificate authority: ECDSA P-256, path length 0. */
export async function createAuthority({
  commonName,
  days,
  now = new Date(),
}: {
  readonly commonName: string;
  readonly days: number;
  readonly now?: Date;
}): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: KEYS,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

/** Issue a certificate with a new ECDSA P-256 key, signed by `authority`; it never outlives the authority. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyPair> {
  const x509 = await loadX509();
  const { authority, commonName, days, client = false, server = !client, now = new Date() } = request;
  const issuer = new x509.X509Certificate(authority.certPem);
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const usages = [...(server ? [x509.ExtendedKeyUsage.serverAuth] : []), ...(client ? [x509.ExtendedKeyUsage.clientAuth] : [])];
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ...(request.uris ?? []).map((value) => ({ type: 'url' as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.keyPem),
    signingAlgorithm: KEYS,
    notBefore: new Date(Math.max(now.getTime() - BACKDATE_MS, issuer.notBefore.getTime())),
    notAfter: new Date(Math.min(now.getTime() + days * DAY_MS, issuer.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(usages),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

/** Loaded on first use: only the hosts issue certificates. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata'); // x509's container refuses to load without it
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as typeof globalThis.crypto);
  return x509;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, KEYS, false, ['sign']);
}
