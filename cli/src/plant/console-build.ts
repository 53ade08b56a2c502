import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { bundledConsole, consoleSources } from '../entry-path.ts';

/** The console to serve, and what to tell about it. */
export interface ConsoleBuild {
  readonly folder: string | undefined;
  readonly detail: string;
}

const HASH_FILE = '.source-hash';

/** The built console: from the package, or built from the sources when they changed since. */
export async function prepareConsole(): Promise<ConsoleBuild> {
  const bundled = bundledConsole();
  if (bundled !== undefined) return { folder: bundled, detail: 'from the package' };
  const sources = consoleSources();
  if (sources === undefined) return { folder: undefined, detail: 'not part of this installation' };
  const dist = join(sources, 'dist');
  const hash = hashSources(sources);
  if (existsSync(join(dist, 'index.html')) && readText(join(dist, HASH_FILE)) === hash) return { folder: dist, detail: 'unchanged' };
  const unfinished = join(sources, `dist.${process.pid}`);
  await build(sources, unfinished);
  writeFileSync(join(unfinished, HASH_FILE), hash);
  // Two starts may build at once: the later one replaces what is the same anyway.
  rmSync(dist, { recursive: true, force: true });
  renameSync(unfinished, dist);
  return { folder: dist, detail: 'built from its sources' };
}

/** Hash over all that goes into the build. */
function hashSources(sources: string): string {
  const root = dirname(sources);
  const hash = createHash('sha256');
  const folders = [join(sources, 'src'), join(sources, 'public'), join(root, 'api/client/src'), join(root, 'proto/words/src')];
  const files = [
    join(sources, 'index.html'),
    join(sources, 'package.json'),
    join(sources, 'vite.config.ts'),
    join(root, 'package-lock.json'),
  ];
  for (const path of [...folders.filter((folder) => existsSync(folder)).flatMap(filesBelow), ...files.filter((file) => existsSync(file))]) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function build(sources: string, target: string): Promise<void> {
  const vite = join(dirname(createRequire(join(sources, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--outDir', target, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: sources,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && existsSync(join(target, 'index.html'))) return resolve();
      rmSync(target, { recursive: true, force: true });
      reject(new CommandError(`the console could not be built (code ${code}): ${output.trim().split('\n').slice(-8).join(' | ')}`));
    });
  });
}

const readText = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
