import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag, isBad, Status } from '@kubeplant/words';
import { createRangeCheck } from './check-range.ts';
import type { Converted, Converter, NumberUnderWay } from './converted.ts';
import { limitText } from './decode-text.ts';
import { createScale } from './create-scale.ts';
import { createTypeFit } from './fit-data-type.ts';

/**
 * The way of a tag's raw value to engineering units: `invalid` codes, scale, range, then the data type. NaN and ±Inf become
 * no value with Bad; Bad never carries a value; the worst status on the way stays. State values stay numbers.
 */
export function createConverter(tag: EffectiveTag): Converter {
  return tag.dataType === 'String' || tag.kind === 'Text' ? convertText : createNumberConverter(tag);
}

/**
 * Gives each tag its converter; tags that are converted alike share one (a converter is half a kilobyte, and plants have
 * many tags that differ by their address alone).
 */
export function createConverterCache(): (tag: EffectiveTag) => Converter {
  const converters = new Map<string, Converter>();
  return (tag) => {
    const { kind, dataType, scale, range, modbus } = tag;
    const key = JSON.stringify([kind === 'Text', dataType, scale, range, modbus?.rawType, modbus?.invalid]);
    const known = converters.get(key);
    if (known) return known;
    const converter = createConverter(tag);
    converters.set(key, converter);
    return converter;
  };
}

function convertText(value: number | string | undefined, status: number, flags: number): Converted {
  if (isBad(status)) return noValue(status, flags);
  if (value === undefined) return noValue(Status.BadNoData, flags);
  const { text, truncated } = limitText(String(value));
  return { value: text, status, flags: truncated ? flags | Flag.Truncated : flags };
}

function createNumberConverter(tag: EffectiveTag): Converter {
  const invalid = new Set(tag.modbus?.invalid);
  const wide = tag.modbus?.rawType === 'Int64' || tag.modbus?.rawType === 'UInt64';
  const steps = [createScale(tag.scale), createRangeCheck(tag.range), createTypeFit(tag.dataType)].filter((step) => step !== undefined);
  const number: NumberUnderWay = { value: 0, status: 0, flags: 0 };
  const result: { value: number | undefined; status: number; flags: number } = { value: 0, status: 0, flags: 0 };

  function convert(raw: number, status: number, flags: number): void {
    number.value = raw;
    number.status = status;
    number.flags = wide && !Number.isSafeInteger(raw) ? flags | Flag.Truncated : flags;
    for (const step of steps) {
      step(number);
      if (isBad(number.status)) return;
    }
    if (!Number.isFinite(number.value)) number.status = Status.Bad;
  }

  return (raw, status, flags) => {
    if (isBad(status)) return noValue(status, flags);
    if (raw === undefined) return noValue(Status.BadNoData, flags);
    if (typeof raw === 'string') return noValue(Status.BadTypeMismatch, flags);
    if (invalid.has(raw)) return noValue(Status.BadNoData, flags);
    convert(raw, status, flags);
    result.value = isBad(number.status) ? undefined : number.value;
    result.status = number.status;
    result.flags = number.flags;
    return result;
  };
}

const noValue = (status: number, flags: number): Converted => ({ value: undefined, status, flags });
