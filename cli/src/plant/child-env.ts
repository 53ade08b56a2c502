import type { CertificateFiles } from './certificates.ts';
import type { DataDirectory } from './data-directory.ts';
import type { PlantOptions } from './plant-options.ts';

interface Shared {
  readonly data: DataDirectory;
  readonly certificates: CertificateFiles;
  readonly ingestPort: number;
  readonly modelPort: number;
}

/** Variables of the api process. */
export function apiEnv(
  options: Shared & Pick<PlantOptions, 'host' | 'port'> & { readonly consoleFolder: string | undefined },
): Record<string, string> {
  const { data, certificates, consoleFolder } = options;
  return {
    KUBEPLANT_CLUSTER: 'local',
    KUBEPLANT_REPLICA: 'api-0',
    KUBEPLANT_ROLES: 'ingest,http',
    KUBEPLANT_DATABASE_URL_FILE: data.databaseUrlFile,
    KUBEPLANT_HTTP_HOST: options.host,
    KUBEPLANT_HTTP_PORT: String(options.port),
    KUBEPLANT_INGEST_HOST: '127.0.0.1',
    KUBEPLANT_INGEST_PORT: String(options.ingestPort),
    KUBEPLANT_MODEL_HOST: '127.0.0.1',
    KUBEPLANT_MODEL_PORT: String(options.modelPort),
    KUBEPLANT_PROBE_HOST: '127.0.0.1',
    KUBEPLANT_PROBE_PORT: '0',
    KUBEPLANT_TLS_CERT_FILE: certificates.apiCertFile,
    KUBEPLANT_TLS_KEY_FILE: certificates.apiKeyFile,
    KUBEPLANT_CA_FILE: certificates.caFile,
    KUBEPLANT_SIGNING_KEY_FILE: data.signingKeyFile,
    KUBEPLANT_INITIAL_PASSWORD_FILE: data.passwordFile,
    KUBEPLANT_CLI_TOKEN_FILE: data.cliTokenFile,
    ...(consoleFolder !== undefined && { KUBEPLANT_CONSOLE_DIR: consoleFolder }),
  };
}

/** Variables of the process that does the jobs, so that they never slow the api. */
export const jobsEnv = ({ data }: Pick<Shared, 'data'>): Record<string, string> => ({
  KUBEPLANT_REPLICA: 'jobs-0',
  KUBEPLANT_ROLES: 'jobs',
  KUBEPLANT_DATABASE_URL_FILE: data.databaseUrlFile,
  KUBEPLANT_PROBE_HOST: '127.0.0.1',
  KUBEPLANT_PROBE_PORT: '0',
});

/** Variables of the local operator. */
export function operatorEnv(options: Shared & Pick<PlantOptions, 'paths' | 'simulate'>): Record<string, string> {
  const { data, certificates } = options;
  return {
    KUBEPLANT_PATHS: JSON.stringify(options.paths),
    KUBEPLANT_SIMULATE: String(options.simulate),
    KUBEPLANT_STATE_DIR: data.operator,
    KUBEPLANT_BUFFER_DIR: data.buffer,
    KUBEPLANT_MODEL_ENDPOINT: `127.0.0.1:${options.modelPort}`,
    KUBEPLANT_INGEST_ENDPOINT: `127.0.0.1:${options.ingestPort}`,
    KUBEPLANT_TLS_CERT_FILE: certificates.operatorCertFile,
    KUBEPLANT_TLS_KEY_FILE: certificates.operatorKeyFile,
    KUBEPLANT_CA_FILE: certificates.caFile,
    KUBEPLANT_ROOT_KEY_FILE: data.rootKeyFile,
    KUBEPLANT_PROBE_HOST: '127.0.0.1',
    KUBEPLANT_PROBE_PORT: '0',
  };
}
