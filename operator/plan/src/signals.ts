import type { Signal, Simulation } from '@kubeplant/crds';
import type { EffectiveDevice, EffectiveSignal } from '@kubeplant/crds/model';
import { compileExpression } from '@kubeplant/engine';
import type { FindingSink } from './findings.ts';
import { formatSelector, matchesSelector } from './selector.ts';

/** Device name → its signals, one a tag; a device that is covered without signals has none. */
export type DeviceSignals = ReadonlyMap<string, readonly EffectiveSignal[]>;

/** Names an expression of a signal may use beside `tag()`. */
const VARIABLES = ['previous', 'dt', 'time'] as const;

/** Which devices a Simulation covers and how their tags behave; of two entries for one tag the first wins. */
export function buildSignals(simulation: Simulation, devices: ReadonlyMap<string, EffectiveDevice>, findings: FindingSink): DeviceSignals {
  const byDevice = new Map<string, Map<string, EffectiveSignal>>();
  for (const [index, entry] of simulation.spec.devices.entries()) {
    const field = `spec.devices[${index}]`;
    const selected = selectDevices(entry, devices, { field, findings });
    const signals = entry.signals.filter((signal, at) => isUsable(signal, { field: `${field}.signals[${at}]`, findings, selected }));
    for (const device of selected) {
      const own = byDevice.get(device.name) ?? new Map<string, EffectiveSignal>();
      byDevice.set(device.name, own);
      const tags = new Set(device.tags.map((tag) => tag.name));
      for (const signal of signals) if (tags.has(signal.tag) && !own.has(signal.tag)) own.set(signal.tag, signal);
    }
  }
  return new Map([...byDevice].map(([device, signals]) => [device, [...signals.values()]]));
}

type Entry = Simulation['spec']['devices'][number];

interface Place {
  readonly field: string;
  readonly findings: FindingSink;
}

function selectDevices(
  { selector, deviceRef }: Entry,
  devices: ReadonlyMap<string, EffectiveDevice>,
  { field, findings }: Place,
): EffectiveDevice[] {
  if (deviceRef !== undefined) {
    const device = devices.get(deviceRef.name);
    if (device !== undefined && device.modbusTcp !== undefined) return [device];
    const why =
      device === undefined
        ? `No Device "${deviceRef.name}" is applied in this site`
        : `Device "${deviceRef.name}" is calculated and cannot be simulated`;
    findings.error('DeviceNotFound', `${field}.deviceRef.name`, `${why}. Correct the name.`);
    return [];
  }
  if (selector === undefined) return [];
  const selected = [...devices.values()].filter((device) => device.modbusTcp !== undefined && matchesSelector(selector, device.labels));
  if (selected.length === 0) {
    findings.warning(
      'SelectorMatchesNothing',
      `${field}.selector`,
      `No Device with a connection has the labels ${formatSelector(selector)}: nothing is simulated. Correct the selector.`,
    );
  }
  return selected;
}

function isUsable(signal: Signal, { field, findings, selected }: Place & { readonly selected: readonly EffectiveDevice[] }): boolean {
  if (selected.length > 0 && !selected.some((device) => device.tags.some((tag) => tag.name === signal.tag))) {
    findings.warning(
      'TagNotFound',
      `${field}.tag`,
      `None of the devices has a tag "${signal.tag}": the signal is not used. Correct the name.`,
    );
    return false;
  }
  if (signal.expression === undefined) return true;
  const compiled = compileExpression(signal.expression, { variables: VARIABLES });
  if (compiled.kind === 'ok') return true;
  findings.error('ExpressionInvalid', `${field}.expression`, `Cannot be computed: ${compiled.message}. Correct the expression.`);
  return false;
}
