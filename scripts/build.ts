/**
 * `npm run build`: the console, and the bundles of every process, in dist/:
 * dist/package  the publishable package `kubeplant` (cli, api, local operator, collectors, simulator, console)
 * dist/operator the operator for Kubernetes
 * `--if-changed`: only when a source has changed since the last build.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, externalDependencies } from './bundle.ts';
import { ROOT, runStep } from './run-step.ts';
import { hashSources } from './source-hash.ts';

const DIST = join(ROOT, 'dist');
const HASH_FILE = '.source-hash';

const PACKAGE_ENTRIES = {
  cli: 'cli/src/main.ts',
  api: 'api/server/src/main.ts',
  'migrate-storage': 'api/server/src/migrate-storage-main.ts',
  operator: 'operator/local/src/main.ts',
  'collector-modbus': 'collectors/modbus/src/main.ts',
  simulator: 'collectors/simulator/src/main.ts',
};

/** What /docs serves; the api looks for it beside its bundle. */
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const hash = hashSources();
if (!process.argv.includes('--if-changed') || builtFrom() !== hash) await buildAll();

async function buildAll(): Promise<void> {
  // Beside the old one until it is whole: a plant may be running from there, another build may be under way.
  const unfinished = join(ROOT, `dist/.unfinished-${process.pid}`);
  const target = join(unfinished, 'package');
  mkdirSync(target, { recursive: true });
  try {
    if (!runStep('console', 'vite', ['build', '--outDir', join(target, 'console'), '--emptyOutDir'], join(ROOT, 'console'))) {
      process.exitCode = 1;
      return;
    }
    await bundle(PACKAGE_ENTRIES, target);
    await bundle({ 'operator-kubernetes': 'operator/kubernetes/src/main.ts' }, join(unfinished, 'operator'));
    copyFiles(target);
    writeManifest(target);
    for (const part of ['package', 'operator']) {
      rmSync(join(DIST, part), { recursive: true, force: true });
      renameSync(join(unfinished, part), join(DIST, part));
    }
    writeFileSync(join(DIST, HASH_FILE), hash);
    process.stderr.write('ok   bundles\n');
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The hash of the sources of what is in dist/. */
function builtFrom(): string | undefined {
  const path = join(DIST, HASH_FILE);
  return existsSync(path) && existsSync(join(DIST, 'package/cli.js')) ? readFileSync(path, 'utf8') : undefined;
}

function copyFiles(target: string): void {
  cpSync(join(ROOT, 'examples'), join(target, 'examples'), { recursive: true, filter: (path) => !path.includes('.kubeplant') });
  for (const file of ['LICENSE', 'README.md']) cpSync(join(ROOT, file), join(target, file));
  for (const file of SWAGGER_FILES) cpSync(join(ROOT, 'node_modules/@fastify/swagger-ui/static', file), join(target, 'swagger-ui', file));
}

function writeManifest(target: string): void {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'cli/package.json'), 'utf8')) as { version: string };
  const manifest = {
    name: 'kubeplant',
    version,
    description: 'Runs industrial plants from YAML: collectors, history, alarms and a console, on one PC or on Kubernetes.',
    license: 'Apache-2.0',
    type: 'module',
    bin: { kubeplant: 'cli.js' },
    engines: { node: '>=22.19' },
    dependencies: externalDependencies(),
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
