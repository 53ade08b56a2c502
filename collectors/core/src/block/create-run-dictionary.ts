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

type Entry = { readonly device: RunDevice } | { readonly tag: RunTag };

/** A dictionary for the run `run`. */
export function createRunDictionary(run: string): RunDictionary {
  const entries: Entry[] = [];
  const devices = new Map<string, number>();
  const tags = new Map<string, number>();

  function deviceId(device: string): number {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const id = devices.size + 1;
    devices.set(device, id);
    entries.push({ device: { id, device } });
    return id;
  }

  return {
    run,
    deviceId,
    tagId: (device, { name, text, simulated }) => {
      const key = `${device}/${name}/${text}/${simulated}`;
      const known = tags.get(key);
      if (known !== undefined) return known;
      const owner = deviceId(device);
      const id = tags.size + 1;
      tags.set(key, id);
      entries.push({ tag: { id, device: owner, tag: name, text, simulated } });
      return id;
    },
    messagesAfter: (sent) => {
      const messages: Run[] = [];
      for (let from = sent; from < entries.length; from += ENTRIES_PER_MESSAGE) {
        const part = entries.slice(from, from + ENTRIES_PER_MESSAGE);
        messages.push({
          run,
          devices: part.flatMap((entry) => ('device' in entry ? [entry.device] : [])),
          tags: part.flatMap((entry) => ('tag' in entry ? [entry.tag] : [])),
        });
      }
      return messages;
    },
    get size() {
      return entries.length;
    },
  };
}
