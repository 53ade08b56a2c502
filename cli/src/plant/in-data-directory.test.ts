import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CommandError } from '../command-error.ts';
import { explainDataError, inDataDirectory } from './in-data-directory.ts';

const folder = mkdtempSync(join(tmpdir(), 'kp-data-'));
afterAll(() => rmSync(folder, { recursive: true }));
const failing = (code: string) => () => {
  throw Object.assign(new Error(`${code}: an operation failed`), { code, syscall: 'open' });
};

describe('inDataDirectory', () => {
  it('hands on what the work gives', () => {
    expect(inDataDirectory({ root: folder }, () => 7)).toBe(7);
  });

  it.each([
    ['ENOSPC', 'its disk is full, free some space, or give another --data'],
    ['EROFS', 'its file system is read-only'],
    ['EACCES', 'you may not write there'],
  ])('says the folder, why and what to do on %s', (code, told) => {
    expect(() => inDataDirectory({ root: folder }, failing(code))).toThrow(`the data folder ${folder} cannot be written: ${told}`);
  });

  it('says that a file is in the way', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const root = join(file, 'data');
    expect(() => inDataDirectory({ root }, () => mkdirSync(root, { recursive: true }))).toThrow(CommandError);
  });

  it('leaves other errors as they are', () => {
    expect(() => inDataDirectory({ root: folder }, failing('EOTHER'))).toThrow('EOTHER: an operation failed');
    const refused = Object.assign(new Error('connect EACCES'), { code: 'EACCES', syscall: 'connect' });
    expect(explainDataError({ root: folder }, refused)).toBe(refused);
  });
});
