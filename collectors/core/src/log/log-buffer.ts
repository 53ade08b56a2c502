import type { Lost, RunProgress } from '@kubeplant/proto';
import type { BlockBuffer, BufferEvents, Delivery, DeliveryOptions, EncodedBlock, Outgoing } from '../block/block-buffer.ts';
import { createLostLedger } from '../block/create-lost-ledger.ts';
import { toLost, toOutgoing } from '../block/create-memory-buffer.ts';
import { createSyncWaiters } from '../block/create-sync-waiters.ts';
import { Backlog } from './backlog.ts';
import { createNotices, type Notices } from './create-notices.ts';
import { createFolderLock, type LockHolder } from './folder-lock.ts';
import type { LogDeps } from './log-deps.ts';
import { createSegmentTable } from './segment-table.ts';
import { SegmentWriter } from './segment-writer.ts';
import { createTail } from './tail.ts';

/** What a log buffer needs. */
export interface LogBufferOptions extends BufferEvents, Pick<LogDeps, 'fs' | 'clock' | 'folder' | 'log' | 'dictionary' | 'limits'> {
  readonly holder: Pick<LockHolder, 'pid' | 'host'>;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
  /** Memory for what is not on disk; when it is full the oldest are lost. */
  readonly maxBytes: number;
  /** Something was lost on disk: tell it soon. */
  readonly onDiskLoss: () => void;
  /** Runs of processes before are there now. */
  readonly onFormerRuns: () => void;
}

/** Memory for blocks that are on disk already: so that the newest need not be read back. */
const CACHE_BYTES = 4 << 20;

/**
 * Blocks in memory until they are written, in files until they are committed and ten minutes more. What a process before left
 * in the folder is sent too. While the disk cannot be written memory serves alone.
 */
export class LogBuffer implements BlockBuffer {
  readonly ready: Promise<void>;
  readonly #options: LogBufferOptions;
  readonly #deps: LogDeps;
  readonly #table = createSegmentTable();
  readonly #tail = createTail();
  readonly #ledger = createLostLedger();
  readonly #waiters = createSyncWaiters();
  readonly #notices: Notices;
  readonly #writer: SegmentWriter;
  /** Blocks that were committed before they were written: kept until they are, for a database that is restored. */
  readonly #unwritten = new Set<number>();
  /** Blocks cut since the delivery began and not sent yet. */
  #live: number[] = [];
  #backlog: Backlog | undefined;
  #lastSeq = 0;
  /** Readings that memory could not hold, in the present episode. */
  #lostReadings = 0;

  /** Opens the folder at once and, where that fails, again and again. */
  constructor(options: LogBufferOptions) {
    const { fs, clock, folder, dictionary, isAlive } = options;
    this.#options = options;
    this.#notices = createNotices(clock);
    const { add: notice } = this.#notices;
    this.#deps = { ...options, table: this.#table, tail: this.#tail, notice, lose: (lost) => this.#loseOnDisk(lost) };
    const lock = createFolderLock({ fs, clock, folder, isAlive, holder: { ...options.holder, run: dictionary.run } });
    this.#writer = new SegmentWriter({ ...this.#deps, lock, onSynced: () => this.#settle(), onOpened: () => this.#opened() });
    this.ready = this.#writer.ready;
  }

