import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError, type Client, type Export } from '@kubeplant/api-client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { saveExport } from './save-export.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-save-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTENT = Buffer.from(Array.from({ length: 5000 }, (_, n) => `line ${n}\n`).join(''));
const order = { tags: ['default/pump/flow'], from: '2026-11-21T08:00:00Z', to: '2026-11-21T09:00:00Z' };

/** A plant whose export goes through these states, and whose file is sent so. */
function plant(states: readonly Partial<Export>[], send: (from: number, to: number) => Response) {
  const left = [...states];
  const next = (): Export =>
    ({ id: 'x', fileName: join(folder, 'named.csv'), sizeBytes: CONTENT.length, readings: 5000, ...left.shift() }) as Export; // what is looked at
  const remove = vi.fn(async () => ({}));
  const file = vi.fn(async (_id: string, { from, to }: { from: number; to: number }) => send(from, to));
  const exports = { create: async () => next(), get: async () => next(), file, remove };
  return { client: { exports } as unknown as Client, file, remove }; // all that is asked
}

const whole = (from: number, to: number): Response => new Response(CONTENT.subarray(from, to));

describe('an export that is saved', () => {
  it('is waited for, fetched and deleted there', async () => {
    const { client, remove } = plant([{ state: 'Queued' }, { state: 'Running' }, { state: 'Done' }], whole);
    await saveExport(client, order, undefined);
    expect(readFileSync(join(folder, 'named.csv'))).toEqual(CONTENT);
    expect(remove).toHaveBeenCalledExactlyOnceWith('x');
  });

  it('goes on where its download broke off', async () => {
    let breaks = 2;
    const { client, file } = plant([{ state: 'Done' }], (from, to) => {
      if (breaks === 0) return whole(from, to);
      breaks -= 1;
      const parts = [CONTENT.subarray(from, from + 1000)];
      const body = new ReadableStream({
        pull: (controller) => {
          const part = parts.pop();
          if (part === undefined) controller.error(new Error('cut'));
          else controller.enqueue(part);
        },
      });
      return new Response(body);
    });
    const target = join(folder, 'broken.csv');
    await saveExport(client, order, target);
    expect(readFileSync(target)).toEqual(CONTENT);
    expect(file.mock.calls.map(([, { from }]) => from)).toEqual([0, 1000, 2000]);
  });

  it('fails with what the plant says when it failed there, or is gone', async () => {
    const failed = plant([{ state: 'Running' }, { state: 'Failed', failure: 'There is no room for this file.' }], whole);
    await expect(saveExport(failed.client, order, join(folder, 'none.csv'))).rejects.toThrow(/no room/);
    expect(failed.remove).toHaveBeenCalled();
    const gone = plant([{ state: 'Done' }], () => {
      throw new ApiError({ type: '', title: 'Not found', status: 404, code: 'not-found', detail: 'There is no export x' });
    });
    await expect(saveExport(gone.client, order, join(folder, 'none.csv'))).rejects.toThrow(/no export x/);
    expect(gone.file).toHaveBeenCalledTimes(1);
  });

  it('names the file that cannot be written', async () => {
    const { client } = plant([{ state: 'Done' }], whole);
    await expect(saveExport(client, order, join(folder, 'no', 'such', 'folder.csv'))).rejects.toThrow(
      /folder\.csv cannot be written \(ENOENT\)/,
    );
  });
});
