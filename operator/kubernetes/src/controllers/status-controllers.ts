import type { AlarmRule, Device, Kind, Simulation, Site } from '@kubeplant/crds';
import { type KubeObject, splitKey } from '../api/kube-object.ts';
import { type Cached, type Caches, siteKeyOf } from '../cache/caches.ts';
import type { ReconcileResult } from '../runtime/run-controller.ts';
import { isAvailable } from '../site/availability.ts';
import { graceMs, type Knowledge } from '../site/knowledge.ts';
import { createDamper, type Damped, type Damper } from '../status/damper.ts';
import { deviceStatus } from '../status/device-status.ts';
import { acceptedStatus, ruleStatus, simulationStatus } from '../status/member-status.ts';
import { type ReportDeps, reportStatus } from '../status/report-status.ts';
import { siteStatus } from '../status/site-status.ts';

/** What the status controllers need. */
export interface StatusControllerDeps extends ReportDeps {
  readonly caches: Caches;
  readonly knowledge: Knowledge;
  readonly hasApi: boolean;
}

type Reconcile = (key: string) => Promise<ReconcileResult>;

/** One `reconcile` per kind. They judge nothing themselves: they write what is known, and only about the generation it is known of. */
export function createStatusReconcilers(deps: StatusControllerDeps): Readonly<Record<Kind, Reconcile>> {
  const dampers = new Map<string, { readonly connected: Damper; readonly dataFlowing: Damper }>();
  const { own } = deps.caches;
  return {
    Site: (key) => withObject(own.Site.get(key), (site) => reconcileSiteStatus(key, site, deps)),
    Device: (key) => {
      const device = own.Device.get(key);
      if (device === undefined) dampers.delete(key);
      return withObject(device, (present) => reconcileDevice(key, present, dampers, deps));
    },
    AlarmRule: (key) => withObject(own.AlarmRule.get(key), (rule) => reconcileRule(key, rule, deps)),
    Simulation: (key) => withObject(own.Simulation.get(key), (simulation) => reconcileSimulation(key, simulation, deps)),
    DeviceProfile: (key) =>
      withObject(own.DeviceProfile.get(key), (profile) => reportStatus('DeviceProfile', profile, acceptedStatus, deps)),
    CollectorClass: (key) => withObject(own.CollectorClass.get(key), (item) => reportStatus('CollectorClass', item, acceptedStatus, deps)),
  };
}

function withObject<T extends KubeObject>(
  object: T | undefined,
  reconcile: (object: T) => Promise<ReconcileResult>,
): Promise<ReconcileResult> {
  return object === undefined || object.metadata.deletionTimestamp !== undefined ? Promise.resolve({}) : reconcile(object);
}

const generationOf = ({ metadata }: KubeObject): number => metadata.generation ?? 0;

async function reconcileDevice(
  key: string,
  device: Cached<Device>,
  dampers: Map<string, { readonly connected: Damper; readonly dataFlowing: Damper }>,
  deps: StatusControllerDeps,
): Promise<ReconcileResult> {
  const { knowledge, caches } = deps;
  const judged = knowledge.sites.get(siteKeyOf(device) ?? '')?.devices.get(device.metadata.name);
  if (judged === undefined || judged.generation !== generationOf(device)) return {};
  const grace = graceMs(knowledge);
  const report = grace > 0 ? knowledge.deviceReports.get(key) : undefined;
  const damper = dampers.get(key) ?? { connected: createDamper(), dataFlowing: createDamper() };
  dampers.set(key, damper);
  const nowMs = performance.now();
  const connected = report === undefined ? undefined : damper.connected.observe(report.connected, nowMs);
  const dataFlowing = report === undefined ? undefined : damper.dataFlowing.observe(report.dataFlowing, nowMs);
  const collector =
    judged.shard === undefined ? undefined : caches.children.StatefulSet.get(`${device.metadata.namespace}/${judged.shard}`);
  const confirmed = knowledge.confirmed.has(`Device/${key}`);
  if (judged.calculated && !confirmed && waitsForApi(device, deps)) return { requeueAfterMs: grace };
  const status = deviceStatus({ device, judged, confirmed, collector, report, inGrace: grace > 0, connected, dataFlowing });
  const { requeueAfterMs } = await reportStatus('Device', device, status, deps);
  return { requeueAfterMs: soonest([requeueAfterMs, lookAgain(connected), lookAgain(dataFlowing)]) };
}

