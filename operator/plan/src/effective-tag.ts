import { durationMs, formatDuration } from '@kubeplant/words';
import type { EffectiveTag, HistoryPolicy } from '@kubeplant/crds/model';
import { defined } from './defined.ts';
import { effectiveModbus, type TagContext } from './effective-modbus.ts';
import type { MergedTag } from './layers.ts';
import { substitute } from './parameters.ts';

/** Shortest age at which a polled tag is stale by itself. */
const STALE_AT_LEAST_MS = 5000;
const STALE_INTERVALS = 3;

/** A merged tag with every default filled in; undefined when it cannot be used (a finding says why). */
export function effectiveTag(
  name: string,
  tag: MergedTag,
  protocol: 'ModbusTcp' | 'Calculated',
  context: TagContext,
): EffectiveTag | undefined {
  const modbus = protocol === 'ModbusTcp' ? effectiveModbus(tag, context) : undefined;
  if (protocol === 'ModbusTcp' && modbus === undefined) return undefined;
  const expression = protocol === 'Calculated' ? fill(tag.expression, 'expression', context) : undefined;
  if (protocol === 'Calculated' && expression === undefined) {
    context.findings.error(
      'ExpressionInvalid',
      `${context.field}.expression`,
      'A tag of a Calculated device needs an expression. Set expression.',
    );
    return undefined;
  }
  const dataType = tag.dataType ?? defaultDataType(tag, modbus?.rawType);
  const samplingInterval = tag.samplingInterval ?? '1s';
  return defined({
    name,
    description: fill(tag.description, 'description', context),
    designation: fill(tag.designation, 'designation', context),
    kind: tag.kind ?? defaultKind(dataType, tag),
    dataType,
    unit: fill(tag.unit, 'unit', context),
    samplingInterval,
    staleAfter: resolveStaleAfter(tag.staleAfter ?? 'Auto', samplingInterval, protocol),
    modbus,
    expression,
    scale: tag.scale,
    range:
      tag.range === undefined ? undefined : defined({ low: tag.range.low, high: tag.range.high, outside: tag.range.outside ?? 'Keep' }),
    states: tag.states === undefined ? undefined : sortedRecord(tag.states),
    deadband: resolveDeadband(tag, context),
    interpolation: tag.interpolation,
    counter: tag.counter === undefined ? undefined : defined({ rollover: tag.counter.rollover, resets: tag.counter.resets ?? 'Allowed' }),
    history: tag.history === undefined ? undefined : resolveHistory(tag.history),
  });
}

function fill(text: string | undefined, key: string, { field, parameters, findings }: TagContext): string | undefined {
  if (text === undefined || parameters.profile === undefined) return text;
  return substitute(text, parameters.values, (name) => {
    findings.error('ParameterUnset', `${field}.${key}`, `Parameter "${name}" has no value. Set spec.profileRef.parameters.${name}.`);
  });
}

function resolveHistory(history: NonNullable<MergedTag['history']>): HistoryPolicy {
  const mode = history.mode ?? 'Sampled';
  if (mode !== 'OnChange') return defined({ class: history.class, mode });
  return defined({ class: history.class, mode, deadband: history.deadband ?? 0, maxInterval: history.maxInterval ?? '15m' });
}

/** Auto: three sampling intervals, at least 5 s, where the tag is polled; a calculated tag is as good as its inputs. */
function resolveStaleAfter(declared: string, samplingInterval: string, protocol: 'ModbusTcp' | 'Calculated'): string {
  if (declared !== 'Auto') return declared;
  if (protocol === 'Calculated') return 'Off';
  return formatDuration(Math.max(STALE_AT_LEAST_MS, STALE_INTERVALS * durationMs(samplingInterval)));
}

function defaultDataType(tag: MergedTag, rawType: string | undefined): EffectiveTag['dataType'] {
  if (rawType === 'String' || tag.kind === 'Text') return 'String';
  if (rawType === 'Boolean') return 'Boolean';
  return 'Float64';
}

function defaultKind(dataType: EffectiveTag['dataType'], tag: MergedTag): EffectiveTag['kind'] {
  if (dataType === 'String') return 'Text';
  return dataType === 'Boolean' || tag.states !== undefined ? 'State' : 'Analog';
}

function resolveDeadband(tag: MergedTag, { field, findings }: TagContext): EffectiveTag['deadband'] {
  const type = tag.deadband?.type ?? 'None';
  const value = tag.deadband?.value ?? 0;
  if (type !== 'Percent') return { type, value: type === 'None' ? 0 : value };
  if (tag.range?.low !== undefined && tag.range.high !== undefined) return { type, value };
  findings.warning(
    'RangeMissing',
    `${field}.deadband`,
    'A deadband in percent needs range.low and range.high; every change is sent. Set the range or an Absolute deadband.',
  );
  return { type: 'None', value: 0 };
}

const sortedRecord = (record: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
