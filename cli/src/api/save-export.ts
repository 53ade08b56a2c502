import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type Client, type CreateExportInput, type Export } from '@kubeplant/api-client';
import { CommandError } from '../command-error.ts';

const POLL_MS = 500;
/** Fetched at once: each part is asked for anew when it breaks off. */
const PART_BYTES = 16 << 20;
const TRIES = 5;

/** Ask for an export, wait until it is written, save it and delete it there. Ctrl-C ends it at both ends. */
export async function saveExport(client: Client, order: CreateExportInput, file: string | undefined): Promise<void> {
  const asked = await client.exports.create(order);
  const interrupted = new AbortController();
  const onSignal = (): void => interrupted.abort(new CommandError('interrupted; the export is deleted'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const done = await waitUntilWritten(client, asked, interrupted.signal);
    const name = file ?? done.fileName;
    await fetchParts(client, done, name, interrupted.signal);
    tell(`${name === '-' ? '' : `${name}: `}${done.readings} readings, ${formatSize(done.sizeBytes)}\n`);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await client.exports.remove(asked.id).catch(() => undefined); // it expires by itself
  }
}

async function waitUntilWritten(client: Client, asked: Export, signal: AbortSignal): Promise<Export> {
  let now = asked;
  while (now.state === 'Queued' || now.state === 'Running') {
    signal.throwIfAborted();
    if (process.stderr.isTTY) tell(`\r${describe(now)}\u001b[K`);
    await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    now = await client.exports.get(asked.id, signal);
  }
  if (process.stderr.isTTY) tell('\r\u001b[K');
  if (now.state !== 'Done') throw new CommandError(now.failure ?? `the export was ${now.state.toLowerCase()} by somebody else`);
  return now;
}

const describe = ({ state, progress, readings, sizeBytes }: Export): string =>
  state === 'Queued' ? 'waiting for its turn' : `${Math.floor(progress * 100)} %, ${readings} readings, ${formatSize(sizeBytes)}`;

/** A download that breaks off goes on where it was. */
async function fetchParts(client: Client, { id, sizeBytes }: Export, name: string, signal: AbortSignal): Promise<void> {
  const target = name === '-' ? process.stdout : createWriteStream(name);
  if (name !== '-') {
    await once(target, 'open').catch((error: unknown) => {
      throw new CommandError(`${name} cannot be written (${(error as NodeJS.ErrnoException).code}): give another --file`, 1, {
        cause: error,
      });
    });
  }
  let at = 0;
  for (let tries = 0; at < sizeBytes; ) {
    try {
      const answer = await client.exports.file(id, { from: at, to: Math.min(sizeBytes, at + PART_BYTES) }, signal);
      for await (const bytes of answer.body ?? []) {
        at += bytes.length;
        tries = 0;
        if (!target.write(bytes)) await once(target, 'drain', { signal });
      }
    } catch (error) {
      tries += 1;
      if (signal.aborted) throw signal.reason;
      if (tries === TRIES || (error instanceof ApiError && error.status >= 400 && error.status < 500)) throw error;
      await sleep(POLL_MS * tries);
    }
  }
  if (name === '-') return;
  target.end();
  await once(target, 'finish');
}

const tell = (text: string): void => void process.stderr.write(text);

const formatSize = (bytes: number): string =>
  bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
