import { codeOf } from './file-system.ts';
import type { FolderLock } from './folder-lock.ts';
import { loseSegments } from './give-up-segment.ts';
import { createFolderKeeper, type FolderKeeper } from './keep-folder.ts';
import { loadSegments } from './load-segments.ts';
import type { LogDeps } from './log-deps.ts';
import { createSegmentFile, type SegmentFile } from './segment-file.ts';
import type { Segment } from './segment-table.ts';

/** What a writer needs beside what all parts share. */
export interface WriterDeps extends LogDeps {
  readonly lock: FolderLock;
  /** More is safely on disk, or less than was thought. */
  readonly onSynced: () => void;
  /** The folder is open (again): its segments are in the table. */
  readonly onOpened: () => void;
}

const SEGMENT_BYTES = 16 << 20;
/** A segment is also closed after so long, so that what is committed can go. */
const SEGMENT_MS = 10 * 60_000;
/** However little may be kept, giving up the oldest file gives up at most an eighth of it. */
const SEGMENTS_AT_LEAST = 8;
const BATCH_BYTES = 4 << 20;
const KEEP_EVERY_MS = 1000;
const RENEW_EVERY_MS = 5000;
const RETRY_MS = 1000;
const SLOW_SYNC_MS = 400;
const STUCK_MS = 5000;
const READY_WITHIN_MS = 3000;

/**
 * Writes the tail into segment files. One loop does everything that changes the disk, one thing after the other; what fails is
 * tried again, from opening the folder where that is what is needed.
 */
export class SegmentWriter {
  /** Resolves when the folder was opened, or could not be, or takes long. */
  readonly ready: Promise<void>;
  readonly #deps: WriterDeps;
  readonly #keeper: FolderKeeper;
  readonly #ready = Promise.withResolvers<void>();
  readonly #done: Promise<void>;
  #file: SegmentFile | undefined;
  #files = 0;
  #isOpen = false;
  #isClosing = false;
  #isSyncWanted = false;
  #unsyncedSinceMs: number | undefined;
  #keptMs = Number.NEGATIVE_INFINITY;
  #renewedMs = Number.NEGATIVE_INFINITY;
  #busySinceMs: number | undefined;
  #slowSyncMs = 0;
  #failure: string | undefined;
  /** Segments that were there before the folder was lost. */
  #orphans: readonly Segment[] = [];
  #wake = (): void => {};

