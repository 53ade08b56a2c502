import { ExportFileInput } from '@kubeplant/api-client/schemas';
import { EXPORT_FILES } from '../../exports/export-format.ts';
import { readFileBytes } from '../../exports/export-pieces.ts';
import type { ExportRow } from '../../exports/export-rows.ts';
import { type ActionContext, defineStream, identityOf, type StreamedOutput } from '../action.ts';
import { ActionError } from '../action-error.ts';
import { parseByteRange } from './byte-range.ts';
import { fileNameOf, readableExport } from './export-view.ts';

export const takeExportFile = defineStream({
  name: 'exports.file',
  summary: 'Fetch the file of an export, or a part of it',
  permission: 'read',
  input: ExportFileInput,
  run: async (ctx, { id, range, ifRange }) => {
    const row = await ctx.inScope((client) => readableExport(ctx, client, id));
    return streamFile(ctx, row, ifRange === undefined || ifRange === tagOf(row) ? range : undefined);
  },
});

/** One content for each attempt at writing it. */
const tagOf = ({ id, attempt }: ExportRow): string => `"${id}-${attempt}"`;

/** The file, or the part that a `Range` header asks for. */
export function streamFile(ctx: ActionContext, row: ExportRow, rangeHeader?: string): StreamedOutput {
  const { id, sizeBytes, format } = row;
  const part = parseByteRange(rangeHeader, sizeBytes);
  if (part === undefined) {
    const detail = `The file has ${sizeBytes} bytes, and the range begins behind them.`;
    throw new ActionError({ status: 416, code: 'range-not-satisfiable', detail, headers: { 'content-range': `bytes */${sizeBytes}` } });
  }
  const isWhole = part.from === 0 && part.to === sizeBytes;
  return {
    user: identityOf(ctx).userId,
    contentType: EXPORT_FILES[format].contentType,
    fileName: fileNameOf(row),
    ...(isWhole ? {} : { status: 206 }),
    headers: {
      ...{ 'accept-ranges': 'bytes', etag: tagOf(row), 'content-length': String(part.to - part.from) },
      ...(isWhole ? {} : { 'content-range': `bytes ${part.from}-${part.to - 1}/${sizeBytes}` }),
    },
    write: async (send) => {
      for await (const bytes of readFileBytes(ctx.inScope, id, part)) await send(bytes);
    },
  };
}
