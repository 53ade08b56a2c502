import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeplant-package-'));
  const kubeplant = join(folder, 'node_modules/.bin/kubeplant');
  const children: ChildProcess[] = [];

  beforeAll(() => {
    const dist = join(ROOT, 'dist/package');
    if (!existsSync(join(dist, 'cli.js'))) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'pipe' });
    execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: dist, stdio: 'pipe' });
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], { cwd: folder, stdio: 'pipe' });
  });

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('says its version and its help', () => {
    expect(execFileSync(kubeplant, ['--version'], { encoding: 'utf8' }).trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(execFileSync(kubeplant, ['--help'], { encoding: 'utf8' })).toContain('validate');
  });

  it('validates the example that it ships', () => {
    const example = join(folder, 'node_modules/kubeplant/examples/first-plant');
    expect(() => execFileSync(kubeplant, ['validate', example], { stdio: 'pipe' })).not.toThrow();
  });

  it('runs a plant whose console, api and readings can be reached, and leaves nothing behind', async () => {
    const example = join(folder, 'node_modules/kubeplant/examples/first-plant');
    const up = spawn(kubeplant, ['up', example, '--simulate', '--json', '--port', '0', '--data', join(folder, 'plant')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(up);
    const { url } = await waitForReady(up);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root"');
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    const exit = new Promise((resolve) => up.once('exit', resolve));
    up.kill('SIGINT');
    expect(await exit).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});

/** The `ready` line of `up --json`; rejects with what was printed when the process ends before. */
function waitForReady(up: ChildProcess): Promise<{ url: string }> {
  const printed: string[] = [];
  up.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    up.once('exit', (code) => reject(new Error(`kubeplant up ended with ${code}:\n${printed.join('')}`)));
    if (up.stdout === null) throw new Error('no stdout');
    createInterface({ input: up.stdout }).on('line', (line) => {
      printed.push(`${line}\n`);
      const event = JSON.parse(line) as { event: string; url?: string };
      if (event.event === 'ready' && event.url !== undefined) resolve({ url: event.url });
    });
  });
}
