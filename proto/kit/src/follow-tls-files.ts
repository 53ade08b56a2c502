import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from './create-logger.ts';
import { ConfigError } from './read-config.ts';

/** Where a process finds its certificate, its key and, where it has a file for them, the authorities it believes; all PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string | undefined;
}

/** What is in them; no authorities are an empty text. */
export interface TlsTexts {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
}

/** Certificate files that are followed while they change. */
export interface FollowedTls {
  /** The newest that fit together. */
  current(): TlsTexts;
  /** Called at once and whenever they change; returns the function that ends it. */
  subscribe(listener: (texts: TlsTexts) => void): () => void;
  close(): void;
}

const LOOK_MS = 5000;

/**
 * Read certificate, key and authorities now and again and again: they are renewed without a restart. Files that do not fit
 * together, as while they are being replaced, are logged and the ones before stay. Throws a ConfigError where the first do not.
 */
export function followTlsFiles(files: TlsFiles, log: Pick<Logger, 'info' | 'warn'>, lookMs = LOOK_MS): FollowedTls {
  const listeners = new Set<(texts: TlsTexts) => void>();
  const first = readTls(files);
  if (typeof first === 'string') throw new ConfigError([first]);
  let current = first;
  let refused: string | undefined;
  const look = (): void => {
    const next = readTls(files);
    if (typeof next === 'string') {
      if (next !== refused)
        log.warn({ ...files, reason: next }, 'the certificate files cannot be taken; what was read before stays in force');
      refused = next;
      return;
    }
    refused = undefined;
    if (next.certPem === current.certPem && next.keyPem === current.keyPem && next.caPem === current.caPem) return;
    current = next;
    log.info({ certFile: files.certFile }, 'the certificate files have changed: new connections use them');
    for (const listener of listeners) listener(current);
  };
  const timer = setInterval(look, lookMs).unref();
  return {
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
    close: () => clearInterval(timer),
  };
}

/** The texts, or what is wrong with them. */
function readTls({ certFile, keyFile, caFile }: TlsFiles): TlsTexts | string {
  const texts: string[] = [];
  for (const path of [certFile, keyFile, caFile]) {
    try {
      texts.push(path === undefined ? '' : readFileSync(path, 'utf8'));
    } catch (error) {
      return `${path} cannot be read (${(error as NodeJS.ErrnoException).code}): it must be a PEM file that this user may read`;
    }
  }
  const [certPem = '', keyPem = '', caPem = ''] = texts;
  try {
    createSecureContext({ cert: certPem, key: keyPem, ...(caPem !== '' && { ca: caPem }) });
  } catch (error) {
    return `${certFile} and ${keyFile} do not fit together (${(error as Error).message}): they must be a PEM certificate and its key`;
  }
  if (caFile !== undefined && !/-----BEGIN CERTIFICATE-----/.test(caPem)) return `${caFile} holds no certificate: it must be a PEM file`;
  return { certPem, keyPem, caPem };
}
