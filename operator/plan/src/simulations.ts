import type { Simulation, Site } from '@kubeplant/crds';
import type { EffectiveDevice, Finding, SimulatorConfig } from '@kubeplant/crds/model';
import { compareText } from './canonical-json.ts';
import type { Channel } from './channels.ts';
import { findingsOf, type FindingSink } from './findings.ts';
import { keyOf, namespaceOf, refOf } from './resource-ref.ts';
import { buildSignals } from './signals.ts';
import { buildSimulator } from './simulator-config.ts';
import type { PlanHost, PreviousPlan } from './types.ts';

/** What the Simulations of a site take over. */
export interface Overlay {
  /** Keys of the channels that are not the plant's now. */
  readonly channels: ReadonlySet<string>;
  readonly simulators: readonly SimulatorConfig[];
  /** Names of the Simulations in force. */
  readonly names: readonly string[];
}

/** What an overlay is made of. */
export interface OverlayInput {
  readonly site: Site;
  readonly tenant: string;
  readonly simulations: readonly Simulation[];
  readonly channels: readonly Channel[];
  readonly devices: ReadonlyMap<string, EffectiveDevice>;
  readonly host: PlanHost;
  readonly previous: PreviousPlan | undefined;
  readonly findings: Finding[];
}

/** Take over the channels of the devices that are simulated; of two Simulations that overlap the older wins. */
export function overlaySimulations(input: OverlayInput): Overlay {
  const taken = new Set<string>();
  const simulators: SimulatorConfig[] = [];
  for (const simulation of [...input.simulations].sort(byAge)) {
    const simulator = simulation.spec.suspend === true ? frozen(simulation, input.previous) : activate(simulation, taken, input);
    if (simulator === undefined) continue;
    for (const listener of simulator.listeners) taken.add(listener.channel);
    simulators.push(simulator);
  }
  return { channels: taken, simulators, names: simulators.map(({ simulation }) => simulation).sort(compareText) };
}

const byAge = (a: Simulation, b: Simulation): number =>
  compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compareText(a.metadata.name, b.metadata.name);

function frozen(simulation: Simulation, previous: PreviousPlan | undefined): SimulatorConfig | undefined {
  return previous?.simulators.find((item) => item.namespace === namespaceOf(simulation) && item.simulation === simulation.metadata.name);
}

function activate(simulation: Simulation, taken: ReadonlySet<string>, input: OverlayInput): SimulatorConfig | undefined {
  const sink = findingsOf(refOf(simulation), input.findings);
  if (!isAllowed(input, sink)) return undefined;
  const signals = buildSignals(simulation, input.devices, sink);
  const covered = input.channels.filter(({ config }) => config.devices.some((device) => signals.has(device.name)));
  const free = covered.filter(({ key }) => !taken.has(key));
  warnOfOverlap({ simulation, covered, taken, sink });
  if (free.length === 0) return undefined;
  return buildSimulator({
    simulation,
    tenant: input.tenant,
    site: input.site.metadata.name,
    channels: free,
    signals,
    fixedPorts: input.host.kind === 'kubernetes',
  });
}

function isAllowed({ site, host }: OverlayInput, sink: FindingSink): boolean {
  if (site.spec.simulation !== 'Allowed') {
    sink.error('SimulationForbidden', 'spec.siteRef.name', `Site "${keyOf(site)}" forbids simulation. Set its spec.simulation to Allowed.`);
    return false;
  }
  if (host.simulate) return true;
  sink.warning(
    'SimulationForbidden',
    '',
    'This host was started without --simulate: the real devices are dialled. Start it with --simulate.',
  );
  return false;
}

interface Overlap {
  readonly simulation: Simulation;
  readonly covered: readonly Channel[];
  readonly taken: ReadonlySet<string>;
  readonly sink: FindingSink;
}

function warnOfOverlap({ simulation, covered, taken, sink }: Overlap): void {
  const lost = covered.filter(({ key }) => taken.has(key)).map(({ key }) => key);
  if (lost.length === 0) return;
  sink.warning(
    'SimulationOverlap',
    'spec.devices',
    `Simulation "${simulation.metadata.name}" leaves ${lost.join(', ')} to an older one. Remove the devices from one of them.`,
  );
}
