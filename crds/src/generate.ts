/** `node crds/src/generate.ts [--check]`: write the CRDs and the resource reference, or say whether the committed ones are current. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { buildCrd } from './generate/build-crd.ts';
import { buildReference } from './generate/build-reference.ts';
import { KINDS } from './schemas/index.ts';

const HEADER = '# Generated from crds/src/schemas by `npm run generate`; do not edit.\n';

/** All generated files: path in the repository → content. */
export function generateCrds(): Map<string, string> {
  const files = new Map<string, string>();
  const all: string[] = [];
  for (const definition of Object.values(KINDS)) {
    const yaml = stringify(buildCrd(definition), { aliasDuplicateObjects: false, lineWidth: 0 });
    files.set(`crds/generated/${definition.plural}.yaml`, HEADER + yaml);
    all.push(yaml);
  }
  files.set('crds/generated/kubeplant-crds.yaml', HEADER + all.join('---\n'));
  files.set('docs/reference/resources.md', buildReference());
  return files;
}

function main(check: boolean): number {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let stale = 0;
  for (const [path, content] of generateCrds()) {
    const file = join(root, path);
    if (!check) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    } else if (readText(file) !== content) {
      process.stderr.write(`${path} is not current: npm run generate\n`);
      stale++;
    }
  }
  return stale === 0 ? 0 : 1;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) process.exitCode = main(process.argv.includes('--check'));
