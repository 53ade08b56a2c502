import type { Origin } from '@kubeplant/words';
import type { Readings, ScopedClient, StoredTag } from '../ports.ts';
import type { Meaning } from '../store/rollups/summary.ts';

/** What is said of each reading of an exported tag. */
export interface ExportedSeries {
  /** `namespace/device/tag`. */
  readonly path: string;
  readonly origin: Origin;
  /** In order of time. */
  readonly meanings: readonly Pick<Meaning, 'sinceUs' | 'unit'>[];
  /** Of the site: IANA name. */
  readonly timezone: string;
}

/** What an export says of a tag. */
export async function readExportedSeries(
  deps: { readonly client: ScopedClient; readonly readings: Pick<Readings, 'meanings' | 'siteDay'> },
  tag: StoredTag,
  path: string,
): Promise<ExportedSeries> {
  const meanings = await deps.readings.meanings(deps.client, tag);
  const { timezone } = await deps.readings.siteDay(deps.client, tag);
  return { path, origin: tag.origin, meanings, timezone };
}

/** The unit that was in force at a time; '' where there was none. */
export function unitAt({ meanings }: ExportedSeries, timeUs: number): string {
  if (meanings.length === 0) return '';
  return (meanings.findLast(({ sinceUs }) => sinceUs <= timeUs) ?? meanings[0])?.unit ?? '';
}