  append(block: EncodedBlock): void {
    this.#lastSeq = block.seq;
    this.#tail.add(block);
    if (this.#backlog) this.#live.push(block.seq);
    if (block.lost.length > 0) this.#writer.told(block.seq);
    this.#makeRoom();
    this.#writer.kick();
  }

  deliver({ runs, committed, onReady }: DeliveryOptions): Delivery {
    const before = this.count;
    this.#table.setCommitted(runs, committed);
    this.#freeCommitted(before);
    this.#live = [];
    const backlog = new Backlog(this.#deps, { runs, onReady, liveFrom: () => this.#live[0] ?? Number.POSITIVE_INFINITY });
    this.#backlog = backlog;
    return {
      nextLive: () => this.#nextLive(backlog),
      nextBacklog: () => backlog.next(),
      close: () => {
        backlog.close();
        if (this.#backlog === backlog) this.#backlog = undefined;
      },
    };
  }

  commit(progress: readonly RunProgress[]): void {
    const before = this.count;
    this.#table.commit(progress);
    this.#freeCommitted(before);
  }

  runs(): readonly string[] {
    const { run } = this.#deps.dictionary;
    return [...new Set([...this.#table.runs(), ...(this.#tail.oldest() ? [run] : [])])];
  }

  committed(): readonly RunProgress[] {
    return this.#table.runs().map((run) => ({ run, committed: [...this.#table.committedOf(run).ranges()] }));
  }

  takeLost(): readonly Lost[] {
    return this.#ledger.take();
  }

  problem(): string | undefined {
    const full =
      this.#lostReadings > 0 ? `BufferFull: ${this.#lostReadings} readings were lost because neither disk nor api took them` : undefined;
    return [this.#writer.problem(), full, ...this.#notices.all()].filter((each) => each !== undefined).join('; ') || undefined;
  }

  synced(): Promise<boolean> {
    const safe = this.#waiters.wait(this.#lastSeq);
    this.#writer.syncSoon();
    this.#settle();
    return safe;
  }

  isKept(): boolean {
    return this.#writer.isOpen && this.#tail.unsyncedBytes === 0;
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  get sizeBytes(): number {
    return this.#table.sizeBytes + this.#tail.unsyncedBytes;
  }

  get count(): number {
    return this.#table.count({ run: this.#deps.dictionary.run, seqs: this.#tail.ranges() });
  }

  #nextLive(backlog: Backlog): Outgoing | undefined {
    for (let seq = this.#live.shift(); seq !== undefined; seq = this.#live.shift()) {
      const block = this.#tail.get(seq);
      if (block === undefined || this.#isCommitted(seq)) continue;
      backlog.setTaken(seq);
      return toOutgoing(block);
    }
    return undefined;
  }

  #opened(): void {
    if (this.#table.runs().some((run) => run !== this.#deps.dictionary.run)) this.#options.onFormerRuns();
    this.#backlog?.kick();
  }

  /** What is safely on disk may leave memory; who waited for it is told. */
  #settle(): void {
    const tail = this.#tail;
    for (let next = tail.oldest(); next?.synced && tail.sizeBytes > CACHE_BYTES; next = tail.oldest()) this.#evict(next.block);
    const firstUnsafe = tail.seqs().find((seq) => seq > tail.syncedSeq && !this.#isCommitted(seq)) ?? Number.POSITIVE_INFINITY;
    this.#waiters.settle((seq) => seq < firstUnsafe);
  }

  #makeRoom(): void {
    const tail = this.#tail;
    const { maxBytes } = this.#options;
    while (tail.sizeBytes > maxBytes) {
      const oldest = tail.oldest();
      if (oldest === undefined || oldest.block.seq === this.#lastSeq) break;
      this.#evict(oldest.block);
      if (!oldest.synced && !this.#isCommitted(oldest.block.seq)) this.#loseFromMemory(oldest.block);
    }
    if (tail.sizeBytes < maxBytes / 2) this.#lostReadings = 0;
  }

  #evict({ seq }: EncodedBlock): void {
    this.#free(seq);
    if (this.#live[0] === seq) this.#live.shift();
    this.#backlog?.kick(); // what is on disk goes out as backlog
  }

  #loseFromMemory(block: EncodedBlock): void {
    const lost = toLost(block, 'DiskFailed');
    for (const one of [lost, ...block.lost]) this.#ledger.add(one);
    this.#lostReadings += lost.readings;
    this.#options.onLost(lost);
    this.#waiters.lost(block.seq);
  }

  #loseOnDisk(lost: Lost): void {
    this.#ledger.add(lost);
    this.#notices.lost(lost);
    this.#options.onLost(lost);
    this.#options.onDiskLoss();
  }

  #freeCommitted(before: number): void {
    const cutMs: number[] = [];
    for (const seq of this.#tail.seqs()) {
      const block = this.#isCommitted(seq) ? this.#tail.get(seq) : undefined;
      if (block === undefined) continue;
      if (!this.#unwritten.has(seq)) cutMs.push(block.cutMs);
      if (this.#writer.isOpen && seq > this.#tail.writtenSeq) this.#unwritten.add(seq);
      else this.#free(seq);
    }
    const freed = Math.max(cutMs.length, before - this.count);
    if (freed > 0) this.#options.onCommitted(freed, cutMs);
    this.#settle();
  }

  #free(seq: number): void {
    this.#tail.remove(seq);
    this.#unwritten.delete(seq);
  }

  #isCommitted(seq: number): boolean {
    return this.#table.committedOf(this.#deps.dictionary.run).has(seq);
  }
}
