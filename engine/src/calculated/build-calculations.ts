import type { EffectiveDevice, EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import { Status } from '@kubeplant/words';
import { compileExpression } from '../expression/compile-expression.ts';
import { createCause } from '../site/cause.ts';
import { slotOf } from '../site/points.ts';
import type { SiteState } from '../site/site-state.ts';
import type { Calculation } from './calculation.ts';
import { type CalculatedTag, orderCalculated } from './order-calculated.ts';

/** Calculated tags of the model, inputs first. New and changed ones are due. */
export function buildCalculations(site: SiteState, model: SiteModel): Calculation[] {
  const devices = new Map(model.devices.filter(({ protocol }) => protocol === 'Calculated').map((device) => [device.name, device]));
  const tags = [...devices.values()].flatMap(({ name, tags: all }) =>
    all.map((tag) => ({ device: name, tag: tag.name, expression: tag.expression ?? '' })),
  );
  const { order, circular } = orderAround(tags);
  const known = new Map(site.calculations.map((calculation) => [calculation.slot, calculation]));
  return [...order, ...circular].flatMap(({ device: name, tag: tagName }) => {
    const device = devices.get(name);
    const tag = device?.tags.find((candidate) => candidate.name === tagName);
    if (device === undefined || tag === undefined) return [];
    const made = buildCalculation(
      site,
      device,
      tag,
      circular.some((other) => other.device === name && other.tag === tagName),
    );
    return carryOver(site, made, known.get(made.slot));
  });
}

/** Tags that read each other in a circle have no value; the rest is ordered without them. */
function orderAround(tags: readonly CalculatedTag[]): { order: readonly CalculatedTag[]; circular: readonly CalculatedTag[] } {
  let rest = tags;
  const circular: CalculatedTag[] = [];
  for (;;) {
    const result = orderCalculated(rest);
    if (result.kind === 'ok') return { order: result.order, circular };
    const members = new Set(result.cycle);
    circular.push(...rest.filter(({ device, tag }) => members.has(`${device}/${tag}`)));
    rest = rest.filter(({ device, tag }) => !members.has(`${device}/${tag}`));
  }
}

function buildCalculation(site: SiteState, device: EffectiveDevice, tag: EffectiveTag, circular: boolean): Calculation {
  const compiled = compileExpression(tag.expression ?? '');
  const usable = compiled.kind === 'ok' && !circular && device.mode === 'Active';
  const configured = compiled.kind === 'ok' && !circular ? Status.BadOutOfService : Status.BadConfigurationError;
  return {
    ...{ device: device.name, tag, slot: slotOf(site.points, device.name, tag.name), simulated: device.simulated },
    inputs: usable ? compiled.inputs.map((input) => slotOf(site.points, input.device ?? device.name, input.tag)) : [],
    ...{ evaluate: usable ? compiled.evaluate : undefined, blocked: usable ? undefined : configured },
    ...{ due: false, cause: createCause() },
  };
}

function carryOver(site: SiteState, made: Calculation, before: Calculation | undefined): Calculation {
  const { points } = site;
  made.cause.text = site.cause.text;
  if (made.blocked !== undefined) made.due = points.statuses[made.slot] !== made.blocked;
  else if (before === undefined) made.due = points.times[made.slot] === -Infinity;
  else made.due = before.due || before.tag.expression !== made.tag.expression || before.blocked !== undefined;
  return made;
}
