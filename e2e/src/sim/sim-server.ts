import { type Change, createTables, STATEMENTS, type Tables } from './sim-tables.ts';
import type { SimProcess, VirtualTime } from './virtual-time.ts';

/** How the database keeps its promises; mutations break them. */
export interface DatabaseRules {
  /** A commit is answered so long before it is kept. */
  answerEarlyMs: number;
  /** A claim gives the same epoch again. */
  reuseEpochs: boolean;
}

/** A connection as the server sees it. */
export interface Session {
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

/** What carries statements out: tables, transactions, one row lock. */
export interface SimServer {
  readonly sessions: ReadonlySet<Session>;
  readonly tables: Tables;
  /** Transactions committed so far. */
  readonly commits: number;
  open(process: SimProcess): Session;
  /** The session is over on the server. */
  end(session: Session): void;
  /** One statement; `answer` is called when it is done. */
  execute(session: Session, text: string, values: readonly unknown[], answer: (rows: readonly unknown[]) => void): void;
  /** What has not been committed is gone. */
  crash(): void;
  /** Forget all commits after a point. */
  restore(commits: number): void;
  /** Statements that the simulation does not know: their history proves nothing. */
  readonly unknown: string[];
  readonly rules: DatabaseRules;
}

/** A transaction that was committed. */
interface Kept {
  readonly transaction: number | undefined;
  readonly changes: readonly Change[];
}

/** A commit now and then takes as long as this. */
const SLOW_COMMIT_MS = 400;

/** An empty one. `onTerminate`: a session is ended by another. */
export function createSimServer(time: VirtualTime, random: () => number, onTerminate: (session: Session) => void): SimServer {
  const log: Kept[] = [];
  let tables = createTables();
  let crashes = 0;
  let lastTransaction = 0;
  const sessions = new Set<Session>();
  const unknown: string[] = [];
  const rules: DatabaseRules = { answerEarlyMs: 0, reuseEpochs: false };
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
      if (rules.reuseEpochs && /^INSERT INTO site_owner/.test(text)) rows = reuseEpoch(changes, rows);
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
    if (rules.answerEarlyMs === 0) {
      time.after(random() < 0.1 ? random() * SLOW_COMMIT_MS : random(), keep);
      return;
    }
    const before = crashes;
    time.after(rules.answerEarlyMs, () => crashes === before && commit(changes, transaction));
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
      if (session.changes !== undefined && (transactions as string[]).includes(String(session.transaction))) onTerminate(session);
    return { ended: true };
  }

  const findCommitted = ([transactions]: readonly unknown[]): readonly unknown[] =>
    log.filter(({ transaction }) => (transactions as string[]).includes(String(transaction)));

  return {
    sessions,
    get tables() {
      return tables;
    },
    get commits() {
      return log.length;
    },
    open: (process) => {
      const session: Session = { process, transaction: undefined, closed: false, ended: false, changes: undefined, fail: undefined };
      sessions.add(session);
      return session;
    },
    end: endSession,
    execute,
    crash: () => {
      crashes += 1;
    },
    restore: (commits) => {
      log.length = Math.min(log.length, commits);
      const { devices, tags } = tables;
      tables = { ...createTables(), devices, tags };
      for (const { changes } of log) for (const change of changes) change(tables);
      lastTransaction = Math.max(0, ...log.map(({ transaction = 0 }) => transaction)); // the same numbers are given again
    },
    unknown,
    rules,
  };
}
