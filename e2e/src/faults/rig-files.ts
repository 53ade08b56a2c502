import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createAuthority, issueCertificate } from '@kubeplant/kit';
import type { planPlant } from './plant-model.ts';

/** Token of whoever asks the api. */
export const CLI_TOKEN = 'token-of-the-fault-harness-0123456789abcdef';

/** What processes read. */
export interface RigFiles {
  readonly ca: string;
  readonly apiCert: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
  readonly cliToken: string;
  readonly collectorToken: string;
  readonly configDir: string;
}

/** Write keys, tokens and the configuration of the shard into `folder`. `operator`: what the harness shows as the operator. */
export async function writeRigFiles(folder: string, databaseUrl: string, planned: ReturnType<typeof planPlant>) {
  const authority = await createAuthority({ commonName: 'faults', days: 1 });
  const request = { authority, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 1 };
  const api = await issueCertificate({ ...request, commonName: 'api', uris: [], server: true });
  const operator = await issueCertificate({ ...request, commonName: 'operator', uris: ['kubeplant:operator'], client: true });
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const configDir = join(folder, 'config');
  mkdirSync(configDir);
  for (const [name, content] of encodeShardFiles(planned.config, { maxPartBytes: 1 << 20 })) writeFileSync(join(configDir, name), content);
  const files: RigFiles = {
    ca: write('ca.pem', authority.certPem),
    apiCert: write('api.pem', api.certPem),
    apiKey: write('api-key.pem', api.keyPem),
    databaseUrl: write('database-url', databaseUrl),
    cliToken: write('cli-token', CLI_TOKEN),
    collectorToken: write('token', planned.token),
    configDir,
  };
  return { files, operator: { ...operator, caPem: authority.certPem } };
}
