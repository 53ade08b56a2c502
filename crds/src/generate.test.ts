import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { generateCrds } from './generate.ts';
import { KINDS } from './schemas/index.ts';

const files = generateCrds();
const crds = parseAllDocuments(files.get('crds/generated/kubeplant-crds.yaml') ?? '').map((document) => document.toJS());

describe('the generated CRDs', () => {
  it('are one a kind, alone and together', () => {
    expect(crds.map((crd) => crd.spec.names.kind)).toEqual(Object.keys(KINDS));
    for (const { plural } of Object.values(KINDS)) expect(files.has(`crds/generated/${plural}.yaml`)).toBe(true);
  });

  it('are small enough for client-side apply', () => {
    for (const [path, content] of files)
      if (path !== 'docs/reference/resources.md') expect(Buffer.byteLength(content), path).toBeLessThan(200_000);
  });

  it('describe every field, bound all that CEL touches and keep our notes to themselves', () => {
    for (const crd of crds) {
      const { spec, status } = crd.spec.versions[0].schema.openAPIV3Schema.properties;
      expect([...faults(spec, `${crd.spec.names.kind}.spec`), ...faults(status, `${crd.spec.names.kind}.status`)]).toEqual([]);
      expect(status.default).toEqual({ observedGeneration: -1 });
      expect(status.properties.conditions).toMatchObject({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });
    }
  });

  it('fill in no field of a tag: it would hide what the profile says', () => {
    const device = crds.find((crd) => crd.spec.names.kind === 'Device');
    const { tags, defaults } = device.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
    expect(JSON.stringify([tags, defaults])).not.toContain('"default":');
    expect(tags['x-kubernetes-map-type']).toBe('atomic');
  });
});

describe('the resource reference', () => {
  it('has a section, an example and every field of each kind', () => {
    const page = files.get('docs/reference/resources.md') ?? '';
    for (const kind of Object.keys(KINDS)) expect(page).toContain(`\n## ${kind}\n`);
    for (const text of [
      '| `connection.modbusTcp.timeout` | duration | 2s |',
      '| `modbus.address` | integer 0 … 65536 |',
      'kind: Simulation',
      '| DataFlowing |',
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('undefined');
  });
});

// biome-ignore lint/suspicious/noExplicitAny: YAML as read back
type Schema = Readonly<Record<string, any>>;

function faults(schema: Schema, path: string): string[] {
  const own = [
    ...(typeof schema.description === 'string' && schema.description.length > 5 ? [] : [`${path} has no description`]),
    ...(schema.type === 'string' && !schema.maxLength && !schema.enum && schema.format !== 'date-time' ? [`${path} has no maxLength`] : []),
    ...(schema.type === 'array' && !schema.maxItems ? [`${path} has no maxItems`] : []),
    ...(schema.additionalProperties && !schema.maxProperties ? [`${path} has no maxProperties`] : []),
    ...Object.keys(schema)
      .filter((key) => key.startsWith('x-kubeplant'))
      .map((key) => `${path} shows ${key}`),
  ];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => faults(child as Schema, `${path}.${name}`));
  return [
    ...own,
    ...inner,
    ...(schema.items ? faults(schema.items, `${path}[]`) : []),
    ...(schema.additionalProperties ? faults(schema.additionalProperties, `${path}.*`) : []),
  ];
}
