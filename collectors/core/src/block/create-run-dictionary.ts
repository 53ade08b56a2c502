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
  const devices = new Map<string, number>();
  /** Of the device that was asked for last, by key: its tags are asked for together, and a table for each would weigh as much as the names. */
  let lookup = { device: 0, tags: new Map<string, number>() };
  let tagCount = 0;

  function append(name: string, id: number, owner: number): void {
    names.push(name);
    ids.push(id);
    owners.push(owner);
  }

  function knowDevice(device: string): number {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const id = devices.size + 1;
    devices.set(device, id);
    append(device, id, 0);
    lookup = { device: id, tags: new Map() };
    return id;
  }

  function tagsOf(device: number): Map<string, number> {
    if (lookup.device === device) return lookup.tags;
    const tags = new Map<string, number>();
    for (let entry = 0; entry < owners.length; entry++) {
      const owner = owners[entry] ?? 0;
      if (owner >= FLAGS && Math.floor(owner / FLAGS) === device) tags.set(keyOf(names[entry] ?? '', owner % FLAGS), ids[entry] ?? 0);
    }
    lookup = { device, tags };
    return tags;
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
    deviceId: knowDevice,
    tagId: (device, { name, text, simulated }) => {
      const owner = knowDevice(device);
      const tags = tagsOf(owner);
      const flags = Number(text) * TEXT + Number(simulated) * SIMULATED;
      const known = tags.get(keyOf(name, flags));
      if (known !== undefined) return known;
      const id = ++tagCount;
      tags.set(keyOf(name, flags), id);
      append(name, id, owner * FLAGS + flags);
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

/** A tag name has no space; the plain case needs no text of its own. */
const keyOf = (name: string, flags: number): string => (flags === 0 ? name : `${name} ${flags}`);
