import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Block } from '@kubeplant/proto';
import { nodeFileSystem } from '../../../collectors/core/src/log/node-file-system.ts';
import { readSegment } from '../../../collectors/core/src/log/read-segment.ts';
import { FILE_HEADER_BYTES, RECORD_HEADER_BYTES } from '../../../collectors/core/src/log/record.ts';

/** A block in a file, and the numbers in it with their times. */
interface BlockInFile {
  readonly at: number;
  readonly end: number;
  readonly isDictionary: boolean;
  readonly numbers: ReadonlyMap<number, { readonly timeUs: number; readonly rows: number }>;
}

/** What was done to the files of a log, and what may be missing for it. */
export interface Damage {
  /** Each damage in words, to find it again. */
  readonly done: readonly string[];
  readonly flips: number;
  readonly cuts: number;
  /** Numbers whose block was hit, with their times: of these it has to be told that they are missing. */
  readonly hit: ReadonlyMap<number, number>;
  /** Cut off the end of a file that was being written: as if it had not been written yet. */
  readonly torn: ReadonlySet<number>;
  /** The last number that the files held for every tag. */
  readonly lastWritten: number;
}

/** Flip bits and cut ends at random places of the segments and the index of a log that no process uses. `tags`: rows of a number. */
export async function damageLog(folder: string, tags: number, random: () => number): Promise<Damage> {
  const below = (limit: number): number => Math.floor(random() * limit);
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg') || name === 'index');
  const segments = names.filter((name) => name.endsWith('.seg')).sort();
  const newest = segments.at(-1);
  const blocks = new Map<string, readonly BlockInFile[]>();
  for (const name of segments) blocks.set(name, await blocksOf(join(folder, name)));
  const lastWritten = lastWhole([...blocks.values()].flat(), tags);
  const hit = new Map<number, number>();
  const torn = new Set<number>();
  const lose = (some: readonly BlockInFile[], isTorn: boolean): void => {
    for (const { numbers } of some)
      for (const [number, { timeUs }] of numbers) {
        if (isTorn) torn.add(number);
        else hit.set(number, timeUs);
      }
  };
  const done: string[] = [];
  let flips = 0;
  let cuts = 0;
  for (let files = 1 + below(3); files > 0; files -= 1) {
    // What waits is in the newest.
    const name = (random() < 0.5 ? segments.slice(-3) : names).at(-1 - below(3)) ?? 'index';
    const path = join(folder, name);
    const size = statSync(path).size;
    if (size === 0) continue;
    const inFile = blocks.get(name) ?? [];
    if (random() < 0.3) {
      const at = below(size);
      truncateSync(path, at);
      cuts += 1;
      done.push(`${name} cut from ${size} to ${at}`);
      lose(at < FILE_HEADER_BYTES ? inFile : inFile.filter(({ end }) => end > at), name === newest);
    } else {
      const at = below(size);
      const bytes = readFileSync(path);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      writeFileSync(path, bytes);
      flips += 1;
      done.push(`${name} flipped at ${at} of ${size}`);
      const record = inFile.find((one) => one.at <= at && at < one.end);
      lose(record?.isDictionary ? inFile : inFile.filter((one) => one === record), false);
    }
  }
  return { done, flips, cuts, hit, torn, lastWritten };
}

async function blocksOf(path: string): Promise<BlockInFile[]> {
  const found: BlockInFile[] = [];
  for await (const item of readSegment({ fs: nodeFileSystem, path, until: statSync(path).size })) {
    if (item.kind !== 'record') continue;
    const end = item.at + RECORD_HEADER_BYTES + item.payload.length;
    const isDictionary = item.header.kind === 'run';
    found.push({ at: item.at, end, isDictionary, numbers: isDictionary ? new Map() : numbersOf(Block.decode(item.payload)) });
  }
  return found;
}

function numbersOf({ value, timeDeltaUs }: Block): Map<number, { timeUs: number; rows: number }> {
  const numbers = new Map<number, { timeUs: number; rows: number }>();
  let timeUs = 0;
  for (const [row, deltaUs] of timeDeltaUs.entries()) {
    timeUs += deltaUs;
    const number = value[row] ?? Number.NaN;
    numbers.set(number, { timeUs, rows: (numbers.get(number)?.rows ?? 0) + 1 });
  }
  return numbers;
}

/** A poll may be cut into two blocks. */
function lastWhole(blocks: readonly BlockInFile[], tags: number): number {
  const rows = new Map<number, number>();
  for (const { numbers } of blocks) for (const [number, found] of numbers) rows.set(number, (rows.get(number) ?? 0) + found.rows);
  return Math.max(0, ...[...rows].filter(([, count]) => count >= tags).map(([number]) => number));
}
