import { formatMultirange, parseMultirange, RangeSet } from '../../../api/server/src/owner/range-set.ts';
import { microsOf } from './micros-of.ts';
import { LATE_STATEMENTS } from './sim-late.ts';

/** A row of `reading`. */
export interface StoredReading {
  readonly tagId: number;
  readonly timeUs: number;
  readonly value: number | undefined;
  readonly status: number;
  readonly flags: number;
}

/** What the simulated database holds: the tables without which the owner of a site cannot work. */
export interface Tables {
  owner: { readonly replica: string; readonly endpoint: string; readonly epoch: number; readonly expiresMs: number } | undefined;
  model: Buffer | undefined;
  readonly devices: Map<string, number>;
  readonly tags: Map<string, { readonly tagId: number; readonly device: string; readonly name: string; readonly origin: string }>;
  readonly readings: StoredReading[];
  /** By `shard/run`. */
  readonly progress: Map<string, RangeSet>;
  readonly latest: Map<number, readonly unknown[]>;
  readonly alarmStates: Map<string, Row>;
  readonly transitions: Map<string, Row>;
  /** By shard. */
  readonly lateSpans: Map<string, LateSpan>;
  readonly events: Row[];
  readonly quarantine: Row[];
}

type LateSpan = { readonly fromUs: number; readonly untilUs: number; readonly widened: number };
type Row = Readonly<Record<string, unknown>>;

/** A change: made when its transaction commits, and again when the database is restored to a point after it. */
export type Change = (tables: Tables) => unknown;

/** What a statement sees and does. */
export interface Statement {
  readonly tables: Tables;
  readonly values: readonly unknown[];
  readonly wallMs: number;
  readonly change: (change: Change) => void;
}

/** `locks`: the row of `site_owner` is held until the transaction ends. */
export interface KnownStatement {
  readonly pattern: RegExp;
  readonly locks?: boolean;
  readonly run: (statement: Statement) => readonly unknown[];
}

export const createTables = (): Tables => ({
  owner: undefined,
  model: undefined,
  devices: new Map(),
  tags: new Map(),
  readings: [],
  progress: new Map(),
  latest: new Map(),
  alarmStates: new Map(),
  transitions: new Map(),
  lateSpans: new Map(),
  events: [],
  quarantine: [],
});

