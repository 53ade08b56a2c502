/** Everything that is generated and committed. Each command takes `--check`: exit 1 when the committed file is not current. */
export const GENERATORS: readonly { readonly title: string; readonly script: string }[] = [
  { title: 'import rules (biome.json)', script: 'scripts/generate-biome.ts' },
  { title: 'gRPC code', script: 'proto/generate.ts' },
  { title: 'CRDs and resource reference', script: 'crds/src/generate.ts' },
  { title: 'operator RBAC', script: 'operator/kubernetes/src/generate-install.ts' },
  { title: 'configuration reference', script: 'scripts/generate-configuration.ts' },
];
