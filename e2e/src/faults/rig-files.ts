import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createAuthority, issueCertificate, type KeyPair } from '@kubeplant/kit';
import type { planPlant } from './plant-model.ts';

/** Token of whoever asks the api. */
export const CLI_TOKEN = 'token-of-the-fault-harness-0123456789abcdef';

/** What an api reads. */
export interface ApiFiles {
  readonly ca: string;
  readonly apiCert: string;
  readonly apiKey: string;
  readonly databaseUrl: string;
  readonly cliToken: string;
}

/** What processes read. */
export interface RigFiles extends ApiFiles {
  readonly collectorToken: string;
  readonly configDir: string;
}

const ADDRESSES = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 1 };

/** Write what an api reads into `folder`. */
export async function writeApiFiles(folder: string, authority: KeyPair, databaseUrl: string): Promise<ApiFiles> {
  const api = await issueCertificate({ ...ADDRESSES, authority, commonName: 'api', uris: [], server: true });
  return {
    ca: write(folder, 'ca.pem', authority.certPem),
    apiCert: write(folder, 'api.pem', api.certPem),
    apiKey: write(folder, 'api-key.pem', api.keyPem),
    databaseUrl: write(folder, 'database-url', databaseUrl),
    cliToken: write(folder, 'cli-token', CLI_TOKEN),
  };
}

/** Write keys, tokens and the configuration of the shard into `folder`. `operator`: what the harness shows as the operator. */
export async function writeRigFiles(folder: string, databaseUrl: string, planned: ReturnType<typeof planPlant>) {
  const authority = await createAuthority({ commonName: 'faults', days: 1 });
  const operator = await issueCertificate({
    ...ADDRESSES,
    ...{ authority, commonName: 'operator', uris: ['kubeplant:operator'], client: true },
  });
  const configDir = join(folder, 'config');
  mkdirSync(configDir);
  for (const [name, content] of encodeShardFiles(planned.config, { maxPartBytes: 1 << 20 })) writeFileSync(join(configDir, name), content);
  const files: RigFiles = {
    ...(await writeApiFiles(folder, authority, databaseUrl)),
    collectorToken: write(folder, 'token', planned.token),
    configDir,
  };
  return { files, operator: { ...operator, caPem: authority.certPem } };
}

function write(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}
