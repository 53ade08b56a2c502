import type { EffectiveDevice, EffectiveTag } from '@kubeplant/crds/model';
import { Flag, isBad } from '@kubeplant/words';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import type { Converted, Converter } from '../convert/converted.ts';
import { deadbandWidth, numberChanged } from './should-report.ts';

/** What a table of tags needs. */
export interface TagTableDeps {
  readonly dictionary: Pick<RunDictionary, 'tagId'>;
  readonly converterOf: (tag: EffectiveTag) => Converter;
}

/**
 * A device's tags at run time, as columns by row: objects of their own, 100,000 of them, would be most of a collector's
 * memory.
 */
export interface TagTable {
  readonly names: readonly string[];
  /** Row of a tag; undefined: the device has no such tag. */
  row(name: string): number | undefined;
  convert(row: number): Converter;
  /** Number in the run's dictionary. */
  id(row: number): number;
  isText(row: number): boolean;
  /** What the values of a tag mean: equal texts, equal meaning; undefined: there is no such tag. */
  meaning(name: string): string | undefined;
  /** Keep `next` as sent if it differs enough from what was sent last; returns whether it does. */
  report(row: number, next: Converted): boolean;
  /** Flags of the next reading that is sent, and of no other. */
  takeOnceFlags(row: number): number;
  /** Whether what was sent last is Bad. */
  isBad(row: number): boolean;
  /** Why the device refuses tags, by row. */
  readonly rejected: Map<number, string>;
}

/** Whether readings of a tag are texts. */
export const isText = (tag: EffectiveTag): boolean => tag.dataType === 'String' || tag.kind === 'Text';

/** Status of a tag of which nothing was sent. */
const NOTHING_SENT = -1;

/** Tags of which nothing was sent yet. `before`: the tags of the same device under the configuration before this one. */
export function createTagTable(deps: TagTableDeps, { name: device, tags, simulated }: EffectiveDevice, before?: TagTable): TagTable {
  const meaningOf = createMeanings();
  const rows = new Map(tags.map(({ name }, row) => [name, row]));
  const names = tags.map(({ name }) => name);
  const converters = tags.map(deps.converterOf);
  const meanings = tags.map(meaningOf);
  const widths = Float64Array.from(tags, deadbandWidth);
  const ids = Uint32Array.from(tags, (tag) => deps.dictionary.tagId(device, { name: tag.name, text: isText(tag), simulated }));
  const texts = Uint8Array.from(tags, (tag) => Number(isText(tag)));
  const onceFlags = Uint32Array.from(tags, ({ name }, row) => changeFlags(before?.meaning(name), meanings[row]));
  const lastValue = new Float64Array(tags.length);
  const lastStatus = new Int32Array(tags.length).fill(NOTHING_SENT);
  const lastFlags = new Uint32Array(tags.length);
  const lastText = new Map<number, string>();

  function valueChanged(row: number, value: Converted['value']): boolean {
    if (texts[row]) return lastText.get(row) !== value;
    return numberChanged(lastValue[row] ?? Number.NaN, typeof value === 'number' ? value : Number.NaN, widths[row] ?? 0);
  }

  function keepValue(row: number, value: Converted['value']): void {
    if (typeof value === 'string') lastText.set(row, value);
    else if (texts[row]) lastText.delete(row);
    else lastValue[row] = value ?? Number.NaN;
  }

  return {
    names,
    row: (name) => rows.get(name),
    convert: (row) => converters[row] ?? nothing,
    id: (row) => ids[row] ?? 0,
    isText: (row) => texts[row] === 1,
    meaning: (name) => meanings[rows.get(name) ?? -1],
    report: (row, next) => {
      const { value, status, flags } = next;
      // A change of status or flags is always told; so is the first value, as no status is NOTHING_SENT.
      if (lastStatus[row] === status && lastFlags[row] === flags && !valueChanged(row, value)) return false;
      lastStatus[row] = status;
      lastFlags[row] = flags;
      keepValue(row, value);
      return true;
    },
    takeOnceFlags: (row) => {
      const flags = onceFlags[row] ?? 0;
      if (flags !== 0) onceFlags[row] = 0;
      return flags;
    },
    isBad: (row) => {
      const status = lastStatus[row] ?? NOTHING_SENT;
      return status !== NOTHING_SENT && isBad(status);
    },
    rejected: new Map(),
  };
}

const changeFlags = (before: string | undefined, now: string | undefined): number =>
  before === undefined || before === now ? 0 : Flag.SemanticsChanged;

const nothing: Converter = (_raw, status, flags) => ({ value: undefined, status, flags });

/** Most tags of a plant mean the same: each meaning is one text. */
function createMeanings(): (tag: EffectiveTag) => string {
  const known = new Map<string, string>();
  return ({ kind, dataType, unit, states }) => {
    const text = JSON.stringify([kind, dataType, unit, states]);
    known.set(text, known.get(text) ?? text);
    return known.get(text) ?? text;
  };
}
