import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectPaths } from './collect-paths.ts';
import { readSourceFile } from './read-file.ts';

const SITE = 'apiVersion: kubeplant.io/v1alpha1\nkind: Site\nmetadata: {name: caf}\nspec: {timezone: UTC}\n';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kp-read-'));
  file = join(folder, 'a.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = () => readSourceFile({ file, transforms: [] });
const told = async () => (await read()).problems.map(({ message }) => message);

describe('a file', () => {
  it.each([
    ['with a byte order mark', `\ufeff${SITE}`],
    ['with line ends of Windows', SITE.replaceAll('\n', '\r\n')],
  ])('%s is read like any other', async (_how, text) => {
    writeFileSync(file, text);
    expect(await read()).toMatchObject({ broken: false, problems: [], resources: [{ object: { metadata: { name: 'caf' } } }] });
  });

  it.each([
    ['in Latin-1', Buffer.from(SITE.replace('caf', 'café'), 'latin1')],
    ['in UTF-16', Buffer.from(`\ufeff${SITE}`, 'utf16le')],
    ['cut off within a letter', Buffer.from(`${SITE}# é`).subarray(0, -1)],
  ])('%s is broken and told to be saved as UTF-8', async (_how, bytes) => {
    writeFileSync(file, bytes);
    expect((await read()).broken).toBe(true);
    expect(await told()).toEqual([expect.stringContaining('this is not UTF-8 text: save the file as UTF-8')]);
  });

  it('that is huge is told to be split, and is not read', async () => {
    writeFileSync(file, '');
    truncateSync(file, 200 << 20);
    expect(await told()).toEqual(['the file has 209715200 bytes, the limit is 16777216: split it']);
  });

  it('of one long word is told without repeating it', async () => {
    writeFileSync(file, 'a'.repeat(1 << 20));
    const [message = ''] = await told();
    expect(message).toContain('a document must be a resource');
    expect(message.length).toBeLessThan(200);
  });

  it('that vanishes while it is read is told', async () => {
    expect(await told()).toEqual(['the file was removed while it was read: put it back']);
  });
});

describe('a path that is no file', () => {
  it('such as a pipe is refused instead of waited for', async () => {
    execFileSync('mkfifo', [file]);
    const { paths, problems } = await collectPaths([file]);
    expect(paths).toEqual([]);
    expect(problems).toMatchObject([{ reason: 'NotAFile', message: expect.stringContaining('give a file, or "-"') }]);
  });

  it('such as a link to nothing is named as that', async () => {
    symlinkSync('/nowhere/at/all', file);
    expect((await collectPaths([folder])).problems).toMatchObject([{ message: 'it is a link to what is not there: mend or remove it' }]);
  });
});
