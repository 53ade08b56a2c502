import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeIfChanged } from '../write-atomically.ts';
import type { Accepted, AcceptedResource } from './types.ts';

/** Kept between starts, so that a file broken meanwhile does not stop the plant and transitions stay judged. */
interface Kept {
  readonly formatVersion: number;
  readonly files: Readonly<Record<string, readonly Omit<AcceptedResource, 'positionOf'>[]>>;
}

export async function saveAccepted(path: string, accepted: Accepted): Promise<void> {
  const files = [...accepted].map(([file, resources]) => [file, resources.map(({ object, origin }) => ({ object, origin }))] as const);
  await mkdir(dirname(path), { recursive: true });
  await writeIfChanged(path, JSON.stringify({ formatVersion: 1, files: Object.fromEntries(files) } satisfies Kept));
}

/** What was in force when the plant last ran; nothing when it never did. Rejects when a newer release has written the file. */
export async function loadAccepted(path: string): Promise<Accepted> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const kept = text === undefined ? undefined : parseKept(text);
  if (kept !== undefined && kept.formatVersion > 1)
    throw new Error(`${path} has format ${kept.formatVersion}, this release reads 1: run the release that has written it, or a newer one`);
  return new Map(
    Object.entries(kept?.files ?? {}).map(([file, resources]) => [
      file,
      resources.map((resource) => ({ ...resource, positionOf: () => ({ line: 1, column: 1 }) })),
    ]),
  );
}

function parseKept(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Kept | null;
    return typeof kept?.formatVersion === 'number' ? kept : undefined;
  } catch {
    // Cut off by a crash of the machine: the files themselves are the truth.
    return undefined;
  }
}
