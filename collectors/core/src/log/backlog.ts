import { Run } from '@kubeplant/proto';
import type { Outgoing } from '../block/block-buffer.ts';
import { toOutgoing } from '../block/create-memory-buffer.ts';
import { codeOf } from './file-system.ts';
import type { LogDeps } from './log-deps.ts';
import { passSegment, type SegmentRecord } from './pass-segment.ts';
import { createRangeSet, firstOutside, type RangeSet } from './range-set.ts';
import type { Segment } from './segment-table.ts';

/** What one stream takes from the log. */
export interface BacklogOptions {
  /** Former runs that may be sent. */
  readonly runs: readonly string[];
  /** Blocks of this run from here on are not backlog. */
  readonly liveFrom: () => number;
  readonly onReady: () => void;
}

/** Read ahead so much: enough for a window, little beside the rest of the process. */
const AHEAD_BYTES = 512 * 1024;
/** A file that cannot be read is tried again after so long. */
const RETRY_MS = 10_000;

/** Reads what waits, oldest first, a little ahead of its sending: from files what is in them, from memory what is only there. */
export class Backlog {
  readonly #deps: LogDeps;
  readonly #options: BacklogOptions;
  readonly #taken = new Map<string, RangeSet>();
  readonly #toldEntries = new Map<string, number>();
  readonly #ready: Outgoing[] = [];
  #readyBytes = 0;
  #isReading = false;
  #isClosed = false;
  #isMore = true;
  #cancelRetry = (): void => {};
  #items: AsyncGenerator<Outgoing> | undefined;

  /** Begins to read at once. */
  constructor(deps: LogDeps, options: BacklogOptions) {
    this.#deps = deps;
    this.#options = options;
    this.kick();
  }

  /** The next; undefined: none is at hand, `onReady` tells when one is. */
  next(): Outgoing | undefined {
    for (let out = this.#ready.shift(); out; out = this.#ready.shift()) {
      if (out.kind === 'run') return out;
      this.#readyBytes -= out.bytes.length;
      if (this.#readyBytes < AHEAD_BYTES / 2) this.#readOn();
      if (!this.#deps.table.committedOf(out.run).has(out.seq)) return out;
    }
    return undefined;
  }

  /** This block of this run goes out by another way. */
  setTaken(seq: number): void {
    this.#takenOf(this.#deps.dictionary.run).add(seq, seq);
  }

  /** There may be more than before. */
  kick(): void {
    this.#isMore = true;
    this.#readOn();
  }

  /** The stream is over. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
  }

  #readOn(): void {
    if (!this.#isReading && (this.#items || this.#isMore)) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (!this.#isClosed && this.#readyBytes < AHEAD_BYTES && (this.#items || this.#isMore)) {
      if (this.#items === undefined) this.#isMore = false;
      this.#items ??= this.#readAll();
      const { value, done } = await this.#items.next();
      if (done) this.#items = undefined;
      else this.#take(value);
    }
    this.#isReading = false;
    if (!this.#isClosed && this.#ready.length > 0) this.#options.onReady();
  }

  #take(out: Outgoing): void {
    if (out.kind === 'block') {
      this.#takenOf(out.run).add(out.seq, out.seq);
      this.#readyBytes += out.bytes.length;
    }
    this.#ready.push(out);
    if (this.#ready.length === 1 && !this.#isClosed) this.#options.onReady();
  }

  async *#readAll(): AsyncGenerator<Outgoing> {
    const { table, tail, clock, dictionary } = this.#deps;
    for (const segment of table.segments()) {
      if (!this.#isOwn(segment.run) && !this.#options.runs.includes(segment.run)) continue;
      const known = [table.committedOf(segment.run), this.#takenOf(segment.run)];
      if (this.#isOwn(segment.run)) known.push(createRangeSet(tail.ranges())); // they need not be read
      const wanted = firstOutside(segment.seqs, this.#limitOf(segment.run), known);
      const waitMs = segment.retryMs - clock.monotonicMs();
      if (wanted !== undefined && waitMs > 0) this.#retryAfter(waitMs);
      else if (wanted !== undefined) yield* this.#readOne(segment);
    }
    for (const seq of tail.seqs()) {
      const block = this.#isWanted(dictionary.run, seq) ? tail.get(seq) : undefined;
      if (block) yield toOutgoing(block);
    }
  }

  async *#readOne(segment: Segment): AsyncGenerator<Outgoing> {
    const { table, clock, log, notice } = this.#deps;
    try {
      for await (const record of passSegment(this.#deps, segment)) {
        const out = record.header.kind === 'run' ? this.#toRun(segment, record) : this.#toBlock(segment, record);
        if (out) yield out;
      }
    } catch (error) {
      if (!table.segments().includes(segment)) return; // it was removed meanwhile
      segment.retryMs = clock.monotonicMs() + RETRY_MS;
      this.#retryAfter(RETRY_MS);
      log.warn({ segment: segment.name, code: codeOf(error) }, 'a segment cannot be read now; it is tried again');
      notice(`BufferUnreadable: ${segment.name} cannot be read (${codeOf(error)}); it is tried again`);
    }
  }

  #retryAfter(waitMs: number): void {
    this.#cancelRetry();
    if (!this.#isClosed) this.#cancelRetry = this.#deps.clock.setTimer(waitMs, () => this.kick());
  }

  /** What the numbers of a former run mean; of this run the session knows better. */
  #toRun({ run }: Segment, { header, payload }: SegmentRecord): Outgoing | undefined {
    const told = this.#toldEntries.get(run) ?? 0;
    const until = header.seq + header.count;
    if (this.#isOwn(run) || until <= told) return undefined;
    if (header.seq <= told) this.#toldEntries.set(run, until);
    return { kind: 'run', value: Run.decode(payload) };
  }

  #toBlock({ run }: Segment, { header: { seq }, payload }: SegmentRecord): Outgoing | undefined {
    return this.#isWanted(run, seq) ? { kind: 'block', run, seq, bytes: payload } : undefined;
  }

  #isWanted(run: string, seq: number): boolean {
    return seq < this.#limitOf(run) && !this.#deps.table.committedOf(run).has(seq) && !this.#takenOf(run).has(seq);
  }

  #isOwn(run: string): boolean {
    return run === this.#deps.dictionary.run;
  }

  #limitOf(run: string): number {
    return this.#isOwn(run) ? this.#options.liveFrom() : Number.POSITIVE_INFINITY;
  }

  #takenOf(run: string): RangeSet {
    const known = this.#taken.get(run) ?? createRangeSet();
    this.#taken.set(run, known);
    return known;
  }
}
