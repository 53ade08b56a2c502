import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataDirectory } from '../plant/data-directory.ts';
import { acquireLock } from '../plant/lock.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kp-move-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]): Promise<{ code: number; stderr: string; stdout: string }> =>
  new Promise((done) => {
    const command = [main, 'migrate-storage', ...args];
    execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

/** A folder as `up` leaves it: the URL that was used last, and the password of the embedded PostgreSQL. */
function plant(name: string, url: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'keys'), { recursive: true });
  writeFileSync(join(root, 'keys', 'database-url'), url);
  writeFileSync(join(root, 'keys', 'database-password'), 'own-Password_1');
  return root;
}

describe('migrate-storage', () => {
  it.each([
    [[], /--to/],
    [['--to', 'rows'], /--to rows is no layout: use hypertables or partitions/],
    [['--to', 'partitions', '--data', 'a', '--database-url-file', 'b'], /name two databases: give one of them/],
    [['--to', 'partitions', '--database-url-file', 'nowhere'], /there is no file "nowhere": check the path/],
    [['--to', 'partitions', '--data', 'nowhere'], /there is no plant in .*nowhere: give its folder with --data, or --database-url-file/],
    [['--to', 'partitions', '--table', 'reading'], /migrate-storage has no flag --table/],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(said);
    expect(code).toBe(2);
  });

  it('says what becomes of the PostgreSQL that comes with it', async () => {
    const root = plant('embedded', 'postgresql://kubeplant:own-Password_1@127.0.0.1:5432/kubeplant');
    const same = await run('--to', 'partitions', '--data', root);
    expect(same).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to do') });
    const other = await run('--to', 'hypertables', '--data', root);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('has no TimescaleDB: it stays in partitions') });
  });

  it('leaves a plant alone that runs', async () => {
    const root = plant('running', 'postgresql://someone@127.0.0.1:1/plant');
    const release = acquireLock(dataDirectory(root));
    const { code, stderr } = await run('--to', 'partitions', '--data', root);
    release();
    expect(stderr).toMatch(/a plant already runs on .*`kubeplant down`/);
    expect(code).toBe(1);
  });

  it('moves the database that the plant was last given, and hands on what became of it', async () => {
    const root = plant('given', 'postgresql://someone@127.0.0.1:1/plant');
    const { code, stdout } = await run('--to', 'partitions', '--data', root, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ event: 'failed', message: expect.stringContaining('127.0.0.1:1 does not answer') });
    expect(code).toBe(1);
  });
});
