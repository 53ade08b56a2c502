import type { EffectiveDevice, EffectiveTag, Finding } from '@kubeplant/crds/model';
import { type CompiledExpression, compileExpression, orderCalculated } from '@kubeplant/engine';
import { findingsOf } from './findings.ts';
import { asSimulated, withRevision } from './merge-device.ts';

type Devices = ReadonlyMap<string, EffectiveDevice>;

/** A calculated tag whose expression compiles. */
interface Calculation {
  readonly device: EffectiveDevice;
  readonly tag: EffectiveTag;
  readonly inputs: CompiledExpression['inputs'];
}

/**
 * Check the expressions of a site. Tags that cannot be computed (syntax, a missing input, a circle) are findings and
 * left out, and so is what reads them; a device that reads a simulated one is simulated itself.
 */
export function checkCalculated(devices: Devices, findings: Finding[]): Map<string, EffectiveDevice> {
  const calculations = compileAll(devices, findings);
  dropUncomputable(calculations, devices, findings);
  const simulated = reachedBySimulation(calculations, devices);
  const result = new Map(devices);
  for (const device of devices.values()) {
    if (device.protocol !== 'Calculated') continue;
    const tags = device.tags.filter((tag) => calculations.has(`${device.name}/${tag.name}`));
    const kept = tags.length === device.tags.length ? device : withRevision({ ...device, tags });
    result.set(device.name, simulated.has(device.name) ? asSimulated(kept) : kept);
  }
  return result;
}

function compileAll(devices: Devices, findings: Finding[]): Map<string, Calculation> {
  const calculations = new Map<string, Calculation>();
  for (const device of devices.values()) {
    for (const tag of device.tags) {
      if (tag.expression === undefined) continue;
      const compiled = compileExpression(tag.expression);
      if (compiled.kind === 'ok') calculations.set(`${device.name}/${tag.name}`, { device, tag, inputs: compiled.inputs });
      else
        sinkOf(device, findings).error(
          'ExpressionInvalid',
          `spec.tags.${tag.name}.expression`,
          `Cannot be computed: ${compiled.message}. Correct the expression.`,
        );
    }
  }
  return calculations;
}

function dropUncomputable(calculations: Map<string, Calculation>, devices: Devices, findings: Finding[]): void {
  for (;;) {
    dropMissing(calculations, devices, findings);
    const tags = [...calculations.values()].map(({ device, tag }) => ({
      device: device.name,
      tag: tag.name,
      expression: tag.expression ?? '',
    }));
    const order = orderCalculated(tags);
    if (order.kind === 'ok') return;
    for (const key of new Set(order.cycle)) {
      const member = calculations.get(key);
      if (member === undefined) continue;
      const message = `Calculated tags read each other in a circle: ${order.cycle.join(' → ')}. Break it at one of them.`;
      sinkOf(member.device, findings).error('CalculatedCycle', `spec.tags.${member.tag.name}.expression`, message);
      calculations.delete(key);
    }
  }
}

/** Leave out what reads a tag that is not there, and again what reads those. */
function dropMissing(calculations: Map<string, Calculation>, devices: Devices, findings: Finding[]): void {
  for (let dropped = true; dropped; ) {
    dropped = false;
    for (const [key, calculation] of calculations) {
      const problem = findProblem(calculation, calculations, devices);
      if (problem === undefined) continue;
      sinkOf(calculation.device, findings).error(problem.reason, `spec.tags.${calculation.tag.name}.expression`, problem.message);
      calculations.delete(key);
      dropped = true;
    }
  }
}

function findProblem(
  { device, inputs }: Calculation,
  calculations: ReadonlyMap<string, Calculation>,
  devices: Devices,
): { reason: 'ReferenceMissing' | 'TagTypeMismatch'; message: string } | undefined {
  for (const input of inputs) {
    const source = devices.get(input.device ?? device.name);
    const tag = source?.tags.find((item) => item.name === input.tag);
    const path = `${input.device ?? device.name}/${input.tag}`;
    const missing = source === undefined || tag === undefined || (source.protocol === 'Calculated' && !calculations.has(path));
    if (missing)
      return { reason: 'ReferenceMissing', message: `Tag "${path}" is read and is not applied. Correct the name or add the tag.` };
    if (tag.dataType === 'String')
      return { reason: 'TagTypeMismatch', message: `Tag "${path}" is text and cannot be computed with. Read a number.` };
  }
  return undefined;
}

/** Calculated devices that read, directly or not, a simulated device. */
function reachedBySimulation(calculations: ReadonlyMap<string, Calculation>, devices: Devices): Set<string> {
  const reached = new Set([...devices.values()].filter((device) => device.simulated).map((device) => device.name));
  for (let grown = true; grown; ) {
    const before = reached.size;
    for (const { device, inputs } of calculations.values()) {
      if (inputs.some((input) => reached.has(input.device ?? device.name))) reached.add(device.name);
    }
    grown = reached.size > before;
  }
  return reached;
}

const sinkOf = (device: EffectiveDevice, findings: Finding[]) =>
  findingsOf({ kind: 'Device', namespace: device.namespace, name: device.name }, findings);
