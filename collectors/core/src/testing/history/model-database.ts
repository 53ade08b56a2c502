import type { Lost } from '@kubeplant/proto';
import { createRangeSet, type RangeSet } from '../../log/range-set.ts';

/** What one block brings into the database. */
export interface ModelBlock {
  readonly run: string;
  readonly seq: number;
  readonly rows: readonly ModelRow[];
  readonly lost: readonly Lost[];
}

/** A stored reading: its value is its number. */
export interface ModelRow {
  readonly tag: string;
  readonly timeUs: number;
  readonly value: number;
}

/** A database with the one rule that matters: a commit of an owner that was followed by another is refused. */
export interface ModelDatabase {
  /** Take the site: whoever had it before can commit no more. */
  take(): number;
  /** All or nothing; false: another owner has the site. */
  commit(epoch: number, blocks: readonly ModelBlock[]): boolean;
  committedOf(run: string): RangeSet;
  /** Keep a copy to come back to. */
  backUp(): void;
  /** Come back to it; false: there is none. */
  restore(): boolean;
  readonly rows: readonly ModelRow[];
  readonly lost: readonly Lost[];
}

/** Empty. `reuseEpochs`: a mutation, each owner gets the same one. */
export function createModelDatabase({ reuseEpochs = false }: { readonly reuseEpochs?: boolean }): ModelDatabase {
  let rows: ModelRow[] = [];
  let lost: Lost[] = [];
  let committed = new Map<string, RangeSet>();
  let backup: { readonly rows: ModelRow[]; readonly lost: Lost[]; readonly committed: Map<string, RangeSet> } | undefined;
  let epoch = 0;

  function committedOf(run: string): RangeSet {
    const known = committed.get(run) ?? createRangeSet();
    committed.set(run, known);
    return known;
  }

  const copy = () => ({
    rows: [...rows],
    lost: [...lost],
    committed: new Map([...committed].map(([run, set]) => [run, createRangeSet(set.ranges())])),
  });

  return {
    take: () => {
      if (!reuseEpochs || epoch === 0) epoch++;
      return epoch;
    },
    commit: (of, blocks) => {
      if (of !== epoch) return false;
      for (const block of blocks) {
        rows.push(...block.rows);
        lost.push(...block.lost);
        committedOf(block.run).add(block.seq, block.seq);
      }
      return true;
    },
    committedOf,
    backUp: () => {
      backup = copy();
    },
    restore: () => {
      if (backup === undefined) return false;
      ({ rows, lost, committed } = backup);
      backup = undefined;
      return true;
    },
    get rows() {
      return rows;
    },
    get lost() {
      return lost;
    },
  };
}
