import type { Run, RunDevice, RunTag } from '@kubeplant/proto';

/** What the local numbers of one run mean; grows, never changes. */
export interface RunDictionary {
  readonly run: string;
  /** Number of a device. */
  deviceId(device: string): number;
  /** Number of a tag; another one when what it stands for (text or number, simulated or real) differs. */
  tagId(device: string, tag: { readonly name: string; readonly text: boolean; readonly simulated: boolean }): number;
  /** Run messages with the entries after the first `sent` ones, at most 10,000 entries each; empty when there are none. */
  messagesAfter(sent: number): readonly Run[];
  /** Entries so far. */
  readonly size: number;
}

const ENTRIES_PER_MESSAGE = 10_000;

const TEXT = 1;
const SIMULATED = 2;
const FLAGS = 4;

/** A dictionary for the run `run`. */
export function createRunDictionary(run: string): RunDictionary {
  // Columns by entry, in order; an object for each would be a good part of a collector's memory.
  const names: string[] = [];
  const ids: number[] = [];
  /** Of a tag: number of its device × FLAGS + its flags; of a device: 0. */
  const owners: number[] = [];
  const devices = new Map<string, { readonly id: number; readonly tags: Map<string, number> }>();
  let tagCount = 0;

  function append(name: string, id: number, owner: number): void {
    names.push(name);
    ids.push(id);
    owners.push(owner);
  }

  function knowDevice(device: string): { readonly id: number; readonly tags: Map<string, number> } {
    const known = devices.get(device);
    if (known) return known;
    const fresh = { id: devices.size + 1, tags: new Map<string, number>() };
    devices.set(device, fresh);
    append(device, fresh.id, 0);
    return fresh;
  }

  function message(from: number, until: number): Run {
    const devices: RunDevice[] = [];
    const tags: RunTag[] = [];
    for (let entry = from; entry < until; entry++) {
      const [name = '', id = 0, owner = 0] = [names[entry], ids[entry], owners[entry]];
      if (owner === 0) devices.push({ id, device: name });
      else
        tags.push({ id, device: Math.floor(owner / FLAGS), tag: name, text: (owner & TEXT) !== 0, simulated: (owner & SIMULATED) !== 0 });
    }
    return { run, devices, tags };
  }

  return {
    run,
    deviceId: (device) => knowDevice(device).id,
    tagId: (device, { name, text, simulated }) => {
      const owner = knowDevice(device);
      // A tag name has no space; the plain case needs no text of its own.
      const key = text || simulated ? `${name} ${text} ${simulated}` : name;
      const known = owner.tags.get(key);
      if (known !== undefined) return known;
      const id = ++tagCount;
      owner.tags.set(key, id);
      append(name, id, owner.id * FLAGS + Number(text) * TEXT + Number(simulated) * SIMULATED);
      return id;
    },
    messagesAfter: (sent) => {
      const messages: Run[] = [];
      for (let from = sent; from < names.length; from += ENTRIES_PER_MESSAGE)
        messages.push(message(from, Math.min(names.length, from + ENTRIES_PER_MESSAGE)));
      return messages;
    },
    get size() {
      return names.length;
    },
  };
}
