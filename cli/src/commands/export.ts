import { EXPORT_FORMATS } from '@kubeplant/api-client';
import { formatTagPath } from '@kubeplant/words';
import { defineCommand } from 'citty';
import { connect, connectionArgs } from '../api/connect.ts';
import { saveExport } from '../api/save-export.ts';
import { CommandError } from '../command-error.ts';
import { parseTag } from './parse-tag.ts';
import { parseTime } from './parse-time.ts';

export const exportReadings = defineCommand({
  meta: { name: 'export', description: 'Save the history of tags in a file, which the plant writes in the background.' },
  args: {
    kind: { type: 'positional', required: true, description: 'readings', valueHint: 'readings' },
    tag: { type: 'positional', required: true, description: 'namespace/device/tag, up to 100 of them', valueHint: 'TAG…' },
    from: { type: 'string', description: 'Begin: a time (2026-11-21T08:00:00Z) or how long ago (24h, 30d).', default: '24h' },
    to: { type: 'string', description: 'End, not included: a time or how long ago.', default: '0s' },
    format: { type: 'string', description: EXPORT_FORMATS.join(', '), default: 'csv' },
    file: { type: 'string', alias: 'f', description: 'File to write, - for standard output; by default named after the tag.' },
    ...connectionArgs,
  },
  run: async ({ args }) => {
    if (args.kind !== 'readings') throw new CommandError(`there is nothing called "${args.kind}" to export: use readings`, 2);
    const format = EXPORT_FORMATS.find((known) => known === args.format);
    if (format === undefined) throw new CommandError(`--format ${args.format} is not known: use ${EXPORT_FORMATS.join(', ')}`, 2);
    const now = Date.now();
    const tags = args._.slice(1).map((text) => formatTagPath(parseTag(text)));
    const order = { tags, from: parseTime('--from', args.from, now), to: parseTime('--to', args.to, now), format };
    await saveExport(connect(args), order, args.file);
  },
});
