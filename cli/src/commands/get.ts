import type { Client, Tag } from '@kubeplant/api-client';
import { defineCommand } from 'citty';
import { connect, connectionArgs } from '../api/connect.ts';
import { listAll } from '../api/list-all.ts';
import { CommandError } from '../command-error.ts';
import { formatRows, type Output, OUTPUTS, parseOutput } from '../output/print-rows.ts';
import { alarmColumns, deviceColumns, ruleColumns, siteColumns, tagColumns } from './get-columns.ts';
import { watchText } from './watch-text.ts';

const KINDS = ['sites', 'devices', 'tags', 'alarms', 'rules'] as const;
type Kind = (typeof KINDS)[number];

/** What is asked for. */
interface Query {
  readonly kind: Kind;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly output: Output;
}

export const get = defineCommand({
  meta: { name: 'get', description: 'Show sites, devices, tags, alarms or rules of a running plant.' },
  args: {
    kind: { type: 'positional', required: true, description: 'sites, devices, tags, alarms or rules', valueHint: 'KIND' },
    name: {
      type: 'positional',
      required: false,
      description: 'One of them; of tags a device, device/tag or namespace/device/tag.',
      valueHint: 'NAME',
    },
    namespace: { type: 'string', alias: 'n', description: 'Only this namespace.' },
    output: { type: 'string', alias: 'o', description: OUTPUTS.join(', '), default: 'table' },
    watch: { type: 'boolean', alias: 'w', description: 'Go on and show what changes.' },
    ...connectionArgs,
  },
  run: async ({ args }) => {
    const kind = KINDS.find((known) => known === args.kind || known.slice(0, -1) === args.kind);
    if (kind === undefined) throw new CommandError(`there is nothing called "${args.kind}" to get: use ${KINDS.join(', ')}`, 2);
    const query: Query = { kind, name: args.name, namespace: args.namespace, output: parseOutput(args.output, OUTPUTS) };
    const client = connect(args);
    if (args.watch) return watchText((now) => show(client, query, now));
    process.stdout.write(`${await show(client, query)}\n`);
    if (query.namespace !== undefined) await noteUnknownNamespace(client, query.namespace);
  },
});

async function show(client: Client, query: Query, signal?: AbortSignal): Promise<string> {
  const { kind, name, output } = query;
  const filter = query.namespace === undefined ? {} : { namespace: query.namespace };
  const named = <T extends { readonly name: string }>(rows: readonly T[]): T[] => pick(query, rows);
  if (kind === 'tags') return showTags(client, query, signal);
  if (kind === 'alarms') {
    const rows = await listAll((paging) => client.alarms.list({ ...paging, ...filter }, signal));
    return formatRows(
      output,
      alarmColumns,
      pick(query, rows, ({ id }) => id),
    );
  }
  if (name !== undefined && (output === 'json' || output === 'yaml')) return formatRows(output, [], [], await resource(client, query));
  if (kind === 'sites')
    return formatRows(output, siteColumns, named(await listAll((paging) => client.sites.list({ ...paging, ...filter }, signal))));
  if (kind === 'devices')
    return formatRows(output, deviceColumns, named(await listAll((paging) => client.devices.list({ ...paging, ...filter }, signal))));
  return formatRows(output, ruleColumns, named(await listAll((paging) => client.rules.list({ ...paging, ...filter }, signal))));
}

/** An empty list is no error, but a namespace without a site is likely a slip. */
async function noteUnknownNamespace(client: Client, namespace: string): Promise<void> {
  const { total } = await client.sites.list({ namespace, limit: 1 });
  if (total > 0) return;
  const sites = await listAll((paging) => client.sites.list(paging));
  const known = [...new Set(sites.map((site) => site.namespace))].join(', ');
  process.stderr.write(
    `kubeplant: there is no site in the namespace "${namespace}": ${known === '' ? 'there is none at all' : `use ${known}`}\n`,
  );
}

/** The named row, or all; a name nothing has is an error, as with kubectl. */
function pick<T>({ kind, name }: Query, rows: readonly T[], nameOf: (row: T) => string = (row) => (row as { name: string }).name): T[] {
  if (name === undefined) return [...rows];
  const found = rows.filter((row) => nameOf(row) === name);
  if (found.length === 0) throw new CommandError(`there is no ${kind.slice(0, -1)} "${name}"`);
  return found;
}

const PLURALS = { sites: 'sites', devices: 'devices', rules: 'alarmrules' } as const;

/** As declared, with its status. */
function resource(client: Client, { kind, name, namespace }: Query): Promise<unknown> {
  return client.resources.get(namespace ?? 'default', PLURALS[kind as keyof typeof PLURALS], name ?? '');
}

/** `-o json|yaml` shows every value as it is in force after the merge with profile and defaults. */
async function showTags(client: Client, query: Query, signal?: AbortSignal): Promise<string> {
  const parts = query.name?.split('/') ?? [];
  if (parts.length > 3) throw new CommandError(`"${query.name}" is not a device, device/tag or namespace/device/tag`, 2);
  const [tag, device, namespace = query.namespace] = parts.length > 1 ? parts.toReversed() : [undefined, parts[0]];
  const filter = { ...(namespace !== undefined && { namespace }), ...(device !== undefined && { device }) };
  const rows = (await listAll((paging) => client.tags.list({ ...paging, ...filter }, signal))).filter(
    ({ name }) => tag === undefined || name === tag,
  );
  if (rows.length === 0 && query.name !== undefined) throw new CommandError(`there is no tag "${query.name}"`);
  const detailed = query.output === 'json' || query.output === 'yaml';
  return formatRows(query.output, tagColumns, rows, detailed ? await withEffective(client, rows) : rows);
}

async function withEffective(client: Client, rows: readonly Tag[]): Promise<unknown[]> {
  const devices = new Map<string, Map<string, unknown>>();
  for (const { namespace, device } of rows) {
    const key = `${namespace}/${device}`;
    if (devices.has(key)) continue;
    const effective = (await client.devices.effective(namespace, device)) as { readonly tags?: readonly { readonly name: string }[] };
    devices.set(key, new Map((effective.tags ?? []).map((tag) => [tag.name, tag])));
  }
  return rows.map(({ path, origin, time, value, status, statusText, flags, ...row }) => ({
    path,
    ...(devices.get(`${row.namespace}/${row.device}`)?.get(row.name) as object | undefined),
    latest: { time, value, status, statusText, ...(flags && { flags }), origin },
  }));
}
