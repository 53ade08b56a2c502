/** Writes biome.json: formatter, linter and the import rules of import-table.ts. `--check`: only compare. */
import { readFileSync, writeFileSync } from 'node:fs';
import { IMPORT_TABLE, OWNED_PACKAGES } from './import-table.ts';

const packages = [
  'words',
  'proto',
  'kit',
  'crds',
  'engine',
  'collector-core',
  'collector-modbus',
  'simulator',
  'api-client',
  'api-server',
  'plan',
  'operator-link',
  'operator-kubernetes',
  'operator-local',
  'cli',
  'console',
];

const generated = ['**/gen/src', '**/generated', '**/dist', '**/node_modules', '**/.kubeplant'];

const overrides = Object.entries(IMPORT_TABLE).map(([folder, allowed]) => {
  const paths: Record<string, string> = {};
  for (const name of packages)
    if (!allowed.includes(name)) paths[`@kubeplant/${name}`] = `${folder} may not import @kubeplant/${name} (scripts/import-table.ts).`;
  for (const [name, owner] of Object.entries(OWNED_PACKAGES))
    if (owner !== folder) paths[name] = `Only ${owner} imports ${name} (scripts/import-table.ts).`;
  return {
    includes: [`${folder}/src/**`, `!${folder}/src/**/*.test.ts`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { paths } } } } },
  };
});

const config = {
  $schema: './node_modules/@biomejs/biome/configuration_schema.json',
  vcs: { enabled: true, clientKind: 'git', useIgnoreFile: true },
  files: {
    includes: [
      '**/*.ts',
      '**/*.tsx',
      '**/*.json',
      '**/*.css',
      ...generated.map((glob) => `!${glob}`),
      '!package-lock.json',
      '!biome.json',
      '!examples',
    ],
  },
  formatter: { indentStyle: 'space', indentWidth: 2, lineWidth: 140 },
  javascript: { formatter: { quoteStyle: 'single' } },
  assist: { enabled: false },
  linter: {
    rules: {
      preset: 'recommended',
      style: { useImportType: 'error', useNodejsImportProtocol: 'error', noNonNullAssertion: 'error', noDefaultExport: 'off' },
      suspicious: { noExplicitAny: 'error', noImportCycles: 'error', noConsole: 'off' },
      complexity: { noExcessiveLinesPerFunction: { level: 'error', options: { maxLines: 80, skipBlankLines: true } } },
      correctness: { noUnusedImports: 'error', noUnusedVariables: 'error' },
    },
  },
  overrides: [
    ...overrides,
    {
      includes: ['**/*.tsx'],
      linter: {
        rules: { complexity: { noExcessiveLinesPerFunction: { level: 'error', options: { maxLines: 120, skipBlankLines: true } } } },
      },
    },
    {
      includes: ['**/*.test.ts', 'e2e/**'],
      linter: { rules: { complexity: { noExcessiveLinesPerFunction: 'off' }, style: { noNonNullAssertion: 'off' } } },
    },
  ],
};
const target = new URL('../biome.json', import.meta.url);
// As Biome formats its own file: short lists on one line.
const text = `${JSON.stringify(config, null, 2).replace(
  /^( *.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm,
  (whole, before: string, items: string, after: string) => {
    const line = `${before}[${items.replace(/\n? {2,}/g, ' ').trim()}]${after}`;
    return line.length <= config.formatter.lineWidth ? line : whole;
  },
)}\n`;
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('biome.json is not current: npm run generate\n');
  process.exitCode = 1;
}
