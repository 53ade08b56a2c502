import { join } from 'node:path';
import type { DeclaredResource, SiteModel } from '@kubeplant/crds/model';
import { shardToken, tokenHash, type Logger } from '@kubeplant/kit';
import type { ModelLink } from '@kubeplant/operator-link';
import { createPlanner, type Plan, type PlanInput, type SimulatorEndpoints } from '@kubeplant/plan';
import { acceptFiles } from './accept/accept-files.ts';
import { keepUnread } from './accept/keep-unread.ts';
import { loadAccepted, saveAccepted } from './accept/persist.ts';
import type { Accepted, AcceptedResource } from './accept/types.ts';
import { createBufferFolders } from './carry-out/buffer-folders.ts';
import { readAssignment, signatureOf, writeConfigDirectories } from './carry-out/config-directories.ts';
import { loadEndpoints, saveEndpoints } from './carry-out/endpoints-file.ts';
import { type DesiredProcesses, type ProcessPaths, prepareProcesses } from './carry-out/processes.ts';
import { toPlanResources } from './carry-out/to-plan-resources.ts';
import { createHeld } from './held.ts';
import { findingProblems, type Problem } from './problem.ts';
import { createStateQueue } from './state-queue.ts';
import { collectPaths } from './source/collect-paths.ts';
import { readSourceFile } from './source/read-file.ts';
import type { SourceFile } from './source/types.ts';

/** What a local host works on. */
export interface LocalHostOptions {
  readonly paths: readonly string[];
  readonly simulate: boolean;
  /** Folder for configurations, tokens and what is kept between starts. */
  readonly stateDir: string;
  /** Folder for what collectors hold that is not committed. */
  readonly bufferDir: string;
  readonly process: Pick<ProcessPaths, 'caFile' | 'ingestEndpoint' | 'rootKey'>;
  readonly link: Pick<ModelLink, 'publish' | 'remove' | 'synced'>;
  readonly log: Logger;
  readonly onProcesses: (processes: DesiredProcesses) => void;
  /** All that is to be said of the YAML now; called after every reading. */
  readonly onReport: (report: Report) => void;
  /** Something about the host itself, not about the YAML. */
  readonly onNotice: (message: string) => void;
  /** Files and folders to watch. */
  readonly onWatched: (paths: readonly string[]) => void;
  /** How often it is looked whether the configurations are as they were written; 2 s. */
  readonly lookMs?: number;
}

/** What came of reading the YAML. */
export interface Report {
  readonly problems: readonly Problem[];
  /** Files whose present text is not in force. */
  readonly held: readonly string[];
  readonly sites: number;
  readonly devices: number;
  readonly rules: number;
  readonly collectors: number;
  readonly simulations: number;
}

/** The local host: YAML in, configurations, processes and models out. */
export interface LocalHost {
  /** Read everything again and carry it out; resolves when that is done. */
  reload(): Promise<void>;
  /** A simulator says where it listens. */
  setEndpoints(endpoints: SimulatorEndpoints): Promise<void>;
  /** The collector of a shard (`namespace/shard`) confirms the configuration it runs and, where it has no channel, says what it holds. */
  confirm(shard: string, said: { readonly configRevision: string; readonly heldBlocks?: number | undefined }): void;
  /** The parent says which collectors run, by `namespace/shard`. */
  setRunning(names: readonly string[]): void;
  /** Look after nothing any more. Resolves when nothing is carried out any more. */
  close(): Promise<void>;
  accepted(): readonly AcceptedResource[];
  files(): readonly SourceFile[];
}

const CLUSTER = 'local';
/** How often it is looked whether what was written is still so. */
const LOOK_MS = 2000;

