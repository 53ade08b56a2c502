import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataDirectory, dataDirectory } from './data-directory.ts';
import { acquireLock, lockOwner } from './lock.ts';
import { identityOf } from './process-identity.ts';

let data: DataDirectory;
beforeEach(() => {
  data = dataDirectory(mkdtempSync(join(tmpdir(), 'kp-lock-')));
});
afterEach(() => rmSync(data.root, { recursive: true, force: true }));

describe('the lock of a data directory', () => {
  it('belongs to one, who is named to the second, until it is released', () => {
    const release = acquireLock(data);
    expect(lockOwner(data)).toEqual(identityOf(process.pid));
    expect(() => acquireLock(data)).toThrow(`process ${process.pid}`);
    release();
    expect(lockOwner(data)).toBeUndefined();
    acquireLock(data)();
    expect(readdirSync(data.root)).toEqual([]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
    ['of a process whose id another has now', JSON.stringify({ pid: process.pid, started: '1' })],
    ['that was cut off', '{"pid":'],
  ])('%s is taken over', (_, text) => {
    writeFileSync(data.lockFile, text);
    expect(lockOwner(data)).toBeUndefined();
    acquireLock(data)();
  });
});
