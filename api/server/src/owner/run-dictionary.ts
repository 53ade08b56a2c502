import type { Block, Run } from '@kubeplant/proto';
import { isTagName, type Origin } from '@kubeplant/words';
import type { Series } from './series.ts';

const MAX_ENTRIES = 500_000;

/** What a local tag number of a run means. */
export interface RunTagEntry {
  readonly device: string;
  readonly tag: string;
  readonly origin: Origin;
  readonly text: boolean;
  /** Where its readings go; undefined while unknown or refused. */
  series: Series | undefined;
  /** Generation of the catalogue it was resolved with. */
  generation: number;
  /** Since when it has been unknown (owner's clock); undefined when it is known. */
  unknownSinceMs: number | undefined;
}

/** Local numbers of one run. */
export interface RunDictionary {
  readonly devices: Map<number, string>;
  readonly tags: Map<number, RunTagEntry>;
}

export const createRunDictionary = (): RunDictionary => ({ devices: new Map(), tags: new Map() });

/** Add what a Run message says; the reason when it contradicts what was said before or cannot be. */
export function extendDictionary(dictionary: RunDictionary, run: Run): string | undefined {
  if (dictionary.tags.size + run.tags.length > MAX_ENTRIES) return `more than ${MAX_ENTRIES} tags in a run`;
  if (dictionary.devices.size + run.devices.length > MAX_ENTRIES) return `more than ${MAX_ENTRIES} devices in a run`;
  for (const { id, device } of run.devices) {
    const known = dictionary.devices.get(id);
    if (known !== undefined && known !== device) return `device number ${id} was "${known}" and is now "${device}"`;
    dictionary.devices.set(id, device);
  }
  for (const { id, device: deviceId, tag, text, simulated } of run.tags) {
    const device = dictionary.devices.get(deviceId);
    if (device === undefined) return `tag number ${id} names device number ${deviceId}, which the run does not have`;
    if (!isTagName(tag)) return `"${tag.slice(0, 140)}" is no name of a tag`;
    const known = dictionary.tags.get(id);
    if (known !== undefined && (known.device !== device || known.tag !== tag || known.text !== text))
      return `tag number ${id} was "${known.device}/${known.tag}" and is now "${device}/${tag}"`;
    const origin = simulated ? 'Simulated' : 'Real';
    if (known === undefined)
      dictionary.tags.set(id, { device, tag, origin, text, series: undefined, generation: -1, unknownSinceMs: undefined });
  }
  return undefined;
}

/** Meaning of each row of a block. */
export interface BlockEntries {
  readonly numbers: readonly RunTagEntry[];
  readonly texts: readonly RunTagEntry[];
}

/** Look up the tags of a block; a text when it uses a number that its run has not declared. */
export function lookUpEntries(dictionary: RunDictionary, block: Pick<Block, 'tag' | 'texts'>): BlockEntries | string {
  const numbers: RunTagEntry[] = [];
  for (const id of block.tag) {
    const entry = dictionary.tags.get(id);
    if (entry === undefined) return `tag number ${id}, which the run has not declared`;
    numbers.push(entry);
  }
  const texts: RunTagEntry[] = [];
  for (const { tag } of block.texts) {
    const entry = dictionary.tags.get(tag);
    if (entry === undefined) return `tag number ${tag} of a text, which the run has not declared`;
    texts.push(entry);
  }
  return { numbers, texts };
}
