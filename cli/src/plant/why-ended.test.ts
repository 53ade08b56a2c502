import { expect, it } from 'vitest';
import { whyEnded } from './why-ended.ts';

const fatal = (message: string) =>
  `${JSON.stringify({ level: 'fatal', err: { message, stack: 'Error\n  at x' }, msg: 'the api cannot start' })}\n`;

it('a process of ours that ended is explained in words, by its last fatal line', () => {
  const log = `${fatal('first')}{"level":"info","msg":"again"}\n${fatal('connect ECONNREFUSED 127.0.0.1:1')}{"level":"info","msg":"cut o`;
  expect(whyEnded(log)).toBe('the api cannot start: connect ECONNREFUSED 127.0.0.1:1');
});

it('PostgreSQL is explained by what was fatal, with what to do about a full disk', () => {
  const log = `2026-11-21 11:59:51.668 UTC [28154] FATAL:  could not write to file "pg_wal/x": No space left on device
2026-11-21 11:59:51.670 UTC [28151] LOG:  database system is shut down\n`;
  expect(whyEnded(log)).toBe('could not write to file "pg_wal/x": No space left on device: the disk is full, free some space');
});

it('a bug is explained by its error, not by the end of its stack', () => {
  expect(whyEnded('file:///a.ts:1\n\nTypeError: x is not iterable\n    at a\n\nNode.js v24.21.0\n')).toBe('x is not iterable');
});

it('without any of these its last lines are told, or nothing', () => {
  expect(whyEnded('a\nb\nc\nd\n')).toBe('b | c | d');
  expect(whyEnded('')).toBe('');
});
