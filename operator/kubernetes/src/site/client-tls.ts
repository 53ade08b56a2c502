import { ConfigError, followTlsFiles, type KeyPair, type Logger, type TlsTexts } from '@kubeplant/kit';
import { issueOperatorCertificate } from './cluster-keys.ts';

/** What the operator's client certificate comes from: files, or the operator's own authority. */
export interface ClientTlsOptions {
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly caPem: string;
  readonly authority: KeyPair | undefined;
  readonly log: Logger;
}

/** Well before two thirds of the certificate's life, and as long as a timer can be. */
const RENEW_MS = 20 * 86_400_000;

/** The certificate to dial with, always the newest: files are followed, one of our own is issued anew. */
export async function createClientTls(options: ClientTlsOptions, renewMs = RENEW_MS): Promise<() => TlsTexts> {
  const { certFile, keyFile, caPem, authority, log } = options;
  if (certFile !== undefined && keyFile !== undefined) {
    const followed = followTlsFiles({ certFile, keyFile }, log);
    return () => ({ ...followed.current(), caPem });
  }
  if (certFile !== undefined || keyFile !== undefined || authority === undefined)
    throw new ConfigError(['KUBEPLANT_TLS_CERT_FILE and KUBEPLANT_TLS_KEY_FILE go together: set both or none']);
  let issued = await issueOperatorCertificate(authority);
  const renew = async (): Promise<void> => {
    issued = await issueOperatorCertificate(authority);
    log.info('the certificate for the api was issued anew');
  };
  setInterval(() => void renew(), renewMs).unref();
  return () => ({ ...issued, caPem });
}