/** Statements by what they look like. One that is not here fails the history: add it where the owner learns a new one. */
export const STATEMENTS: readonly KnownStatement[] = [
  { pattern: /^SELECT replica, endpoint, .*FROM site_owner/, run: ({ tables }) => (tables.owner ? [tables.owner] : []) },
  { pattern: /^INSERT INTO site_owner/, locks: true, run: claim },
  {
    pattern: /^SELECT 1 FROM site_owner .*FOR SHARE/,
    locks: true,
    run: ({ tables, values }) => (tables.owner?.epoch === values[2] ? [{}] : []),
  },
  { pattern: /^UPDATE site_owner SET expires/, locks: true, run: renew },
  { pattern: /^INSERT INTO ingest_progress/, run: writeProgress },
  { pattern: /^SELECT shard, run, committed::text, .*FROM ingest_progress/, run: readProgress },
  { pattern: /^INSERT INTO device/, run: insertDevices },
  { pattern: /^SELECT name, device_id FROM device/, run: ({ tables }) => [...tables.devices] },
  { pattern: /^INSERT INTO tag \(/, run: insertTags },
  { pattern: /^SELECT tag_id AS "tagId", device, name, origin FROM tag/, run: ({ tables }) => [...tables.tags.values()] },
  { pattern: /^INSERT INTO site_model/, run: writeModel },
  { pattern: /^SELECT tenant, site, body FROM site_model/, run: readModel },
  { pattern: /^INSERT INTO tag_latest/, run: writeLatest },
  {
    pattern: /^SELECT tag_id, .* FROM tag_latest/,
    run: ({ tables, values }) => (values[0] as number[]).flatMap((id) => (tables.latest.has(id) ? [tables.latest.get(id)] : [])),
  },
  { pattern: /CROSS JOIN LATERAL \(SELECT \* FROM reading s /, run: lastStored },
  { pattern: /CROSS JOIN LATERAL \(SELECT \* FROM reading_/, run: () => [] },
  ...LATE_STATEMENTS,
  { pattern: /^SELECT n\.tag_id FROM .* FROM reading_sealed/, run: () => [] },
  { pattern: /^INSERT INTO alarm_state/, run: (statement) => insertRows(statement, ALARM_STATE, (tables) => tables.alarmStates, true) },
  {
    pattern: /^DELETE FROM alarm_state/,
    run: (statement) => changed(statement, ({ alarmStates }) => remove(alarmStates, statement.values[2])),
  },
  { pattern: /^SELECT id, rule_uid, .* FROM alarm_state/, run: ({ tables }) => [...tables.alarmStates.values()].map(readAlarmState) },
  {
    pattern: /^INSERT INTO alarm_transition/,
    run: (statement) => insertRows(statement, TRANSITION, (tables) => tables.transitions, false),
  },
  { pattern: /^INSERT INTO event/, run: (statement) => changed(statement, ({ events }) => events.push({ kind: statement.values[3] })) },
  { pattern: /^INSERT INTO quarantine/, run: quarantine },
  { pattern: /^SELECT shard, array_agg\(device\) FROM shard_device/, run: ({ tables }) => [['shard-0', [...tables.devices.keys()]]] },
  { pattern: /^SET LOCAL ROLE/, run: () => [] },
  // What no reading, alarm or restart depends on.
  {
    pattern:
      /^(INSERT INTO (site_calendar|shard_device|tag_revision|rollup_mark|observed)|UPDATE (device|tag) |SELECT d\.device_id, o\.simulated|SELECT .* FROM observed)/,
    run: () => [],
  },
];

function writeModel({ values, change }: Statement): readonly unknown[] {
  change((later) => {
    later.model = values[3] as Buffer;
  });
  return [];
}

function changed({ change }: Statement, make: Change): readonly unknown[] {
  change(make);
  return [];
}

function quarantine({ values, change }: Statement): readonly unknown[] {
  const [, , , run, seq, , , , , reason, detail] = values;
  change((later) => later.quarantine.push({ run, seq, reason, detail }));
  return [];
}

function remove(states: Map<string, Row>, ids: unknown): void {
  for (const id of ids as readonly string[]) states.delete(id);
}

function claim({ tables, values, wallMs, change }: Statement): readonly unknown[] {
  const [, , replica, endpoint, leaseMs, epochBefore, heard] = values as readonly [
    string,
    string,
    string,
    string,
    number,
    number | null,
    number,
  ];
  const { owner } = tables;
  const isOurs = owner?.replica === replica && (epochBefore === null || owner.epoch <= epochBefore);
  if (owner !== undefined && !isOurs && owner.expiresMs >= wallMs) return [];
  const epoch = Math.max(owner?.epoch ?? 0, epochBefore ?? 0, heard) + 1;
  change((later) => {
    later.owner = { replica, endpoint, epoch, expiresMs: wallMs + leaseMs };
  });
  return [{ epoch }];
}

function renew({ tables, values, wallMs, change }: Statement): readonly unknown[] {
  const { owner } = tables;
  if (owner === undefined || owner.epoch !== values[2]) return [];
  change((later) => {
    if (later.owner) later.owner = { ...later.owner, expiresMs: wallMs + (values[3] as number) };
  });
  return [{}];
}

function writeProgress({ tables, values, change }: Statement): readonly unknown[] {
  const [, , shards, runs, texts] = values as readonly [string, string, string[], string[], string[]];
  const merge = (into: Tables, index: number): RangeSet =>
    new RangeSet([...(into.progress.get(`${shards[index]}/${runs[index]}`)?.ranges() ?? []), ...parseMultirange(texts[index] ?? '')]);
  change((later) => {
    for (const [index, run] of runs.entries()) later.progress.set(`${shards[index]}/${run}`, merge(later, index));
  });
  return runs.map((run, index) => ({ shard: shards[index], run, committed: formatMultirange(merge(tables, index).ranges()) }));
}

function readProgress({ tables }: Statement): readonly unknown[] {
  return [...tables.progress].map(([key, set]) => {
    const [shard, run] = key.split('/');
    return { shard, run, committed: formatMultirange(set.ranges()), age_us: 0 }; // it counts in days
  });
}

/** Names get their numbers at once, committed or not: an unused one does no harm. */
function insertDevices({ tables, values }: Statement): readonly unknown[] {
  for (const name of values[2] as string[]) if (!tables.devices.has(name)) tables.devices.set(name, tables.devices.size + 1);
  return [];
}

function insertTags({ tables, values }: Statement): readonly unknown[] {
  const [devices, names, origins] = values.slice(2) as [string[], string[], string[]];
  for (const [index, name] of names.entries()) {
    const [device = '', origin = ''] = [devices[index], origins[index]];
    const key = `${device}/${name}/${origin}`;
    if (!tables.tags.has(key)) tables.tags.set(key, { tagId: tables.tags.size + 1, device, name, origin });
  }
  return [];
}

function readModel({ tables }: Statement): readonly unknown[] {
  return tables.model === undefined ? [] : [{ tenant: 'local/default', site: 'north', body: tables.model }];
}

function writeLatest({ values, change }: Statement): readonly unknown[] {
  const [ids = [], times = [], numbers = [], texts = [], statuses = [], flags = [], received = []] = values as unknown[][];
  change(({ latest }) => {
    for (const [index, id] of (ids as number[]).entries()) {
      const timeUs = microsOf(times[index]);
      const before = latest.get(id);
      if (before !== undefined && (before[1] as number) > timeUs) continue;
      latest.set(id, [id, timeUs, numbers[index], texts[index], statuses[index], flags[index], microsOf(received[index])]);
    }
  });
  return [];
}

function lastStored({ tables, values }: Statement): readonly unknown[] {
  const [ids, since] = values as [number[], string[]];
  const newest = new Map<number, StoredReading>();
  for (const row of tables.readings)
    if (row.timeUs >= (newest.get(row.tagId)?.timeUs ?? Number.NEGATIVE_INFINITY)) newest.set(row.tagId, row);
  return ids.flatMap((id, index) => {
    const row = newest.get(id);
    if (row === undefined || row.timeUs < microsOf(since[index])) return [];
    return [[id, row.timeUs, row.value ?? null, null, row.status, row.flags, row.timeUs]];
  });
}

/** Columns of `alarm_state` in the order in which they are written. */
const ALARM_STATE = [
  'id rule_uid rule device tag limit_name priority active acknowledged suppressed occurrence version active_time cleared_time',
  'acknowledged_time acknowledged_by comment value message pending pending_since simulated',
].flatMap((line) => line.split(' '));

/** Likewise of `alarm_transition`. */
const TRANSITION = [
  'id alarm rule_uid rule device tag limit_name priority occurrence kind state time value status message user_name comment cause simulated late',
].flatMap((line) => line.split(' '));

/** Rows given by columns, from the third value on; the first column is the key. `replace`: what is there. */
function insertRows(
  { values, change }: Statement,
  columns: readonly string[],
  tableOf: (tables: Tables) => Map<string, Row>,
  replace: boolean,
): readonly unknown[] {
  const ids = values[2] as readonly string[];
  change((later) => {
    const table = tableOf(later);
    for (const [index, id] of ids.entries())
      if (replace || !table.has(id))
        table.set(id, Object.fromEntries(columns.map((name, column) => [name, (values[column + 2] as readonly unknown[])[index]])));
  });
  return [];
}

const microsOrNull = (value: unknown): number | null => (value === null ? null : microsOf(value));

const readAlarmState = (row: Row): Row => ({
  ...row,
  version_number: row.version,
  active_us: microsOrNull(row.active_time),
  cleared_us: microsOrNull(row.cleared_time),
  acknowledged_us: microsOrNull(row.acknowledged_time),
  pending_us: microsOrNull(row.pending_since),
});

const EPOCH_2000_US = 946_684_800_000_000;
const SIGNATURE_BYTES = 19;
const END = -1;

/** Rows (time, value, tag_id, received_delta_ms, status, flags) of a binary COPY. */
export function decodeCopy(bytes: Buffer): StoredReading[] {
  const rows: StoredReading[] = [];
  let at = SIGNATURE_BYTES;
  const field = (): Buffer | undefined => {
    const length = bytes.readInt32BE(at);
    at += 4 + Math.max(0, length);
    return length < 0 ? undefined : bytes.subarray(at - length, at);
  };
  while (bytes.readInt16BE(at) !== END) {
    at += 2;
    const [time, value, tagId, , status, flags] = [field(), field(), field(), field(), field(), field()];
    rows.push({
      timeUs: Number(time?.readBigInt64BE() ?? 0n) + EPOCH_2000_US,
      value: value?.readDoubleBE(),
      tagId: tagId?.readInt32BE() ?? 0,
      status: status?.readInt16BE() ?? 0,
      flags: flags?.readInt16BE() ?? 0,
    });
  }
  return rows;
}
