import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { whyEnded } from './why-ended.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-why-'));
const log = join(folder, 'api.log');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a process that does not start is explained in words, by its last fatal line', () => {
  const fatal = (message: string) =>
    `${JSON.stringify({ level: 'fatal', err: { message, stack: 'Error\n  at x' }, msg: 'the api cannot start' })}\n`;
  writeFileSync(log, `${fatal('first')}{"level":"info","msg":"again"}\n${fatal('connect ECONNREFUSED 127.0.0.1:1')}`);
  expect(whyEnded(log)).toBe(`the api cannot start: connect ECONNREFUSED 127.0.0.1:1 (log: ${log})`);
});

it('without one, its last lines are told, or that there are none', () => {
  expect(whyEnded(log)).toBe(`it says nothing (log: ${log})`);
});
