import { EventEmitter } from 'node:events';
import type { Store } from '../../../api/server/src/store/create-store.ts';
import { noPartitions } from '../../../api/server/src/store/partitions.ts';
import { createWithScope } from '../../../api/server/src/store/scope.ts';
import { type Change, createTables, decodeCopy, STATEMENTS, type Tables } from './sim-tables.ts';
import type { SimProcess, VirtualTime } from './virtual-time.ts';

/** A database in memory: transactions, one row lock, and all that can happen to it and to the way there. */
export interface SimDatabase {
  /** The database as a process sees it. */
  storeFor(process: SimProcess): Store;
  readonly tables: Tables;
  /** Transactions committed so far; a point to restore to. */
  readonly commits: number;
  /** What has not been committed is gone, and every connection is cut. */
  crash(): void;
  start(): void;
  /** Forget all commits after a point; as a crash besides. */
  restore(commits: number): void;
  /** Cut the connections of a process, or of all; what has reached the database is carried out. */
  cut(process?: SimProcess): void;
  /** Nothing arrives and nothing is answered, and nobody hears of it, until it is false. */
  isBlackHole: boolean;
  latencyMs: () => number;
  /** A statement that the simulation does not know: its history proves nothing. */
  readonly unknown: readonly string[];
  /** For mutations: sees each change on its way. */
  readonly rules: DatabaseRules;
}

/** How the database keeps its promises; mutations break them. */
export interface DatabaseRules {
  /** A commit is answered so long before it is kept. */
  answerEarlyMs: number;
  /** A claim gives the same epoch again. */
  reuseEpochs: boolean;
}

interface Session {
  readonly process: SimProcess;
  /** Number of its transaction, once it has asked for one. */
  transaction: number | undefined;
  /** The client knows that it is over; on the server it may go on. */
  closed: boolean;
  ended: boolean;
  changes: Change[] | undefined;
  /** Rejects what is under way. */
  fail: ((error: Error) => void) | undefined;
}

/** A transaction that was committed. */
interface Kept {
  readonly transaction: number | undefined;
  readonly changes: readonly Change[];
}

const lost = (): Error => new Error('Connection terminated unexpectedly');

/** What takes no longer than this on its way takes no time. */
const AT_ONCE_MS = 1.8;
/** A commit now and then takes as long as this. */
const SLOW_COMMIT_MS = 400;

