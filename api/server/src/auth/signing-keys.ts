import { createPrivateKey, createPublicKey, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** Keys of the api: Ed25519 for access tokens, and a secret derived from it for refresh tokens. */
export interface SigningKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyId: string;
  /** The public key as published. */
  readonly jwk: JWK;
  readonly refreshKey: Uint8Array;
}

/** The key file cannot be used. */
export class SigningKeyError extends Error {
  override readonly name = 'SigningKeyError';
  readonly code = 'signing-key';
}

/** Read the PKCS#8 PEM of an Ed25519 key; where the file is missing, make one (mode 0600). */
export async function loadSigningKeys(path: string): Promise<SigningKeys> {
  const pem = readPem(path) ?? writePem(path);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new SigningKeyError(`${path} is not a private key in PEM form; make one with: openssl genpkey -algorithm ed25519 -out ${path}`, {
      cause,
    });
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new SigningKeyError(
      `${path} holds a ${privateKey.asymmetricKeyType} key; it must be Ed25519: openssl genpkey -algorithm ed25519 -out ${path}`,
    );
  }
  return toSigningKeys(privateKey);
}

/** Keys of a private key. */
export async function toSigningKeys(privateKey: KeyObject): Promise<SigningKeys> {
  const publicKey = createPublicKey(privateKey);
  const bare = publicKey.export({ format: 'jwk' }) as JWK; // node:crypto and jose describe the same standard.
  const keyId = await calculateJwkThumbprint(bare);
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  const refreshKey = new Uint8Array(hkdfSync('sha256', secret, '', 'kubeplant refresh tokens', 32));
  return { privateKey, publicKey, keyId, jwk: { ...bare, kid: keyId, alg: 'EdDSA', use: 'sig' }, refreshKey };
}

function readPem(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SigningKeyError(`${path} cannot be read`, { cause });
  }
}

function writePem(path: string): string {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string; // PEM is text.
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx' });
    return pem;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return readFileSync(path, 'utf8'); // another replica was faster
    throw new SigningKeyError(`${path} does not exist and cannot be made (${code}); mount a key there or make its folder writable`, {
      cause,
    });
  }
}
