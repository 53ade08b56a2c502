import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRunning, until } from '../plant/run-plant.ts';
import { NotEnded } from './run-benches.ts';
import { runInProcess } from './run-in-process.ts';

function start(name: string, limitS?: number) {
  const stop = new AbortController();
  const { promise: begun, resolve } = Promise.withResolvers<{ readonly pid: number; readonly folder: string }>();
  const log = (line: string) => {
    const [, pid, folder = ''] = line.split(' ');
    resolve({ pid: Number(pid), folder });
  };
  const program = new URL('./stuck-bench.fixture.ts', import.meta.url);
  const ended = runInProcess(name, { log, signal: stop.signal, program, graceMs: 100, ...(limitS !== undefined && { limitS }) });
  ended.catch(() => undefined); // looked at once it has begun
  return { stop, begun, ended };
}

const isGone = ({ pid, folder }: { readonly pid: number; readonly folder: string }) =>
  until('its process to be gone', () => !isRunning(pid) && !existsSync(folder));

describe('a bench in a process of its own', () => {
  it('that does not end in time fails with what it was doing, and nothing it began is left', async () => {
    const { begun, ended } = start('stuck', 1.5);
    await expect(ended).rejects.toThrow(new NotEnded('did not end within 1.5 s; it was waiting for the Flood'));
    await isGone(await begun);
  });

  it('is ended by a signal, and nothing it began is left', async () => {
    const { stop, begun, ended } = start('slow', 1.5);
    const left = await begun;
    expect(isRunning(left.pid)).toBe(true);
    stop.abort();
    await expect(ended).rejects.toThrow('ended by a signal');
    await isGone(left);
  });

  it('fails when its process dies, and nothing it began is left', async () => {
    const { begun, ended } = start('dies');
    await expect(ended).rejects.toThrow(NotEnded);
    await isGone(await begun);
  });
});
