import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The published package in an otherwise empty folder of mode 0700. */
export interface InstalledPackage {
  readonly folder: string;
  /** Folder of the example that comes with it. */
  readonly example: string;
  /** Run the command to its end; gives what it printed to standard output, throws when it fails. */
  run(...args: readonly string[]): string;
  /** `up --json`; resolves when it is ready, rejects with all it printed when it ends before. */
  up(...args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string }>;
  remove(): void;
}

/** Build what has changed, pack it and install it as npm does where it runs no install scripts. */
export function installPackage(): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'kubeplant-package-'));
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.ts'), '--if-changed'], { cwd: ROOT, stdio: 'pipe', env });
  npm(join(ROOT, 'dist/package'), 'pack', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`);
  const command = join(folder, 'node_modules/.bin/kubeplant');
  return {
    folder,
    example: join(folder, 'node_modules/kubeplant/examples/first-plant'),
    run: (...args) => execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe', env }),
    up: (...args) => waitForReady(spawn(command, ['up', ...args, '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where an outer npm is for its own children; how it is configured (proxy, CA, cache) holds here as well. */
const foreign = /^(KUBEPLANT_|npm_(?!config_)|npm_config_local_prefix)/;

/** This Node for every child. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
  PATH: [dirname(process.execPath), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
};

const npm = (cwd: string, ...args: readonly string[]): void =>
  void execFileSync('npm', args, { cwd, stdio: 'pipe', env, timeout: 240_000 });

function waitForReady(child: ChildProcess): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const printed: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      child.kill('SIGINT');
      reject(new Error(`kubeplant up ${what}:\n${printed.join('')}`));
    };
    const timer = setTimeout(() => fail('was not ready within 60 s'), 60_000);
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    if (child.stdout === null) throw new Error('up has no standard output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(`${line}\n`);
      const { event, url } = JSON.parse(line) as { readonly event: string; readonly url?: string };
      if (event !== 'ready' || url === undefined) return;
      clearTimeout(timer);
      resolve({ child, url });
    });
  });
}