  /** Begins at once. */
  constructor(deps: WriterDeps) {
    const { tail, clock } = deps;
    this.#deps = deps;
    this.#keeper = createFolderKeeper(deps, (seq) => seq <= tail.syncedSeq || tail.get(seq) === undefined);
    this.ready = this.#ready.promise;
    const cancel = clock.setTimer(READY_WITHIN_MS, () => this.#ready.resolve());
    void this.ready.then(cancel);
    this.#done = this.#run();
  }

  /** There is something to write. */
  kick(): void {
    this.#wake();
  }

  /** Sync as soon as what is queued is written. */
  syncSoon(): void {
    this.#isSyncWanted = true;
    this.#wake();
  }

  /** The block with this number tells of all losses so far. */
  told(seq: number): void {
    this.#keeper.told(seq);
  }

  /** Why the disk cannot be relied on now, as `Reason: sentence`. */
  problem(): string | undefined {
    const { folder, clock } = this.#deps;
    const stuckMs = this.#busySinceMs === undefined ? 0 : clock.monotonicMs() - this.#busySinceMs;
    if (this.#failure !== undefined) return `BufferUnwritable: ${folder} cannot be written (${this.#failure}); readings are kept in memory`;
    if (stuckMs >= STUCK_MS)
      return `BufferUnwritable: ${folder} has not answered for ${Math.round(stuckMs / 1000)} s; readings are kept in memory`;
    if (this.#slowSyncMs >= SLOW_SYNC_MS) return `BufferSlow: the disk of ${folder} took ${Math.round(this.#slowSyncMs)} ms for a sync`;
    return undefined;
  }

  /** Write and sync what is left, as far as the disk takes it, and give the folder back. */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    return this.#done;
  }

  /** Whether what is written can be relied on. */
  get isOpen(): boolean {
    return this.#isOpen && this.#failure === undefined;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      await this.#turn();
      this.#ready.resolve();
      await this.#rest();
    }
    await this.#finish();
  }

  async #turn(): Promise<void> {
    const { clock, log, folder } = this.#deps;
    this.#busySinceMs = clock.monotonicMs();
    try {
      if (!this.#isOpen) await this.#openFolder();
      await this.#write();
      await this.#keep();
      if (this.#failure !== undefined) log.info({ folder }, 'the segment log can be written again');
      this.#failure = undefined;
    } catch (error) {
      await this.#fail(error);
    }
    this.#busySinceMs = undefined;
  }

  /** Until there is something to do. */
  #rest(): Promise<void> {
    const { clock, tail } = this.#deps;
    const hasFailed = this.#failure !== undefined;
    const waitMs = hasFailed ? RETRY_MS : Math.min(KEEP_EVERY_MS, Math.max(0, this.#msToSync()));
    return new Promise((resolve) => {
      const cancel = clock.setTimer(waitMs, resolve);
      this.#wake = () => {
        if (hasFailed && !this.#isClosing) return; // what fails is not tried with every block
        cancel();
        resolve();
      };
      if (this.#isClosing || tail.queued(1).length > 0) this.#wake();
    });
  }

  async #openFolder(): Promise<void> {
    const { fs, folder, lock, table, clock } = this.#deps;
    await fs.makeFolder(folder);
    const other = await lock.take();
    if (other !== undefined) throw new Error(`it is used by ${other}`);
    await loadSegments(this.#deps);
    const found = new Set(table.segments().map(({ name }) => name));
    const lost = this.#orphans.filter(({ name }) => !found.has(name));
    this.#orphans = [];
    loseSegments(this.#deps, lost);
    this.#isOpen = true;
    this.#renewedMs = clock.monotonicMs();
    this.#deps.onOpened();
  }

  /** What is there is looked at again when the folder is opened again. */
  #leaveFolder(): readonly Segment[] {
    const { table } = this.#deps;
    this.#isOpen = false;
    const left = table.segments();
    for (const segment of left) table.remove(segment);
    return left;
  }

  async #write(): Promise<void> {
    const { tail, clock } = this.#deps;
    for (let batch = tail.queued(BATCH_BYTES); batch[0]; batch = tail.queued(BATCH_BYTES)) {
      this.#file ??= await createSegmentFile(this.#deps, ++this.#files, batch[0]);
      await this.#file.append(batch);
      this.#unsyncedSinceMs ??= clock.monotonicMs();
      if (this.#msToSync() <= 0) await this.#sync();
      if (this.#isFull(this.#file)) await this.#closeFile();
    }
    if (this.#msToSync() <= 0) await this.#sync();
    if (this.#file && this.#isFull(this.#file)) await this.#closeFile();
  }

  #isFull({ segment, begunMs }: SegmentFile): boolean {
    const { limits, clock } = this.#deps;
    const mostBytes = Math.min(SEGMENT_BYTES, limits().maxSizeBytes / SEGMENTS_AT_LEAST);
    return segment.bytes >= mostBytes || clock.monotonicMs() - begunMs >= SEGMENT_MS;
  }

  #msToSync(): number {
    if (this.#unsyncedSinceMs === undefined) return Number.POSITIVE_INFINITY;
    return this.#isSyncWanted ? 0 : this.#unsyncedSinceMs + this.#deps.limits().syncIntervalMs - this.#deps.clock.monotonicMs();
  }

  async #sync(): Promise<void> {
    const { clock } = this.#deps;
    if (this.#unsyncedSinceMs === undefined) return;
    const beganMs = clock.monotonicMs();
    this.#isSyncWanted = false;
    await this.#file?.sync();
    this.#unsyncedSinceMs = undefined;
    this.#slowSyncMs = clock.monotonicMs() - beganMs;
    this.#deps.onSynced();
  }

  async #closeFile(): Promise<void> {
    await this.#sync();
    const full = this.#file;
    this.#file = undefined;
    await full?.close();
  }

  async #keep(): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#renewedMs >= RENEW_EVERY_MS) await this.#renew(nowMs);
    if (nowMs - this.#keptMs < KEEP_EVERY_MS) return;
    this.#keptMs = nowMs;
    await this.#keeper.keep();
  }

  async #renew(nowMs: number): Promise<void> {
    const isOurs = await this.#deps.lock.renew();
    this.#renewedMs = nowMs;
    if (isOurs) return;
    this.#leaveFolder();
    throw new Error('another process has taken it over');
  }

  async #fail(error: unknown): Promise<void> {
    const { log, folder, tail, onSynced } = this.#deps;
    const reason = codeOf(error);
    if (this.#failure !== reason)
      log.error({ folder, reason }, 'the segment log cannot be written; readings are kept in memory and it is tried again');
    this.#failure = reason;
    const failed = this.#file;
    this.#file = undefined;
    this.#unsyncedSinceMs = undefined;
    await failed?.abandon();
    if (this.#isOpen && reason === 'ENOENT') {
      // The folder, or what keeps it ours, is gone: what is in memory is written anew, wherever it may have been before.
      this.#orphans = this.#leaveFolder();
      tail.forgetFiles();
    }
    // Told already; the next attempt shows whether it helped.
    if (this.#isOpen && reason === 'ENOSPC') await this.#keeper.makeRoom().catch(() => {});
    onSynced();
  }

  async #finish(): Promise<void> {
    const { lock, log, folder } = this.#deps;
    this.#isSyncWanted = true;
    await this.#turn();
    if (!this.isOpen) return;
    try {
      await this.#closeFile();
      await this.#keeper.saveIndex();
      await lock.release();
    } catch (error) {
      log.warn({ folder, reason: codeOf(error) }, 'the segment log could not be closed; the next start reads it through');
    }
  }
}
