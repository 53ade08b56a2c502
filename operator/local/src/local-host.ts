import { join } from 'node:path';
import type { DeclaredResource, SiteModel } from '@kubeplant/crds/model';
import { explainWriteError, shardToken, tokenHash, type Logger } from '@kubeplant/kit';
import type { ModelLink } from '@kubeplant/operator-link';
import { createPlanner, type Plan, type SimulatorEndpoints } from '@kubeplant/plan';
import { acceptFiles } from './accept/accept-files.ts';
import { keepUnread } from './accept/keep-unread.ts';
import { loadAccepted, saveAccepted } from './accept/persist.ts';
import type { Accepted, AcceptedResource } from './accept/types.ts';
import { readAssignment, writeConfigDirectories } from './carry-out/config-directories.ts';
import { loadEndpoints, saveEndpoints } from './carry-out/endpoints-file.ts';
import { type DesiredProcesses, type ProcessPaths, prepareProcesses } from './carry-out/processes.ts';
import { toPlanResources } from './carry-out/to-plan-resources.ts';
import { createHeld } from './held.ts';
import { findingProblems, type Problem } from './problem.ts';
import { createRunQueue } from './run-queue.ts';
import { collectPaths } from './source/collect-paths.ts';
import { readSourceFile } from './source/read-file.ts';
import type { SourceFile } from './source/types.ts';

/** What a local host works on. */
export interface LocalHostOptions {
  readonly paths: readonly string[];
  readonly simulate: boolean;
  /** Folder for configurations, tokens and what is kept between starts. */
  readonly stateDir: string;
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
  /** The collector of a shard (`namespace/shard`) confirms the configuration it runs. */
  confirm(shard: string, revision: string): void;
  /** The parent says which collectors run, by `namespace/shard`. */
  setRunning(names: readonly string[]): void;
  accepted(): readonly AcceptedResource[];
  files(): readonly SourceFile[];
}

const CLUSTER = 'local';
/** How soon what could not be written is tried again. */
const RETRY_MS = 2000;

export async function createLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  const { stateDir, log, link } = options;
  const acceptedFile = join(stateDir, 'accepted.json');
  const endpointsFile = join(stateDir, 'simulators.json');
  const paths: ProcessPaths = {
    ...options.process,
    configRoot: join(stateDir, 'config'),
    tokenRoot: join(stateDir, 'tokens'),
    simulatorRoot: join(stateDir, 'simulators'),
  };
  const planner = createPlanner();
  const held = createHeld();
  let accepted: Accepted = await loadAccepted(acceptedFile);
  let endpoints = await loadEndpoints(endpointsFile);
  let assignment = await readAssignment(paths.configRoot);
  let files: readonly SourceFile[] = [];
  let previous: Plan | undefined;

  const planNow = (resources: readonly DeclaredResource[]): Plan =>
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
      previous,
    });

  const carryOut = async (): Promise<void> => {
    const collected = await collectPaths(options.paths);
    options.onWatched(collected.watched);
    files = await Promise.all(collected.paths.map(readSourceFile));
    const acceptance = acceptFiles(files, accepted);
    const unread = collected.problems.some(({ severity }) => severity === 'Error');
    accepted = unread ? keepUnread(accepted, acceptance.accepted) : acceptance.accepted;
    await saveAccepted(acceptedFile, accepted);
    await saveEndpoints(endpointsFile, endpoints);
    const resources = [...accepted.values()].flat();
    const next = planNow(resources.map(({ object }) => object));
    assignment = next.assignment;
    held.wrote(next.shards);
    await writeConfigDirectories(paths.configRoot, next.shards);
    options.onProcesses(await prepareProcesses(paths, next, endpoints));
    publish(link, previous, next.siteModels);
    previous = next;
    const problems = [...collected.problems, ...acceptance.problems, ...findingProblems(next.findings, resources)];
    options.onReport({ problems, held: acceptance.held, ...countOf(next) });
    log.info({ ...countOf(next), problems: problems.length, held: acceptance.held }, 'carried out');
  };

  const state = createStateNotice(options);
  const queue = createRunQueue(async () => {
    try {
      await carryOut();
      state.written();
    } catch (error) {
      const why = explainWriteError(error);
      if (why === undefined) throw error;
      state.refused(why);
      setTimeout(() => void queue.request(), RETRY_MS).unref();
    }
  });

  return {
    reload: () => queue.request(),
    setEndpoints: async (reported) => {
      const changed = Object.entries(reported).some(
        ([key, { host, port }]) => endpoints[key]?.host !== host || endpoints[key].port !== port,
      );
      if (!changed) return;
      endpoints = { ...endpoints, ...reported };
      await queue.request();
    },
    confirm: (shard, revision) => {
      if (held.confirm(shard, revision)) void queue.request();
    },
    setRunning: (names) => {
      if (held.setRunning(names)) void queue.request();
    },
    accepted: () => [...accepted.values()].flat(),
    files: () => files,
  };
}

/** Says once that the state cannot be written, and when it can again: the plant goes on as it was meanwhile. */
function createStateNotice({ stateDir, log, onNotice }: Pick<LocalHostOptions, 'stateDir' | 'log' | 'onNotice'>) {
  let known: string | undefined;
  return {
    refused: (why: string): void => {
      if (why === known) return;
      known = why;
      const message = `${stateDir} cannot be written: ${why}; the plant goes on as it was, changed files come into force after that`;
      log.error(message);
      onNotice(message);
    },
    written: (): void => {
      if (known === undefined) return;
      known = undefined;
      const message = `${stateDir} can be written again: all files are in force`;
      log.info(message);
      onNotice(message);
    },
  };
}

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
