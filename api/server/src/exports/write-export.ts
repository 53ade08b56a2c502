import type { JobRun } from '../jobs/job-task.ts';
import type { Readings, StoredReading, WithScope } from '../ports.ts';
import type { Span } from '../store/rollups/summary.ts';
import { createExportFile, type ExportFile } from './export-file.ts';
import { createExportWriter } from './export-format.ts';
import type { ExportLimits } from './export-limits.ts';
import type { ExportEnd } from './export-queue.ts';
import type { ExportRow, ExportTag } from './export-rows.ts';
import type { ExportWriter } from './export-writer.ts';
import { readExportedSeries } from './exported-series.ts';

/** What writing needs. */
export interface WriteDeps {
  readonly withScope: WithScope;
  readonly readings: Readings;
  readonly limits: ExportLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Write the file of an export, tag after tag: memory for a piece, however long it gets. */
export async function writeExport(deps: WriteDeps, row: ExportRow, run: JobRun): Promise<ExportEnd> {
  const writer = createExportWriter(row.format);
  const file = createExportFile(deps, row);
  for (const index of row.tags.keys()) {
    const end = await writeTag({ ...deps, ...run, writer, file }, row, index);
    if (end !== undefined) return end;
  }
  return toEnd(await file.end(writer.end()), deps.limits) ?? { kind: 'done' };
}

interface TagDeps extends WriteDeps, JobRun {
  readonly writer: ExportWriter;
  readonly file: ExportFile;
}

/** One tag, as far as it may be read; undefined when the next may follow. */
function writeTag(deps: TagDeps, { tags, scope, origin, range }: ExportRow, index: number): Promise<ExportEnd | undefined> {
  const { readings, writer, file, signal, done } = deps;
  const { tenant, device, name, path } = tags[index] as ExportTag; // one of its keys
  return deps.withScope(scope, async (client) => {
    const tag = await readings.tag(client, { tenant, device, name, ...(origin === undefined ? {} : { origin }) });
    if (tag === undefined) return undefined;
    writer.begin(await readExportedSeries({ client, readings }, tag, path));
    for await (const page of readings.stream(client, tag, range)) {
      if (signal.aborted) return { kind: 'stopped' };
      done(page.length);
      const progress = (index + shareOf(range, page)) / tags.length;
      const end = toEnd(await file.add(writer.write(page), page.length, progress), deps.limits);
      if (end !== undefined) return end;
    }
    return undefined;
  });
}

const shareOf = ({ fromUs, toUs }: Span, page: readonly StoredReading[]): number =>
  ((page.at(-1)?.timeUs ?? fromUs) - fromUs) / (toUs - fromUs);

function toEnd(outcome: 'added' | 'ended' | 'full', { bytesPerUser, bytesOfAll }: ExportLimits): ExportEnd | undefined {
  if (outcome === 'added') return undefined;
  if (outcome === 'ended') return { kind: 'ended' };
  const gib = (bytes: number): string => `${(bytes / (1 << 30)).toFixed(1)} GiB`;
  const room = `${gib(bytesPerUser)} of one user and ${gib(bytesOfAll)} of all`;
  return {
    kind: 'failed',
    failure: `There is no room for this file: exports may take ${room}. Delete exports, or ask for a shorter span.`,
  };
}
