import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@kubeplant/kit';
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
/** Issued anew at each start. */
const LEAF_DAYS = 1825;

/** The plant's authority, made at the first start, and fresh certificates of the api and the operator. */
export async function prepareCertificates(folder: string): Promise<CertificateFiles> {
  const caFile = join(folder, 'ca.pem');
  const caKeyFile = join(folder, 'ca-key.pem');
  if (!existsSync(caFile) || !existsSync(caKeyFile)) {
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