export async function createLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  const { stateDir, log, link } = options;
  const acceptedFile = join(stateDir, 'accepted.json');
  const endpointsFile = join(stateDir, 'simulators.json');
  const paths = toPaths(options);
  const planner = createPlanner();
  const held = createHeld();
  const buffers = createBufferFolders(options.bufferDir);
  let accepted: Accepted = await loadAccepted(acceptedFile);
  let endpoints = await loadEndpoints(endpointsFile);
  let assignment = await readAssignment(paths.configRoot);
  let files: readonly SourceFile[] = [];
  let previous: Plan | undefined;
  let written: string | undefined;
  let isClosed = false;

  const planNow = (resources: readonly DeclaredResource[], undrained: PlanInput['undrained']): Plan =>
    planner({
      resources: toPlanResources(resources),
      assignment,
      simulators: endpoints,
      host: {
        kind: 'local',
        cluster: CLUSTER,
        simulate: options.simulate,
        tokenHashes: (tenant, site, shard) => [tokenHash(shardToken(paths.rootKey, tenant, site, shard))],
      },
      held: held.channels(),
      undrained,
      previous,
    });

  const carryOut = async (): Promise<void> => {
    if (isClosed) return;
    const collected = await collectPaths(options.paths);
    options.onWatched(collected.watched);
    files = await Promise.all(collected.paths.map(readSourceFile));
    const acceptance = acceptFiles(files, accepted);
    const unread = collected.problems.some(({ severity }) => severity === 'Error');
    accepted = unread ? keepUnread(accepted, acceptance.accepted) : acceptance.accepted;
    await saveAccepted(acceptedFile, accepted);
    await saveEndpoints(endpointsFile, endpoints);
    const resources = [...accepted.values()].flat();
    const declared = resources.map(({ object }) => object);
    const next = planNow(declared, await buffers.undrained());
    assignment = next.assignment;
    held.wrote(next.shards);
    await writeConfigDirectories(paths.configRoot, next.shards);
    written = await signatureOf(paths.configRoot);
    await buffers.carryOut(next.shards);
    options.onProcesses(await prepareProcesses(paths, next, endpoints));
    publish(link, previous, next.siteModels);
    previous = next;
    const problems = [...collected.problems, ...acceptance.problems, ...findingProblems(next.findings, resources)];
    options.onReport({ problems, held: acceptance.held, ...countOf(next) });
    log.info({ ...countOf(next), problems: problems.length, held: acceptance.held }, 'carried out');
  };

  const queue = createStateQueue(options, carryOut);
  const look = async (): Promise<void> => {
    await queue.idle();
    const before = written;
    if (isClosed || before === undefined || (await signatureOf(paths.configRoot)) === before || written !== before || isClosed) return;
    log.warn({ configRoot: paths.configRoot }, 'configurations of collectors were changed by somebody else: they are written again');
    await queue.request();
  };
  const timer = setInterval(() => void look(), options.lookMs ?? LOOK_MS).unref();

  return {
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await queue.idle().catch(() => {}); // told by whoever asked for it
    },
    reload: () => queue.request(),
    setEndpoints: async (reported) => {
      const changed = Object.entries(reported).some(
        ([key, { host, port }]) => endpoints[key]?.host !== host || endpoints[key].port !== port,
      );
      if (!changed) return;
      endpoints = { ...endpoints, ...reported };
      await queue.request();
    },
    confirm: (shard, said) => {
      const frees = held.confirm(shard, said.configRevision);
      if (buffers.confirm(shard, said) || frees) void queue.request();
    },
    setRunning: (names) => {
      const frees = held.setRunning(names);
      if (buffers.setRunning(names) || frees) void queue.request();
    },
    accepted: () => [...accepted.values()].flat(),
    files: () => files,
  };
}

const toPaths = ({ process, stateDir, bufferDir }: LocalHostOptions): ProcessPaths => ({
  ...process,
  configRoot: join(stateDir, 'config'),
  tokenRoot: join(stateDir, 'tokens'),
  simulatorRoot: join(stateDir, 'simulators'),
  bufferRoot: bufferDir,
});

function publish(link: LocalHostOptions['link'], before: Plan | undefined, models: readonly SiteModel[]): void {
  for (const model of models) link.publish(model);
  for (const { namespace, site } of before?.siteModels ?? []) {
    if (!models.some((model) => model.namespace === namespace && model.site === site)) link.remove(namespace, site);
  }
  link.synced();
}

const countOf = (plan: Plan) => ({
  sites: plan.siteModels.length,
  devices: plan.siteModels.reduce((sum, { devices }) => sum + devices.length, 0),
  rules: plan.siteModels.reduce((sum, { rules }) => sum + rules.length, 0),
  collectors: plan.shards.length,
  simulations: plan.simulators.length,
});
