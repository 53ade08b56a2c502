import { serveStream } from '../../../api/server/src/ingest/serve-stream.ts';
import { createLiveHub } from '../../../api/server/src/live/hub.ts';
import { createSites, type OwnedSites } from '../../../api/server/src/owner/create-sites.ts';
import type { packed } from '../../../api/server/src/owner/plant.fixture.ts';
import type { LiveHub } from '../../../api/server/src/ports.ts';
import type { SimDatabase } from './sim-database.ts';
import type { SimNetwork } from './sim-network.ts';
import type { SimProcess } from './virtual-time.ts';

/** One start of the api: the owners of sites and ingest. */
export interface SimApi {
  readonly process: SimProcess;
  readonly hub: LiveHub;
  isRecording(): boolean;
}

/** What one start of the api needs. */
export interface SimApiOptions {
  readonly process: SimProcess;
  readonly database: SimDatabase;
  readonly network: SimNetwork;
  readonly model: ReturnType<typeof packed>;
  /** It cannot start: as a process that ends. */
  readonly onFailed: () => void;
  readonly onProblem: (error: unknown) => void;
}

/** Must be called within the process. */
export function startSimApi({ process, database, network, model, onFailed, onProblem }: SimApiOptions): SimApi {
  const hub = createLiveHub();
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => 'err' in fields && onProblem(fields.err) };
  const metrics = { committed: () => {}, quarantined: () => {}, failed: () => {} };
  const sites: OwnedSites = createSites({
    ...{ hub, log, metrics },
    store: database.storeFor(process),
    nowUs: () => Date.now() * 1000,
    replica: 'api-0',
    endpoint: 'api:8443',
  });
  const start = async (): Promise<void> => {
    await sites.start();
    network.listen(process, (call) => void serveStream({ sites, log }, call));
    if (sites.models().length === 0) await sites.applyModel(model);
  };
  start().catch(onFailed);
  return { process, hub, isRecording: () => sites.recording(model.tenant, model.site) };
}
