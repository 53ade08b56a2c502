import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Processes that commands start. */
export type EntryName = 'api' | 'migrate-storage' | 'operator' | 'collector-modbus' | 'simulator';

const SOURCES: Readonly<Record<EntryName, string>> = {
  api: 'api/server/src/main.ts',
  'migrate-storage': 'api/server/src/migrate-storage-main.ts',
  operator: 'operator/local/src/main.ts',
  'collector-modbus': 'collectors/modbus/src/main.ts',
  simulator: 'collectors/simulator/src/main.ts',
};

const here = fileURLToPath(import.meta.url);
const inSourceTree = here.endsWith('.ts');

/** Root of the repository, or of the bundled package (whose shared chunks lie one folder deeper). */
const root = inSourceTree
  ? join(dirname(here), '../..')
  : existsSync(join(dirname(here), 'cli.js'))
    ? dirname(here)
    : dirname(dirname(here));

/** The file to run: the workspace's main in the source tree, a sibling of the command in the bundled package. */
export const entryPath = (name: EntryName): string => join(root, inSourceTree ? SOURCES[name] : `${name}.js`);

/** The command itself, to start it again in the background. */
export const commandPath = (): string => join(root, inSourceTree ? 'cli/src/main.ts' : 'cli.js');

/** Folder of the console's sources; undefined in the bundled package. */
export function consoleSources(): string | undefined {
  const folder = join(root, 'console');
  return inSourceTree && existsSync(join(folder, 'index.html')) ? folder : undefined;
}

/** Folder of the console that comes with the bundled package; undefined in the source tree. */
export const bundledConsole = (): string | undefined => (inSourceTree ? undefined : join(root, 'console'));

/** File with name and version. */
export const manifestPath = (): string => join(root, inSourceTree ? 'cli/package.json' : 'package.json');
