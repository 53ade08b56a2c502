import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigAccess } from '../../../operator/kubernetes/src/api/cluster-access.ts';
import { createTransport } from '../../../operator/kubernetes/src/api/transport.ts';
import { loadAuthority } from '../../../operator/kubernetes/src/site/cluster-keys.ts';
import { startPlainServer } from '../databases/plain-server.ts';
import { query } from '../databases/prepare-template.ts';
import { writeApiFiles } from '../faults/rig-files.ts';
import { findPorts, startApi } from '../faults/rig-processes.ts';
import { NAMESPACE } from './operator-rig.ts';
import type { BenchContext } from './types.ts';

const NAME = 'bench';

/** An api with its database, as an operator of the cluster and its collectors reach it. */
export interface ClusterApi {
  readonly modelEndpoint: string;
  readonly ingestEndpoint: string;
  /** For a superuser. */
  readonly databaseUrl: string;
}

/** Start PostgreSQL and the bundled api with a certificate of the operator's authority. Resolves when it serves. */
export async function startClusterApi({ defer, step }: BenchContext, kubeconfig: string): Promise<ClusterApi> {
  step('starting a database and an api');
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-api-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startPlainServer({ durable: true });
  defer(() => server.remove());
  await query(server.adminUrl, `CREATE ROLE ${NAME} LOGIN CREATEROLE PASSWORD '${NAME}'`);
  await query(server.adminUrl, `CREATE DATABASE ${NAME} OWNER ${NAME}`);
  const databaseUrl = Object.assign(new URL(server.adminUrl), { pathname: `/${NAME}` }).href;
  const loginUrl = Object.assign(new URL(databaseUrl), { username: NAME, password: NAME }).href;
  const transport = createTransport({ access: await kubeconfigAccess(kubeconfig), userAgent: 'bench' });
  const files = await writeApiFiles(folder, await loadAuthority(transport, NAMESPACE), loginUrl);
  await transport.close();
  const ports = await findPorts();
  const api = startApi({ folder, files, ports, name: 'api', env: { KUBEPLANT_CLUSTER: 'kubernetes' } });
  defer(() => api.stop());
  await api.ready();
  return { modelEndpoint: `127.0.0.1:${ports.model}`, ingestEndpoint: `localhost:${ports.ingest}`, databaseUrl };
}
