import type { SiteModel } from '@kubeplant/crds/model';
import { compileExpression } from '../expression/compile-expression.ts';

/**
 * Devices with a link behind each calculated device: those its tags read, and those behind the calculated ones among
 * them. What the model does not have is left out; a device that reads nothing has none.
 */
export function calculatedSources(model: Pick<SiteModel, 'devices'>): ReadonlyMap<string, readonly string[]> {
  const reads = new Map(
    model.devices.filter(({ protocol }) => protocol === 'Calculated').map((device) => [device.name, devicesRead(device)] as const),
  );
  const linked = new Set(model.devices.filter(({ protocol }) => protocol !== 'Calculated').map(({ name }) => name));
  return new Map([...reads.keys()].map((name) => [name, [...reach(name, reads)].filter((device) => linked.has(device))]));
}

function devicesRead({ name, tags }: SiteModel['devices'][number]): string[] {
  return tags.flatMap(({ expression }) => {
    const compiled = compileExpression(expression ?? '');
    return compiled.kind === 'ok' ? compiled.inputs.map((input) => input.device ?? name) : [];
  });
}

/** Everything that can be reached; a Set goes on over what is added while it is walked through, and takes each name once. */
function reach(start: string, reads: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([start]);
  for (const name of found) for (const next of reads.get(name) ?? []) found.add(next);
  return found;
}
