import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning, until } from '../plant/run-plant.ts';
import { type InstalledPackage, installPackage } from './install-package.ts';

describe('the published package, installed without install scripts', () => {
  const running: ChildProcess[] = [];
  let kubeplant: InstalledPackage;

  beforeAll(() => {
    kubeplant = installPackage();
  });

  afterAll(async () => {
    for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    kubeplant?.run('reset', '--yes', '--data', 'plant');
    kubeplant?.remove();
  });

  it('says its version and its help', () => {
    expect(kubeplant.run('--version').trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(kubeplant.run('--help')).toContain('validate');
  });

  it('validates the example that it ships', () => {
    expect(() => kubeplant.run('validate', kubeplant.example)).not.toThrow();
  });

  it('runs a plant with its console, api and readings, and Ctrl-C leaves no process behind', async () => {
    const { child, url } = await kubeplant.up(kubeplant.example, '--simulate', '--port', '0', '--data', 'plant');
    running.push(child);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<div id="root"');
    for (const path of ['/readyz', '/api/v1/openapi.json', '/docs', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js'])
      expect((await fetch(new URL(path, url))).status, path).toBe(200);
    await until('a good value', () => {
      const tags: { latest?: { value: number | null; status: number } }[] = JSON.parse(
        kubeplant.run('get', 'tags', '-o', 'json', '--data', 'plant'),
      );
      return tags.some(({ latest }) => latest !== undefined && latest.value !== null && latest.status === 0);
    });
    const status: { processes: { pid?: number }[] } = JSON.parse(kubeplant.run('status', '--json', '--data', 'plant'));
    const pids = status.processes.flatMap(({ pid }) => pid ?? []);
    expect(pids.length).toBeGreaterThanOrEqual(6);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(pids.filter(isRunning)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('the bundle of the operator for Kubernetes', () => {
  it('says what it lacks where there is neither a cluster nor a kubeconfig', () => {
    const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...env } = process.env;
    const bundle = join(import.meta.dirname, '../../../dist/operator/operator-kubernetes.js');
    expect(() => execFileSync(process.execPath, [bundle], { env, stdio: 'pipe' })).toThrow(/give --kubeconfig FILE or set KUBECONFIG/);
  });

  it('reads a kubeconfig with the client library that it carries', () => {
    const bundle = join(import.meta.dirname, '../../../dist/operator/operator-kubernetes.js');
    expect(() => execFileSync(process.execPath, [bundle, '--kubeconfig', '/nowhere/config'], { stdio: 'pipe' })).toThrow(/nowhere\/config/);
  });
});
