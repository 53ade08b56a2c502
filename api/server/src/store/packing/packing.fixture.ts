import type { StoredReading, StoredTag, TagId } from '../../ports.ts';
import { CopyRows } from '../copy-encoder.ts';
import { copyInto } from '../copy-into.ts';
import type { Store } from '../create-store.ts';
import type { RowTable } from '../history-tables.ts';

/** A day that is long over, midnight UTC. */
export const DAY_US = Math.floor(Date.now() / 86_400_000 - 5) * 86_400_000_000;
export const HOUR_US = 3_600_000_000;
export const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A tag of numbers, as it is found under row-level security. */
export const tagOf = (tagId: number): StoredTag => ({
  tagId: tagId as TagId, // ids of the tests
  tenant: 'a/x',
  site: 'north',
  device: 'pump',
  name: `t${tagId}`,
  origin: 'Real',
  text: false,
});

export interface Sample {
  readonly tagId: number;
  readonly timeUs: number;
  readonly value: number;
  readonly receivedDeltaMs: number;
  readonly status: number;
  readonly flags: number;
}

export async function insert(store: Store, samples: readonly Sample[], table: RowTable = 'reading'): Promise<void> {
  const rows = new CopyRows(samples.length);
  for (const one of samples) rows.number(one.tagId, one.timeUs, one.value, one.receivedDeltaMs, one.status, one.flags);
  await store.withOwnerScope({ grants: [] }, (client) => copyInto(client, table, [rows.bytes()]));
}

/** All readings of a day, through the reading side. */
export async function readDay(store: Store, tagId: number, fromUs = DAY_US): Promise<readonly StoredReading[]> {
  const span = { fromUs, toUs: fromUs + 24 * HOUR_US };
  const page = await store.withScope({ grants: [] }, (client) =>
    store.readings.raw(client, tagOf(tagId), { ...span, limit: 1_000_000, order: 'asc' }),
  );
  return page.readings;
}

/** Pseudo-random, repeatable: 0 ≤ x < 1. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Readings as plants have them: cyclic, on change, constant, bad, doubled, out of order. */
export function samplesOf(tags: number, count: number, seed: number): Sample[] {
  const random = createRandom(seed);
  const samples: Sample[] = [];
  for (let index = 0; index < count; index += 1)
    for (let tagId = 1; tagId <= tags; tagId += 1) {
      const kind = tagId % 4;
      const jitterUs = kind === 0 ? 0 : Math.floor(random() * 9_000) - (kind === 3 ? Math.floor(random() * 600_000_000) : 0);
      const bad = kind === 2 && random() < 0.1;
      const timeUs = Math.max(DAY_US, DAY_US + index * 30_000_000 + jitterUs);
      const value = bad ? Number.NaN : kind === 1 ? 42 : random() * 100;
      const sample = {
        tagId,
        timeUs,
        value,
        receivedDeltaMs: kind === 0 ? 7 : Math.floor(random() * 40),
        status: bad ? 0x8005 : 0,
        flags: kind === 3 ? 1 : 0,
      };
      samples.push(sample);
      if (random() < 0.01) samples.push(sample);
    }
  return samples;
}
