import { once } from 'node:events';
import type { Aggregate, Client, Reading, ReadingsInput } from '@kubeplant/api-client';
import { AGGREGATES } from '@kubeplant/api-client';
import { formatDuration, INTERVAL_PATTERN, statusText } from '@kubeplant/words';
import { defineCommand } from 'citty';
import { connect, connectionArgs } from '../api/connect.ts';
import { CommandError } from '../command-error.ts';
import { parseOutput } from '../output/print-rows.ts';
import { type Column, formatCsv, formatTable } from '../output/table.ts';
import { parseTag } from './parse-tag.ts';
import { parseTime } from './parse-time.ts';

const OUTPUTS = ['table', 'csv', 'json', 'ndjson'] as const;
const FIGURES = ['avg', 'min', 'max', 'first', 'last', 'increase', 'integral', 'goodMs', 'count', 'bad'] as const;

export const readings = defineCommand({
  meta: { name: 'readings', description: 'Show the history of a tag.' },
  args: {
    tag: {
      type: 'positional',
      required: true,
      description: 'namespace/device/tag, or device/tag in the namespace default',
      valueHint: 'NAMESPACE/DEVICE/TAG',
    },
    from: { type: 'string', description: 'Begin: a time (2026-11-21T08:00:00Z) or how long ago (15m, 30d).', default: '1h' },
    to: { type: 'string', description: 'End, not included: a time or how long ago.', default: '0s' },
    interval: { type: 'string', description: 'Size of buckets, such as 5m, or days of the site: 1d; without it readings as stored.' },
    aggregate: { type: 'string', description: `Figures of a bucket: ${AGGREGATES.join(',')}.` },
    output: { type: 'string', alias: 'o', description: OUTPUTS.join(', '), default: 'table' },
    ...connectionArgs,
  },
  run: async ({ args }) => {
    const output = parseOutput(args.output, OUTPUTS);
    const path = parseTag(args.tag);
    const now = Date.now();
    const range = { from: parseTime('--from', args.from, now), to: parseTime('--to', args.to, now) };
    const aggregate = parseAggregate(args.aggregate);
    const interval = args.interval;
    if (interval !== undefined && !new RegExp(`^${INTERVAL_PATTERN}$`).test(interval))
      throw new CommandError(`--interval ${interval} is neither a duration such as 15m nor days of the site such as 1d`, 2);
    if (aggregate !== undefined && interval === undefined)
      throw new CommandError('--aggregate needs --interval: give the size of the buckets', 2);
    const input = {
      ...path,
      ...range,
      ...(interval !== undefined && { interval }),
      ...(aggregate !== undefined && { aggregate: [...aggregate] }),
    };
    const pages = readPages(connect(args), input);
    if (output === 'csv' || output === 'ndjson') return printPages(pages, output, interval !== undefined);
    const rows: Reading[] = [];
    for await (const page of pages) rows.push(...page);
    process.stdout.write(
      output === 'json' ? `${JSON.stringify(rows, undefined, 2)}\n` : `${formatTable(columnsOf(rows, interval !== undefined), rows)}\n`,
    );
  },
});

async function* readPages(client: Client, input: ReadingsInput): AsyncGenerator<Reading[]> {
  let cursor: string | undefined;
  do {
    const page = await client.readings.page({ ...input, limit: 10_000, ...(cursor !== undefined && { cursor }) });
    yield page.readings;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** Page by page, as fast as the reader takes them: memory for one page, however long the history. */
async function printPages(pages: AsyncIterable<Reading[]>, output: 'csv' | 'ndjson', areBuckets: boolean): Promise<void> {
  let columns: readonly Column<Reading>[] | undefined;
  for await (const rows of pages) {
    const isFirst = columns === undefined;
    if (!isFirst && rows.length === 0) continue;
    columns ??= columnsOf(rows, areBuckets);
    const csv = output === 'csv' ? formatCsv(columns, rows).slice(isFirst ? 0 : formatCsv(columns, []).length + 2) : '';
    const text = output === 'csv' ? `${csv}\r\n` : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}

function parseAggregate(text: string | undefined): readonly Aggregate[] | undefined {
  return text?.split(',').map((word) => {
    const found = AGGREGATES.find((known) => known === word.trim());
    if (found === undefined) throw new CommandError(`--aggregate ${word} is not known: use ${AGGREGATES.join(', ')}`, 2);
    return found;
  });
}

function columnsOf(rows: readonly Reading[], areBuckets: boolean): readonly Column<Reading>[] {
  const time: Column<Reading> = { title: 'TIME', value: (row) => row.time };
  const value: Column<Reading> = { title: 'VALUE', value: (row) => row.value };
  if (areBuckets) {
    const durations: Column<Reading> = { title: 'DURATIONS', value: (row) => row.durations && formatDurations(row.durations) };
    const figures = FIGURES.map((figure): Column<Reading> => ({ title: figure.toUpperCase(), value: (row) => row[figure] }));
    return [time, ...[...figures, value, durations].filter((column) => rows.some((row) => column.value(row) !== undefined))];
  }
  return [
    time,
    value,
    { title: 'STATUS', value: (row) => (row.status === undefined ? undefined : statusText(row.status)) },
    { title: 'FLAGS', value: (row) => row.flags?.join(' ') },
  ];
}

/** `0 12m, 1 48m` */
const formatDurations = (durations: Readonly<Record<string, number>>): string =>
  Object.entries(durations)
    .map(([state, ms]) => `${state} ${formatDuration(ms)}`)
    .join(', ');
