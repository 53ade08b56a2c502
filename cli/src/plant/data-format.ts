import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { manifestPath } from '../entry-path.ts';
import { type DataDirectory, readIfThere, writeSecret } from './data-directory.ts';

/** How the data folder is laid out; a release that changes it so that older ones must not touch it counts on. */
const FORMAT = 1;

/** What tells the releases apart that can read a data folder. */
interface Marker {
  readonly format: number;
  readonly writtenBy: string;
}

const fileOf = (data: Pick<DataDirectory, 'root'>): string => join(data.root, 'format.json');

/** Refuse a data folder of a newer release, before anything in it is touched. */
export function assertDataFormat(data: Pick<DataDirectory, 'root'>): void {
  const marker = parseMarker(readIfThere(fileOf(data)));
  if (marker === undefined || marker.format <= FORMAT) return;
  throw new CommandError(
    `the data folder ${data.root} was written by kubeplant ${marker.writtenBy}, in format ${marker.format}; this is ${ownVersion()}, which knows ${FORMAT}: run ${marker.writtenBy} or newer, or give another --data`,
  );
}

export function markDataFormat(data: Pick<DataDirectory, 'root'>): void {
  const text = JSON.stringify({ format: FORMAT, writtenBy: ownVersion() } satisfies Marker);
  if (readIfThere(fileOf(data)) !== text) writeSecret(fileOf(data), text);
}

const ownVersion = (): string => JSON.parse(readFileSync(manifestPath(), 'utf8')).version;

function parseMarker(text: string | undefined): Marker | undefined {
  try {
    const { format, writtenBy } = JSON.parse(text ?? '{}') as Partial<Marker>;
    return typeof format === 'number' && typeof writtenBy === 'string' ? { format, writtenBy } : undefined;
  } catch {
    return undefined; // Cut off while it was written for the first time.
  }
}