const lookAgain = (damped: Damped | undefined): number | undefined => damped?.lookAgainMs;

function soonest(delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** True: this generation was judged before and the api has not had the time to confirm it again. */
function waitsForApi(object: KubeObject, { knowledge, hasApi }: StatusControllerDeps): boolean {
  const { observedGeneration } = (object.status ?? {}) as { readonly observedGeneration?: number }; // the schema of every kind of ours
  return hasApi && observedGeneration === generationOf(object) && graceMs(knowledge) > 0;
}

async function reconcileRule(key: string, rule: Cached<AlarmRule>, deps: StatusControllerDeps): Promise<ReconcileResult> {
  const judged = deps.knowledge.sites.get(siteKeyOf(rule) ?? '')?.rules.get(rule.metadata.name);
  if (judged === undefined || judged.generation !== generationOf(rule)) return {};
  const confirmed = deps.knowledge.confirmed.has(`AlarmRule/${key}`);
  if (!confirmed && waitsForApi(rule, deps)) return { requeueAfterMs: graceMs(deps.knowledge) };
  return reportStatus('AlarmRule', rule, ruleStatus(rule, judged, confirmed), deps);
}

async function reconcileSimulation(_key: string, simulation: Cached<Simulation>, deps: StatusControllerDeps): Promise<ReconcileResult> {
  const judged = deps.knowledge.sites.get(siteKeyOf(simulation) ?? '')?.simulations.get(simulation.metadata.name);
  if (judged === undefined || judged.generation !== generationOf(simulation)) return {};
  const deployment =
    judged.simulator === undefined
      ? undefined
      : deps.caches.children.Deployment.get(`${simulation.metadata.namespace}/${judged.simulator}`);
  return reportStatus('Simulation', simulation, simulationStatus(simulation, judged, deployment), deps);
}

async function reconcileSiteStatus(key: string, site: Cached<Site>, deps: StatusControllerDeps): Promise<ReconcileResult> {
  const { knowledge, caches, hasApi } = deps;
  const judged = knowledge.sites.get(key);
  if (judged === undefined) return {};
  if (!knowledge.accepted.has(key) && waitsForApi(site, deps)) return { requeueAfterMs: graceMs(knowledge) };
  const { namespace } = splitKey(key);
  const wasReady =
    site.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true && !knowledge.judgedSites.has(key);
  knowledge.judgedSites.add(key);
  const unavailable: string[] = [];
  const neverAvailable: string[] = [];
  for (const [shard, revision] of judged.shards) {
    const available = isAvailable(caches.children.StatefulSet.get(`${namespace}/${shard}`));
    // Before this process began it was Ready: every collector was available then.
    if (available || wasReady) knowledge.availableAt.set(`${namespace}/${shard}`, revision);
    if (!available) unavailable.push(shard);
    if (knowledge.availableAt.get(`${namespace}/${shard}`) === undefined) neverAvailable.push(shard);
  }
  const devices = countDevices(key, caches);
  return reportStatus(
    'Site',
    site,
    siteStatus({ site, judged, accepted: knowledge.accepted.get(key), hasApi, unavailable, neverAvailable, devices }),
    deps,
  );
}

function countDevices(key: string, { own }: Caches): { declared: number; ready: number; connected: number } {
  const devices = own.Device.filed(key);
  const having = (type: string): number =>
    devices.filter(({ status }) => status?.conditions?.some((condition) => condition.type === type && condition.status === 'True')).length;
  return { declared: devices.length, ready: having('Ready'), connected: having('Connected') };
}
