import { HISTORY_CLASSES, sealedTableOf, tableOf } from '../history-tables.ts';
import { RUNTIME_ROLE } from './row-security.ts';
import type { Migration } from './migration.ts';

/** Who may read what, by login: grants as `kubeplant.scope` has them, `tenant site` with `*` for all. Only the login that owns the tables writes it. */
const READERS = `
CREATE TABLE bi_reader (login text PRIMARY KEY, grants text[] NOT NULL);
REVOKE ALL ON bi_reader FROM ${RUNTIME_ROLE};
CREATE FUNCTION bi_grants() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
RETURN (SELECT grants FROM bi_reader WHERE login = session_user);`;

/** What a reader may see of a table. */
export const granted = (table: string): string =>
  `ARRAY[${table}.tenant || ' ' || ${table}.site, ${table}.tenant || ' *', '* ' || ${table}.site, '* *'] && (SELECT bi_grants())`;

const TABLES = ['device', 'tag', 'tag_revision', 'event', 'alarm_state', 'alarm_transition'];

/** A view is read as its owner, to whom policies apply: this one lets it see what its reader is granted, and no more than that. */
const policy = (table: string): string => `CREATE POLICY bi ON ${table} FOR SELECT TO CURRENT_USER USING (${granted(table)});`;

/**
 * The reader's grants are asked for in each view as well: `kubeplant.scope`, which the other policy looks at, is a setting
 * that any session can change.
 */
export const view = (name: string, select: string): string => `CREATE VIEW kubeplant_bi.${name} WITH (security_barrier) AS ${select};`;

const QUALITY = (status: string): string => `CASE ${status}::int4 >> 14 & 3 WHEN 0 THEN 'Good' WHEN 1 THEN 'Uncertain' ELSE 'Bad' END`;

const SERIES = 't.tenant, t.site, t.device, t.tag, t.simulated, t.unit';

const TAGS = `
SELECT t.tag_id, t.tenant, t.site, t.device, t.name AS tag, t.origin = 'Simulated' AS simulated, t.in_force, r.kind, r.data_type, r.unit
FROM tag t LEFT JOIN LATERAL (
  SELECT kind, data_type, unit FROM tag_revision WHERE tag_id = t.tag_id ORDER BY since DESC LIMIT 1
) r ON true WHERE ${granted('t')}`;

const LATEST = `
SELECT ${SERIES}, l.time, l.value, l.text, ${QUALITY('l.status')} AS quality, l.received
FROM kubeplant_bi.tags t JOIN tag_latest l USING (tag_id)`;

const sums = (table: string): string => `
SELECT ${SERIES}, s.time, s.n AS good_readings, s.bad AS other_readings, s.min, s.max, s.first, s.last,
  s.integral / nullif(s.good_ms, 0) AS average, s.good_ms / 1000 AS good_seconds, s.increase, s.durations
FROM kubeplant_bi.tags t JOIN ${table} s USING (tag_id)`;

const EVENTS = `SELECT e.tenant, e.site, e.time, e.kind, e.device, e.message, e.user_name, e.details FROM event e WHERE ${granted('e')}`;

const ALARMS = `
SELECT a.tenant, a.site, a.rule, a.device, a.tag, a.limit_name, a.priority, a.active, a.acknowledged, a.suppressed, a.active_time, a.cleared_time,
  a.acknowledged_time, a.acknowledged_by, a.value, a.message, a.simulated FROM alarm_state a WHERE ${granted('a')}`;

/** Of `alarm_transition j`. */
export const JOURNAL_COLUMNS = `j.tenant, j.site, j.time, j.rule, j.device, j.tag, j.limit_name, j.priority, j.occurrence, j.kind, j.state, j.value,
  j.message, j.user_name, j.comment, j.simulated`;

const JOURNAL = `SELECT ${JOURNAL_COLUMNS} FROM alarm_transition j WHERE ${granted('j')}`;

const rows = (table: string, value: string, text: string): string => `
SELECT time, ${value} AS value, ${text} AS text, status, flags FROM ${table} WHERE tag_id = t.tag_id AND time >= since AND time < until`;

/** As `reading_sealed` is described where it is made. */
const sealed = (table: string): string => `
SELECT time, value, NULL, status, flags FROM (
  SELECT s.start + (s.first_us + u.i::float8 * s.step_us + coalesce(u.jitter_us, 0)) * interval '1 microsecond' AS time,
    CASE WHEN s.numbers IS NULL THEN s.value ELSE u.number END AS value, coalesce(u.status, s.status) AS status, coalesce(u.flags, s.flags) AS flags
  FROM ${table} s CROSS JOIN LATERAL ROWS FROM (
    generate_series(0, s.n - 1), unnest(s.jitter_us), unnest(s.numbers), unnest(s.statuses), unnest(s.flag_sets)
  ) AS u (i, jitter_us, number, status, flags)
  WHERE s.tag_id = t.tag_id AND s.start > since - interval '30 minutes' AND s.start < until
) AS unpacked WHERE time >= since AND time < until`;

/** A function, not a view: packed readings are found by the span that is asked for. */
function readingsSql(): string {
  const all = HISTORY_CLASSES.flatMap((one) => [
    rows(tableOf(one, false), 'value', 'NULL::text'),
    rows(tableOf(one, true), 'NULL::float8', 'value'),
    sealed(sealedTableOf(one)),
  ]);
  return `
CREATE FUNCTION kubeplant_bi.readings(of_device text, of_tag text, since timestamptz, until timestamptz)
RETURNS TABLE (tenant text, site text, device text, tag text, simulated boolean, unit text, "time" timestamptz, value float8, text text, quality text, flags int4)
LANGUAGE sql STABLE SECURITY DEFINER BEGIN ATOMIC
SELECT ${SERIES}, r.time, r.value, r.text, ${QUALITY('r.status')}, r.flags::int4
FROM kubeplant_bi.tags t CROSS JOIN LATERAL (${all.join('\nUNION ALL ')}) AS r
WHERE t.device = of_device AND t.tag = of_tag ORDER BY r.time;
END;`;
}

/** Views for people with tools that speak SQL. */
export const biViewsMigration: Migration = {
  version: 8,
  name: 'bi-views',
  up: async (client) => {
    await client.query(READERS);
    for (const table of TABLES) await client.query(policy(table));
    await client.query('CREATE SCHEMA kubeplant_bi');
    await client.query(view('tags', TAGS));
    await client.query(view('latest', LATEST));
    await client.query(view('minutes', sums('rollup_1m')));
    await client.query(view('quarter_hours', sums('rollup_15m')));
    await client.query(view('days', sums('rollup_1d')));
    await client.query(view('events', EVENTS));
    await client.query(view('alarms', ALARMS));
    await client.query(view('alarm_journal', JOURNAL));
    await client.query(readingsSql());
  },
};
