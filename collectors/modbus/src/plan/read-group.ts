import type { ReadFunction } from '../codec/function-code.ts';
import { cutKey, type PlannedRead, planReads, type ReadLimits } from './plan-reads.ts';
import { splitRead } from './split-read.ts';
import type { TagPoint } from './tag-point.ts';

const RETRY_MIN_MS = 10_000;
const RETRY_MAX_MS = 600_000;

/** What an exception on a read leads to. */
export type RefusalStep =
  /** Read these at once instead: the bad tag is in one of them. */
  | { readonly kind: 'split'; readonly reads: readonly PlannedRead[] }
  /** These tags are refused; they are tried again later. */
  | { readonly kind: 'rejected'; readonly points: readonly TagPoint[] };

/**
 * The tags of one device with one sampling interval and the reads that bring them. Learns from exceptions: a refused read is
 * split until the bad tag is alone; the others merge again around it. Pure: time comes in with the calls.
 */
export class ReadGroup {
  readonly #points: readonly TagPoint[];
  readonly #limits: ReadLimits;
  readonly #refused = new Map<TagPoint, { retryAtMs: number; backoffMs: number }>();
  /** Overlapping points that cannot be parted by a cut. */
  readonly #alone = new Set<TagPoint>();
  #cuts: { function: ReadFunction; at: number }[] = [];
  #reads: readonly PlannedRead[] | undefined;

  constructor(points: readonly TagPoint[], limits: ReadLimits) {
    this.#points = points;
    this.#limits = limits;
  }

  /** Reads of a poll that begins now: the merged ones, and refused tags whose time has come, each alone. */
  reads(nowMs: number): readonly PlannedRead[] {
    this.#reads ??= this.#plan();
    const due = [...this.#refused].filter(([, refusal]) => refusal.retryAtMs <= nowMs).map(([point]) => toRead(point));
    return due.length === 0 ? this.#reads : [...this.#reads, ...due];
  }

  /** The device answered this read with an exception that blames the address, the count or the function. */
  refuse(read: PlannedRead, wholeFunction: boolean, nowMs: number): RefusalStep {
    const parts = wholeFunction ? undefined : splitRead(read);
    if (parts?.kind === 'parts') {
      this.#cuts.push({ function: read.function, at: parts.at });
      this.#reads = undefined;
      return { kind: 'split', reads: parts.reads };
    }
    if (parts?.kind === 'overlap') {
      for (const point of read.points) this.#alone.add(point);
      this.#reads = undefined;
      return { kind: 'split', reads: read.points.map(toRead) };
    }
    for (const point of read.points) this.#reject(point, nowMs);
    this.#cuts = this.#cuts.filter((cut) => cut.function !== read.function);
    this.#reads = undefined;
    return { kind: 'rejected', points: read.points };
  }

  /** The device answered this read with values; returns the tags that are refused no more. */
  accept(read: PlannedRead): readonly TagPoint[] {
    if (this.#refused.size === 0) return [];
    const lifted = read.points.filter((point) => this.#refused.delete(point));
    if (lifted.length > 0) this.#reads = undefined;
    return lifted;
  }

  #reject(point: TagPoint, nowMs: number): void {
    const backoffMs = Math.min(RETRY_MAX_MS, (this.#refused.get(point)?.backoffMs ?? RETRY_MIN_MS / 2) * 2);
    this.#refused.set(point, { retryAtMs: nowMs + backoffMs, backoffMs });
  }

  #plan(): PlannedRead[] {
    const wanted = this.#points.filter((point) => !this.#refused.has(point));
    const alone = new Set([...this.#refused.keys(), ...this.#alone]);
    return planReads(wanted, this.#limits, { cuts: new Set(this.#cuts.map((cut) => cutKey(cut.function, cut.at))), alone });
  }
}

const toRead = (point: TagPoint): PlannedRead => ({ function: point.function, start: point.start, count: point.count, points: [point] });
