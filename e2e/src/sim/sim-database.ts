import { EventEmitter } from 'node:events';
import type { Store } from '../../../api/server/src/store/create-store.ts';
import { noPartitions } from '../../../api/server/src/store/partitions.ts';
import { createReadings } from '../../../api/server/src/store/readings/create-readings.ts';
import { createWithScope } from '../../../api/server/src/store/scope.ts';
import { createSimServer, type DatabaseRules, type Session } from './sim-server.ts';
import { decodeCopy, type Tables } from './sim-tables.ts';
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

const lost = (): Error => new Error('Connection terminated unexpectedly');

/** What takes no longer than this on its way takes no time. */
const AT_ONCE_MS = 1.8;
export function createSimDatabase(time: VirtualTime, random: () => number): SimDatabase {
  const server = createSimServer(time, random, (session) => cutSession(session, true));
  const { sessions, unknown } = server;
  let isUp = true;
  let hole: (() => void)[] | undefined;

  /** What a client sends; held while nothing arrives. Most of it arrives at once, for a simulation that is fast. */
  function travel(work: () => void, delayMs = database.latencyMs()): void {
    const arrive = (): void => {
      if (hole) hole.push(work);
      else work();
    };
    if (delayMs < AT_ONCE_MS) arrive();
    else time.after(delayMs, arrive);
  }

  /** The client hears of it soon; the server lets what has begun run on, or not. */
  function cutSession(session: Session, atServer: boolean): void {
    session.closed = true;
    session.process.deliver(() => session.fail?.(lost()));
    if (atServer || random() < 0.5) server.end(session);
    else travel(() => server.end(session), random() * 500);
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
      if (text === 'COMMIT') travel(() => server.execute(session, text, values, (rows) => travel(() => answer(rows))));
      else travel(() => server.execute(session, text, values, answer));
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
        const session = server.open(process);
        process.deliver(() => resolve(clientOf(session)));
      });
    });
  }

  function clientOf(session: Session) {
    const close = (): void => {
      if (session.closed) return;
      session.closed = true;
      session.fail?.(lost());
      travel(() => server.end(session));
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
        readings: createReadings(),
        partitions: noPartitions,
        close: async () => {},
      };
    },
    get tables() {
      return server.tables;
    },
    get commits() {
      return server.commits;
    },
    crash: () => {
      isUp = false;
      server.crash();
      cutWhere(() => true, true);
    },
    start: () => {
      isUp = true;
    },
    restore: (commits) => {
      database.crash();
      server.restore(commits);
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
    rules: server.rules,
  };
  return database;
}

const onOneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');
const isCopy = (asked: unknown): boolean => asked instanceof EventEmitter;
