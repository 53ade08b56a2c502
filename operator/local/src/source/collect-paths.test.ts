import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectPaths } from './collect-paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kp-collect-'));
  writeFileSync(join(folder, 'site.yaml'), 'a: 1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Paths below the folder, and reasons. */
async function collect() {
  const { paths, problems } = await collectPaths([folder]);
  return { files: paths.map(({ file }) => file.slice(folder.length + 1)), reasons: problems.map(({ reason }) => reason) };
}

describe('a folder of YAML', () => {
  it('is read once where links in it lead back to it', async () => {
    mkdirSync(join(folder, 'pumps'));
    writeFileSync(join(folder, 'pumps/pump.yaml'), 'a: 1');
    for (const name of ['again', 'once-more', 'pumps/up', 'pumps/here']) symlinkSync(folder, join(folder, name));
    const { files, reasons } = await collect();
    expect(files).toEqual(['pumps/pump.yaml', 'site.yaml']);
    expect(reasons).toEqual(['FolderLoop', 'FolderLoop', 'FolderLoop', 'FolderLoop']);
  });

  it('follows a link that leads elsewhere', async () => {
    mkdirSync(join(folder, '.elsewhere'));
    writeFileSync(join(folder, '.elsewhere/pump.yaml'), 'a: 1');
    symlinkSync(join(folder, '.elsewhere'), join(folder, 'pumps'));
    expect(await collect()).toEqual({ files: ['pumps/pump.yaml', 'site.yaml'], reasons: [] });
  });

  it('ends where kustomizations name each other', async () => {
    mkdirSync(join(folder, 'base'));
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [base, site.yaml]');
    writeFileSync(join(folder, 'base/kustomization.yaml'), 'resources: [..]');
    expect(await collect()).toEqual({ files: ['site.yaml'], reasons: ['FolderLoop'] });
  });

  it.runIf(process.platform !== 'win32')('leaves out a pipe, which would never end', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    expect(await collect()).toEqual({ files: ['site.yaml'], reasons: ['NotAFile'] });
  });
});
