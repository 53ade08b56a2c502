import { join } from 'node:path';
import { lossesOf } from './give-up-segment.ts';
import type { LogDeps } from './log-deps.ts';
import { encodeIndex, INDEX_FILE } from './segment-index.ts';
import type { Segment } from './segment-table.ts';

/** Keeps a folder within its limits. */
export interface FolderKeeper {
  /** Remove what is committed for long, give up what is too old or too much, save the index. */
  keep(): Promise<void>;
  /** Remove what is committed or was given up at once: the disk is full. */
  makeRoom(): Promise<void>;
  /** The block with this number tells of all losses so far. */
  told(seq: number): void;
  saveIndex(): Promise<void>;
}

/** Committed segments stay for so long: a database that was restored, or failed over, may ask for them again. */
export const KEPT_MS = 10 * 60_000;
const INDEX_EVERY_MS = 10_000;

/** A file that was given up stays until its loss is told by a block that is safely on disk. */
interface Doomed {
  readonly segment: Segment;
  toldBySeq: number | undefined;
}

/** Of one folder; `isSafe` says whether a block of this run is committed or synced. */
export function createFolderKeeper(deps: LogDeps, isSafe: (seq: number) => boolean): FolderKeeper {
  const { fs, clock, folder, table, tail, limits, log } = deps;
  let doomed: Doomed[] = [];
  let saved = '';
  let savedMs = Number.NEGATIVE_INFINITY;

  const removeFile = ({ name }: Segment): Promise<void> => fs.remove(join(folder, name));

  async function giveUp(segment: Segment, reason: string): Promise<void> {
    if (table.isCommitted(segment)) return drop(segment);
    log.error(
      { segment: segment.name, reason, untilUs: segment.untilUs },
      'the log on disk is beyond its limits: the oldest readings are lost',
    );
    const losses = await lossesOf(deps, segment, reason);
    table.remove(segment);
    if (segment.run === deps.dictionary.run) for (const seq of tail.seqs()) if (segment.seqs.has(seq)) tail.remove(seq);
    doomed.push({ segment, toldBySeq: undefined });
    for (const lost of losses) deps.lose(lost);
  }

  async function drop(segment: Segment): Promise<void> {
    table.remove(segment);
    await removeFile(segment);
  }

  async function removeCommitted(keptMs: number): Promise<void> {
    const nowMs = clock.monotonicMs();
    for (const segment of table.segments()) {
      segment.committedMs = table.isCommitted(segment) ? (segment.committedMs ?? nowMs) : undefined;
      if (!segment.open && segment.committedMs !== undefined && nowMs - segment.committedMs >= keptMs) await drop(segment);
    }
  }

  async function giveUpOld(): Promise<void> {
    const { maxAgeMs } = limits();
    const nowUs = clock.nowUs();
    const nowMs = clock.monotonicMs();
    for (const segment of table.segments()) {
      // The wall clock may have been set: what this process wrote is judged by the other one.
      const ageMs = segment.appendedMs === undefined ? (nowUs - segment.untilUs) / 1000 : nowMs - segment.appendedMs;
      if (!segment.open && ageMs > maxAgeMs) await giveUp(segment, 'BufferTooOld');
    }
  }

  async function giveUpMost(): Promise<void> {
    while (table.sizeBytes > limits().maxSizeBytes) {
      const closed = table.segments().filter(({ open }) => !open);
      const oldest = closed.find((segment) => table.isCommitted(segment)) ?? closed[0];
      if (oldest === undefined) return;
      await giveUp(oldest, 'BufferFull');
    }
  }

  async function removeDoomed(isDue: (one: Doomed) => boolean): Promise<void> {
    for (const one of doomed.filter(isDue)) {
      await removeFile(one.segment);
      doomed = doomed.filter((each) => each !== one);
    }
  }

  async function saveIndex(): Promise<void> {
    const bytes = encodeIndex(table);
    const text = bytes.toString();
    if (text !== saved) await fs.replace(join(folder, INDEX_FILE), bytes);
    saved = text;
    savedMs = clock.monotonicMs();
  }

  return {
    keep: async () => {
      await removeDoomed(({ toldBySeq }) => toldBySeq !== undefined && isSafe(toldBySeq));
      await removeCommitted(KEPT_MS);
      await giveUpOld();
      await giveUpMost();
      if (clock.monotonicMs() - savedMs >= INDEX_EVERY_MS) await saveIndex();
    },
    makeRoom: async () => {
      await removeCommitted(0);
      await removeDoomed(() => true);
    },
    told: (seq) => {
      for (const one of doomed) one.toldBySeq ??= seq;
    },
    saveIndex,
  };
}