export function createSimDatabase(time: VirtualTime, random: () => number): SimDatabase {
  const log: Kept[] = [];
  let tables = createTables();
  let isUp = true;
  let crashes = 0;
  let hole: (() => void)[] | undefined;
  let lastTransaction = 0;
  const sessions = new Set<Session>();
  const unknown: string[] = [];
  let lock: { readonly holder: Session; readonly waiters: (() => void)[] } | undefined;

  function commit(changes: readonly Change[], transaction: number | undefined): void {
    if (changes.length === 0) return;
    log.push({ transaction, changes });
    for (const change of changes) change(tables);
  }

  function release(session: Session): void {
    if (lock?.holder !== session) return;
    const { waiters } = lock;
    lock = undefined;
    for (const next of waiters) next();
  }

  /** The session is over on the server. */
  function endSession(session: Session): void {
    session.ended = true;
    session.changes = undefined;
    sessions.delete(session);
    release(session);
  }

  /** What a client sends; held while nothing arrives. Most of it arrives at once, for a simulation that is fast. */
  function travel(work: () => void, delayMs = database.latencyMs()): void {
    const arrive = (): void => {
      if (hole) hole.push(work);
      else work();
    };
    if (delayMs < AT_ONCE_MS) arrive();
    else time.after(delayMs, arrive);
  }

  function withLock(session: Session, work: () => void): void {
    if (session.ended) return;
    if (lock === undefined) lock = { holder: session, waiters: [] };
    if (lock.holder === session) work();
    else lock.waiters.push(() => withLock(session, work));
  }

  /** What is of the database itself, and not of a table. */
  function executeOwn(session: Session, text: string, values: readonly unknown[]): readonly unknown[] | undefined {
    if (text.startsWith('SELECT pg_current_xact_id()')) return [{ transaction: String(beginTransaction(session)) }];
    if (text.includes('pg_terminate_backend')) return [terminate(values)];
    if (text.includes('pg_xact_status')) return findCommitted(values);
    if (!/^(BEGIN|ROLLBACK)/.test(text)) return undefined;
    session.changes = text.startsWith('BEGIN') ? [] : undefined;
    if (session.changes === undefined) release(session);
    return [];
  }

  /** One statement on the server; `answer` is called when it is done. */
  function execute(session: Session, text: string, values: readonly unknown[], answer: (rows: readonly unknown[]) => void): void {
    if (session.ended) return;
    if (text === 'COMMIT') {
      finishCommit(session, answer);
      return;
    }
    const own = executeOwn(session, text, values);
    if (own) {
      answer(own);
      return;
    }
    const known = STATEMENTS.find(({ pattern }) => pattern.test(text));
    if (known === undefined) {
      unknown.push(text);
      return;
    }
    const run = (): void => {
      const changes: Change[] = [];
      let rows = known.run({ tables, values, wallMs: time.wallMs, change: (change) => changes.push(change) });
      if (database.rules.reuseEpochs && /^INSERT INTO site_owner/.test(text)) rows = reuseEpoch(changes, rows);
      if (session.changes === undefined) commit(changes, undefined);
      else session.changes.push(...changes);
      answer(rows);
    };
    if (known.locks) withLock(session, run);
    else run();
  }

  function reuseEpoch(changes: Change[], rows: readonly unknown[]): readonly unknown[] {
    const before = tables.owner?.epoch;
    if (before === undefined || rows.length === 0) return rows;
    changes.push((later) => {
      if (later.owner) later.owner = { ...later.owner, epoch: before };
    });
    return [{ epoch: before }];
  }

  function finishCommit(session: Session, answer: (rows: readonly unknown[]) => void): void {
    const { changes = [], transaction } = session;
    const keep = (): void => {
      if (session.ended) return;
      commit(changes, transaction);
      session.changes = undefined;
      release(session);
      answer([]);
    };
    if (database.rules.answerEarlyMs === 0) {
      time.after(random() < 0.1 ? random() * SLOW_COMMIT_MS : random(), keep);
      return;
    }
    const before = crashes;
    time.after(database.rules.answerEarlyMs, () => crashes === before && commit(changes, transaction));
    session.changes = undefined;
    release(session);
    answer([]);
  }

  function beginTransaction(session: Session): number {
    lastTransaction += 1;
    session.transaction = lastTransaction;
    return lastTransaction;
  }

  /** End the sessions of these transactions. */
  function terminate([transactions]: readonly unknown[]): unknown {
    for (const session of [...sessions])
      if (session.changes !== undefined && (transactions as string[]).includes(String(session.transaction))) cutSession(session, true);
    return { ended: true };
  }

  const findCommitted = ([transactions]: readonly unknown[]): readonly unknown[] =>
    log.filter(({ transaction }) => (transactions as string[]).includes(String(transaction)));

  /** The client hears of it soon; the server lets what has begun run on, or not. */
  function cutSession(session: Session, atServer: boolean): void {
    session.closed = true;
    session.process.deliver(() => session.fail?.(lost()));
    if (atServer || random() < 0.5) endSession(session);
    else travel(() => endSession(session), random() * 500);
  }

  function send(session: Session, text: string, values: readonly unknown[]): Promise<{ rows: readonly unknown[]; rowCount: number }> {
    return new Promise((resolve, reject) => {
      if (session.closed) {
        reject(lost());
        return;
      }
      session.fail = reject;
      const answer = (rows: readonly unknown[]): void =>
        session.process.deliver(() => !session.closed && resolve({ rows, rowCount: rows.length }));
      // Whether an answer gets lost on its way back matters for commits only.
      if (text === 'COMMIT') travel(() => execute(session, text, values, (rows) => travel(() => answer(rows))));
      else travel(() => execute(session, text, values, answer));
    });
  }

  function copy(session: Session, sql: string): EventEmitter {
    const chunks: Buffer[] = [];
    const stream = new EventEmitter();
    return Object.assign(stream, {
      write: (chunk: Buffer) => chunks.push(Buffer.from(chunk)) > 0,
      end: () => {
        session.fail = (error) => stream.emit('error', error);
        if (session.closed) {
          session.fail(lost());
          return;
        }
        travel(() => {
          if (session.ended) return;
          if (/^COPY reading \(/.test(sql)) {
            const rows = decodeCopy(Buffer.concat(chunks));
            session.changes?.push(({ readings }) => void readings.push(...rows));
          } else if (!/^COPY reading_out_of_window/.test(sql)) unknown.push(sql);
          session.process.deliver(() => !session.closed && stream.emit('finish'));
        });
      },
    });
  }

  function connect(process: SimProcess): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const refuse = (): void => {
        isOver = true;
        process.deliver(() => reject(new Error('connect ECONNREFUSED')));
      };
      time.after(10_000, () => !isOver && refuse());
      travel(() => {
        if (isOver) return;
        if (!isUp) return refuse();
        isOver = true;
        const session: Session = { process, transaction: undefined, closed: false, ended: false, changes: undefined, fail: undefined };
        sessions.add(session);
        process.deliver(() => resolve(clientOf(session)));
      });
    });
  }

  function clientOf(session: Session) {
    const close = (): void => {
      if (session.closed) return;
      session.closed = true;
      session.fail?.(lost());
      travel(() => endSession(session));
    };
    return {
      escapeLiteral: (text: string) => `'${text}'`,
      connection: { stream: { destroy: close } },
      release: close,
      query: (asked: unknown, values: readonly unknown[] = []) => {
        if (typeof asked === 'string') return send(session, onOneLine(asked), values);
        const { text = '', values: own = [] } = asked as { readonly text?: string; readonly values?: readonly unknown[] };
        // A COPY is a stream of its own that knows its SQL.
        return isCopy(asked) ? copy(session, text) : send(session, onOneLine(text), own);
      },
    };
  }

  const cutWhere = (isMeant: (session: Session) => boolean, atServer: boolean): void => {
    for (const session of [...sessions]) if (isMeant(session)) cutSession(session, atServer);
  };
  const database: SimDatabase = {
    storeFor: (process) => {
      const query = async (text: unknown, values?: readonly unknown[]): Promise<unknown> => {
        const client = (await connect(process)) as ReturnType<typeof clientOf>;
        try {
          return await client.query(text, values);
        } finally {
          client.release();
        }
      };
      // Of a pool and its clients no more than this is used by the owner of a site.
      const pool = { connect: () => connect(process), query } as unknown as Store['pool'];
      const withScope = createWithScope(pool);
      return {
        pool,
        layout: 'partitions',
        withScope,
        withOwnerScope: withScope as Store['withOwnerScope'],
        readings: undefined as unknown as Store['readings'], // history is asked of no simulated database
        partitions: noPartitions,
        close: async () => {},
      };
    },
    get tables() {
      return tables;
    },
    get commits() {
      return log.length;
    },
    crash: () => {
      isUp = false;
      crashes += 1;
      cutWhere(() => true, true);
    },
    start: () => {
      isUp = true;
    },
    restore: (commits) => {
      database.crash();
      log.length = Math.min(log.length, commits);
      const { devices, tags } = tables;
      tables = { ...createTables(), devices, tags };
      for (const { changes } of log) for (const change of changes) change(tables);
      lastTransaction = Math.max(0, ...log.map(({ transaction = 0 }) => transaction)); // the same numbers are given again
      isUp = true;
    },
    cut: (process) => cutWhere((session) => process === undefined || session.process === process, false),
    get isBlackHole() {
      return hole !== undefined;
    },
    set isBlackHole(begins) {
      const late = hole ?? [];
      hole = begins ? late : undefined;
      if (!begins) for (const work of late) work();
    },
    latencyMs: () => 0.2 + random() * 2,
    unknown,
    rules: { answerEarlyMs: 0, reuseEpochs: false },
  };
  return database;
}

const onOneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');
const isCopy = (asked: unknown): boolean => asked instanceof EventEmitter;
