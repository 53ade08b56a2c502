import type { Aggregate, Client, Reading, ReadingsInput } from '@kubeplant/api-client';
import { AGGREGATES } from '@kubeplant/api-client';
import { parseDuration, parseTagPath, statusText } from '@kubeplant/words';
import { defineCommand } from 'citty';
import { connect, connectionArgs } from '../api/connect.ts';
import { CommandError } from '../command-error.ts';
import { parseOutput } from '../output/print-rows.ts';
import { type Column, formatCsv, formatTable } from '../output/table.ts';

const OUTPUTS = ['table', 'csv', 'json'] as const;

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
    const path = parseTagPath(args.tag) ?? parseTagPath(`default/${args.tag}`);
    if (path === undefined) throw new CommandError(`"${args.tag}" is not a tag: give namespace/device/tag`, 2);
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
    const rows = await readAll(connect(args), input);
    const columns = columnsOf(rows);
    if (output === 'json') process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    else process.stdout.write(output === 'csv' ? `${formatCsv(columns, rows)}\r\n` : `${formatTable(columns, rows)}\n`);
  },
});

async function readAll(client: Client, input: ReadingsInput): Promise<Reading[]> {
  const rows: Reading[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.readings.page({ ...input, limit: 10_000, ...(cursor !== undefined && { cursor }) });
    rows.push(...page.readings);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return rows;
}

/** A time, or a duration before now. */
function parseTime(flag: string, text: string, nowMs: number): string {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(nowMs - ago).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new CommandError(`${flag} ${text} is neither a time such as 2026-11-21T08:00:00Z nor a duration such as 15m`, 2);
  return time.toISOString();
}

function parseAggregate(text: string | undefined): readonly Aggregate[] | undefined {
  return text?.split(',').map((word) => {
    const found = AGGREGATES.find((known) => known === word.trim());
    if (found === undefined) throw new CommandError(`--aggregate ${word} is not known: use ${AGGREGATES.join(', ')}`, 2);
    return found;
  });
}

function columnsOf(rows: readonly Reading[]): readonly Column<Reading>[] {
  const figures = (['avg', 'min', 'max', 'first', 'last', 'count', 'bad'] as const).filter((figure) =>
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
