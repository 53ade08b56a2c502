import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, explainWriteError, issueCertificate } from '@kubeplant/kit';
import { writeSecret } from './data-directory.ts';

/** Files of the plant's own certificates. */
export interface CertificateFiles {
  readonly caFile: string;
  readonly apiCertFile: string;
  readonly apiKeyFile: string;
  readonly operatorCertFile: string;
  readonly operatorKeyFile: string;
}

const CA_DAYS = 3650;
/** An authority that ends sooner is replaced at the next start. */
const CA_LEFT_MS = 365 * 86_400_000;
/** Issued anew at each start and while the plant runs. */
const LEAF_DAYS = 90;
/** As long as a timer can be, well before the certificates end. */
const RENEW_MS = 20 * 86_400_000;

/** Issue the certificates of a running plant anew: its processes follow the files. A failure is told and tried again next time. */
export function renewCertificates(folder: string, notice: (message: string) => void, renewMs = RENEW_MS): () => void {
  const timer = setInterval(() => {
    prepareCertificates(folder).catch((error: Error) =>
      notice(`the plant's certificates could not be issued anew: ${explainWriteError(error) ?? error.message}`),
    );
  }, renewMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** The plant's authority, made at the first start, and fresh certificates of the api and the operator. */
export async function prepareCertificates(folder: string): Promise<CertificateFiles> {
  const caFile = join(folder, 'ca.pem');
  const caKeyFile = join(folder, 'ca-key.pem');
  if (!existsSync(caKeyFile) || !isLasting(caFile)) {
    const made = await createAuthority({ commonName: 'Kubeplant local authority', days: CA_DAYS });
    writeSecret(caKeyFile, made.keyPem);
    writeSecret(caFile, made.certPem);
  }
  const authority = { certPem: readFileSync(caFile, 'utf8'), keyPem: readFileSync(caKeyFile, 'utf8') };
  const request = { authority, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'], days: LEAF_DAYS };
  const api = await issueCertificate({ ...request, commonName: 'api', uris: ['kubeplant:api'], server: true, client: true });
  const operator = await issueCertificate({ ...request, commonName: 'operator', uris: ['kubeplant:operator'], client: true });
  const files = {
    caFile,
    apiCertFile: join(folder, 'api.pem'),
    apiKeyFile: join(folder, 'api-key.pem'),
    operatorCertFile: join(folder, 'operator.pem'),
    operatorKeyFile: join(folder, 'operator-key.pem'),
  };
  writeSecret(files.apiCertFile, api.certPem);
  writeSecret(files.apiKeyFile, api.keyPem);
  writeSecret(files.operatorCertFile, operator.certPem);
  writeSecret(files.operatorKeyFile, operator.keyPem);
  return files;
}

/** True for a certificate that can be read and does not end soon. */
function isLasting(caFile: string): boolean {
  try {
    return new X509Certificate(readFileSync(caFile)).validToDate.getTime() - Date.now() > CA_LEFT_MS;
  } catch {
    return false;
  }
}
