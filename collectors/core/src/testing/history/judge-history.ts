import type { CutBlock } from './model-collector.ts';
import type { ModelDatabase } from './model-database.ts';

/** What came of a history. */
export interface Verdict {
  readonly seed: number;
  readonly polled: number;
  readonly stored: number;
  /** Missing, and told. */
  readonly told: number;
  /** Missing because what they were in is gone: not safe yet when the process ended, or on a disk that vanished. */
  readonly excused: number;
  /** What must not be. */
  readonly wrong: readonly string[];
}

/** What was polled against what is stored. */
export function judgeHistory(ended: {
  readonly seed: number;
  readonly database: Pick<ModelDatabase, 'rows' | 'lost'>;
  readonly blocks: ReadonlyMap<string, CutBlock>;
  readonly problems: readonly string[];
  /** Blocks that were never committed although everything worked. */
  readonly held: number;
}): Verdict {
  const { database, blocks } = ended;
  const wrong = [...ended.problems];
  if (ended.held > 0) wrong.push(`${ended.held} blocks were never committed`);
  const stored = new Map<number, (typeof database.rows)[number]>();
  for (const row of database.rows) {
    if (stored.has(row.value)) wrong.push(`reading ${row.value} is stored twice`);
    stored.set(row.value, row);
  }
  let [polled, told, excused] = [0, 0, 0];
  for (const [name, { rows, isExcused }] of blocks) {
    for (const row of rows) {
      polled++;
      const found = stored.get(row.value);
      stored.delete(row.value);
      if (found && (found.timeUs !== row.timeUs || found.tag !== row.tag))
        wrong.push(`reading ${row.value} of ${name} is stored with another tag or time`);
      if (found) continue;
      if (isExcused) excused++;
      else if (database.lost.some(({ fromUs, untilUs }) => fromUs <= row.timeUs && row.timeUs <= untilUs)) told++;
      else wrong.push(`reading ${row.value} of ${name} is missing, and nobody said so`);
    }
  }
  for (const { value } of stored.values()) wrong.push(`reading ${value} is stored and was never made`);
  return { seed: ended.seed, polled, stored: database.rows.length, told, excused, wrong };
}
