import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertDataFormat, markDataFormat } from './data-format.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kp-format-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a data folder', () => {
  it('of a newer release is refused with what to run', () => {
    writeFileSync(join(root, 'format.json'), '{"format": 9, "writtenBy": "3.1.0"}');
    expect(() => assertDataFormat({ root })).toThrow(
      /written by kubeplant 3\.1\.0, in format 9; .*: run 3\.1\.0 or newer, or give another --data/,
    );
    expect(readdirSync(root)).toEqual(['format.json']);
  });

  it('that is new, of this release, or marked by half is taken', () => {
    expect(() => assertDataFormat({ root })).not.toThrow();
    markDataFormat({ root });
    expect(() => assertDataFormat({ root })).not.toThrow();
    writeFileSync(join(root, 'format.json'), '{"format": 9,');
    expect(() => assertDataFormat({ root })).not.toThrow();
  });
});
