import { join } from 'node:path';
import { freePorts } from '@kubeplant/kit';
import type { ApiFiles, RigFiles } from './rig-files.ts';
import { type Supervised, supervise } from './supervised.ts';

const API = new URL('../../../dist/package/api.js', import.meta.url);
const COLLECTOR = new URL('../../../dist/package/collector-modbus.js', import.meta.url);

/** Ports of an api process. */
export interface ApiPorts {
  readonly http: number;
  readonly ingest: number;
  readonly model: number;
  readonly probe: number;
}

/** Free ones. */
export async function findPorts(): Promise<ApiPorts> {
  const [http = 0, ingest = 0, model = 0, probe = 0] = await freePorts(4);
  return { http, ingest, model, probe };
}

interface ProcessOptions {
  readonly folder: string;
  readonly name: string;
  /** More variables. */
  readonly env: Readonly<Record<string, string>> | undefined;
}

/** Start an api. All of them are replica `api-0`. */
export function startApi(options: ProcessOptions & { readonly files: ApiFiles; readonly ports: ApiPorts }): Supervised {
  const { folder, files, name, env, ports } = options;
  return supervise({
    entry: API,
    logFile: join(folder, `${name}.log`),
    env: {
      KUBEPLANT_DATABASE_URL_FILE: files.databaseUrl,
      KUBEPLANT_HTTP_PORT: String(ports.http),
      KUBEPLANT_INGEST_PORT: String(ports.ingest),
      KUBEPLANT_MODEL_PORT: String(ports.model),
      KUBEPLANT_PROBE_PORT: String(ports.probe),
      KUBEPLANT_TLS_CERT_FILE: files.apiCert,
      KUBEPLANT_TLS_KEY_FILE: files.apiKey,
      KUBEPLANT_CA_FILE: files.ca,
      KUBEPLANT_SIGNING_KEY_FILE: join(folder, 'signing-key'),
      KUBEPLANT_INITIAL_PASSWORD_FILE: join(folder, 'password'),
      KUBEPLANT_CLI_TOKEN_FILE: files.cliToken,
      ...env,
    },
  });
}

/** Start a process that does the jobs, as both hosts do; its api must have the other roles only. */
export function startJobs(folder: string, files: ApiFiles): Supervised {
  return supervise({
    entry: API,
    logFile: join(folder, 'jobs.log'),
    env: {
      KUBEPLANT_REPLICA: 'jobs-0',
      KUBEPLANT_ROLES: 'jobs',
      KUBEPLANT_DATABASE_URL_FILE: files.databaseUrl,
      KUBEPLANT_PROBE_PORT: '0',
    },
  });
}

/** Start a collector of the shard. `bufferDir`: '' for none. */
export function startCollector(
  options: ProcessOptions & {
    readonly files: RigFiles;
    readonly instance: string;
    readonly bufferDir: string;
    readonly ingestPort: number;
    readonly probePort: number;
  },
): Supervised {
  const { folder, files, name, env, instance, bufferDir, ingestPort, probePort } = options;
  return supervise({
    entry: COLLECTOR,
    logFile: join(folder, `${name}.log`),
    env: {
      KUBEPLANT_CONFIG_DIR: files.configDir,
      KUBEPLANT_INGEST_ENDPOINT: `localhost:${ingestPort}`,
      KUBEPLANT_TOKEN_FILE: files.collectorToken,
      KUBEPLANT_CA_FILE: files.ca,
      KUBEPLANT_INSTANCE: instance,
      KUBEPLANT_PROBE_PORT: String(probePort),
      ...(bufferDir !== '' && { KUBEPLANT_BUFFER_DIR: bufferDir }),
      ...env,
    },
  });
}
