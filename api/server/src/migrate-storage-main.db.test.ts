import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, type TestDatabase } from '../../../e2e/src/databases/test-database.ts';
import { askOnce } from './store/describe-schema.fixture.ts';
import { createDatabaseOf, digestRows, fillHistory } from './store/migrate-storage/migrate-storage.fixture.ts';

interface Told {
  readonly event: string;
  readonly resumed?: boolean;
  readonly table?: string;
  readonly before?: number;
  readonly after?: number;
}

const MAIN = join(import.meta.dirname, 'migrate-storage-main.ts');

let folder: string;
let database: TestDatabase;
const children: ChildProcess[] = [];

/** Run the process; `onSpan` is called when it has moved that many spans. */
async function run(env: Record<string, string>, onSpan?: (child: ChildProcess, nth: number) => void, command = [MAIN]) {
  const [file = '', ...args] = command;
  const child = fork(file, args, {
    env: { PATH: process.env.PATH ?? '', KUBEPLANT_DATABASE_URL_FILE: join(folder, 'url'), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  let spans = 0;
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    const seen = stdout.split('"event":"span"').length - 1;
    for (; spans < seen; spans += 1) onSpan?.(child, spans + 1);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [[code, signal]] = await Promise.all([
    once(child, 'exit'),
    ...[child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')),
  ]);
  const events = (): Told[] =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Told);
  return { code, signal, stdout, stderr, events };
}

describe.skipIf(!engines().includes('timescale'))('the process that moves a history', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kp-move-'));
    database = await createDatabaseOf('partitions');
    await writeFile(join(folder, 'url'), database.url);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('goes on where it was killed, and where it was asked to stop, and ends with every row', async () => {
    await fillHistory(database.url);
    const before = await digestRows(database.url);
    const json = { KUBEPLANT_STORAGE_LAYOUT: 'hypertables', KUBEPLANT_OUTPUT: 'json' };
    const killed = await run(json, (child, nth) => nth === 2 && child.kill('SIGKILL'));
    expect(killed.signal).toBe('SIGKILL');
    const jobs = await run({ KUBEPLANT_ROLES: 'jobs', KUBEPLANT_PROBE_PORT: '0' }, undefined, [join(import.meta.dirname, 'main.ts')]);
    expect(jobs.stdout + jobs.stderr).toContain('go on with `kubeplant migrate-storage --to hypertables`');
    expect(jobs.code).toBe(2);
    const stopped = await run(json, (child, nth) => nth === 2 && child.kill('SIGTERM'));
    expect(stopped.code).toBe(1);
    expect(stopped.events()[0]).toMatchObject({ event: 'started', resumed: true });
    expect(stopped.events().at(-1)).toEqual({ event: 'stopped', to: 'hypertables' });
    expect(stopped.stderr).toContain('stopping after the present span');
    const orphaned = await run(json, (child, nth) => nth === 2 && child.disconnect());
    expect(orphaned.events().at(-1)).toEqual({ event: 'stopped', to: 'hypertables' });
    const ended = await run({ KUBEPLANT_STORAGE_LAYOUT: 'hypertables' });
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/going on to move the history to hypertables: \d+ spans/);
    expect(ended.stdout).toMatch(/^moved: the layout is hypertables\nTABLE +ROWS BEFORE +ROWS AFTER\nreading_short +([1-9]\d*) +\1\n/);
    expect(await digestRows(database.url)).toEqual(before);
  });

  it('is stopped by Ctrl-C of the command, and when the command is killed', async () => {
    await fillHistory(database.url);
    const file = join(folder, 'url');
    const command = [join(import.meta.dirname, '../../../cli/src/main.ts'), 'migrate-storage', '--to', 'hypertables', '--json'];
    for (const [signal, code] of [
      ['SIGINT', 1],
      ['SIGKILL', null],
    ] as const) {
      const ended = await run({}, (child, nth) => nth === 2 && child.kill(signal), [...command, '--database-url-file', file]);
      expect(ended.code).toBe(code);
      expect(ended.events().at(-1)).toEqual({ event: 'stopped', to: 'hypertables' });
    }
  });

  it('says that rows came from elsewhere meanwhile, and fails with that', async () => {
    const json = { KUBEPLANT_STORAGE_LAYOUT: 'hypertables', KUBEPLANT_OUTPUT: 'json' };
    await fillHistory(database.url);
    await run(json, (child, nth) => nth === 1 && child.kill('SIGKILL'));
    await askOnce(database.url, `INSERT INTO reading_short SELECT * FROM reading_short LIMIT 1`);
    const ended = await run(json);
    const counted = ended.events().find(({ event, table }) => event === 'counted' && table === 'reading_short');
    expect(counted?.after).toBe(Number(counted?.before) + 1);
    expect(ended.code).toBe(1);
  });

  it.each([
    [{}, /KUBEPLANT_STORAGE_LAYOUT is not set/, 2],
    [{ KUBEPLANT_STORAGE_LAYOUT: 'rows' }, /must be one of hypertables, partitions/, 2],
    [{ KUBEPLANT_STORAGE_LAYOUT: 'partitions', KUBEPLANT_DATABASE_URL_FILE: '/nowhere/url' }, /KUBEPLANT_DATABASE_URL_FILE/, 2],
    [{ KUBEPLANT_STORAGE_LAYOUT: 'partitions' }, /^nothing to do: the history has the layout partitions$/m, 0],
  ])('ends %j with what is wrong', async (env, said, code) => {
    const ended = await run(env);
    expect(ended.stderr).toMatch(said);
    expect(ended.code).toBe(code);
  });
});
