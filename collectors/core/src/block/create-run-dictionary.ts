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

type Entry = RunDevice | RunTag;

const isTag = (entry: Entry): entry is RunTag => 'tag' in entry;

/** A dictionary for the run `run`. */
export function createRunDictionary(run: string): RunDictionary {
  const entries: Entry[] = [];
  const devices = new Map<string, { readonly id: number; readonly tags: Map<string, number> }>();
  let tagCount = 0;

  function knowDevice(device: string): { readonly id: number; readonly tags: Map<string, number> } {
    const known = devices.get(device);
    if (known) return known;
    const fresh = { id: devices.size + 1, tags: new Map<string, number>() };
    devices.set(device, fresh);
    entries.push({ id: fresh.id, device });
    return fresh;
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
      entries.push({ id, device: owner.id, tag: name, text, simulated });
      return id;
    },
    messagesAfter: (sent) => {
      const messages: Run[] = [];
      for (let from = sent; from < entries.length; from += ENTRIES_PER_MESSAGE) {
        const part = entries.slice(from, from + ENTRIES_PER_MESSAGE);
        messages.push({ run, devices: part.filter((entry): entry is RunDevice => !isTag(entry)), tags: part.filter(isTag) });
      }
      return messages;
    },
    get size() {
      return entries.length;
    },
  };
}
