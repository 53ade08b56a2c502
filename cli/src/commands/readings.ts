import { once } from 'node:events';
import type { Aggregate, Client, Reading, ReadingsInput } from '@kubeplant/api-client';
import { AGGREGATES } from '@kubeplant/api-client';
import { parseDuration, statusText } from '@kubeplant/words';
import { defineCommand } from 'citty';
import { connect, connectionArgs } from '../api/connect.ts';
import { CommandError } from '../command-error.ts';
import { parseOutput } from '../output/print-rows.ts';
import { type Column, formatCsv, formatTable } from '../output/table.ts';
import { parseTag } from './parse-tag.ts';
import { parseTime } from './parse-time.ts';

const OUTPUTS = ['table', 'csv', 'json', 'ndjson'] as const;

export const readings = defineCommand({
  meta: { name: 'readings', description: 'Show the history of a tag.' },
  args: {
    tag: {
      type: 'positional',
      required: true,
      description: 'namespace/device/tag, or device/tag in the namespace default',
      valueHint: 'NAMESPACE/DEVICE/TAG',
    },
    from: { type: 'string', description: 'Begin: a time (2026-11-21T08:00:00Z) or how long ago (15m).', default: '1h' },
    to: { type: 'string', description: 'End, not included: a time or how long ago.', default: '0s' },
    interval: { type: 'string', description: 'Size of buckets, such as 5m; without it readings as stored.' },
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
    if (interval !== undefined && parseDuration(interval) === undefined)
      throw new CommandError(`--interval ${interval} is not a duration such as 30s or 15m`, 2);
    if (aggregate !== undefined && interval === undefined)
      throw new CommandError('--aggregate needs --interval: give the size of the buckets', 2);
    const input = {
      ...path,
      ...range,
      ...(interval !== undefined && { interval }),
      ...(aggregate !== undefined && { aggregate: [...aggregate] }),
    };
    const pages = readPages(connect(args), input);
    if (output === 'csv' || output === 'ndjson') return printPages(pages, output);
    const rows: Reading[] = [];
    for await (const page of pages) rows.push(...page);
    process.stdout.write(output === 'json' ? `${JSON.stringify(rows, undefined, 2)}\n` : `${formatTable(columnsOf(rows), rows)}\n`);
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
async function printPages(pages: AsyncIterable<Reading[]>, output: 'csv' | 'ndjson'): Promise<void> {
  let columns: readonly Column<Reading>[] | undefined;
  for await (const rows of pages) {
    const isFirst = columns === undefined;
    if (!isFirst && rows.length === 0) continue;
    columns ??= columnsOf(rows);
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

function columnsOf(rows: readonly Reading[]): readonly Column<Reading>[] {
  const figures = (['avg', 'min', 'max', 'first', 'last', 'increase', 'integral', 'goodMs', 'count', 'bad'] as const).filter((figure) =>
    rows.some((row) => row[figure] !== undefined),
  );
  const time: Column<Reading> = { title: 'TIME', value: (row) => row.time };
  if (figures.length > 0)
    return [time, ...figures.map((figure) => ({ title: figure.toUpperCase(), value: (row: Reading) => row[figure] }))];
  return [
    time,
    { title: 'VALUE', value: (row) => row.value },
    { title: 'STATUS', value: (row) => (row.status === undefined ? undefined : statusText(row.status)) },
    { title: 'FLAGS', value: (row) => row.flags?.join(' ') },
  ];
}
