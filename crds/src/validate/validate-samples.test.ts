import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSamples } from '../samples/read-samples.ts';
import { type CelRule, isKind, KINDS, type StructuralSchema } from '../schemas/index.ts';
import { applyDefaults, validateResource, type ValidationError } from './index.ts';

const valid = readSamples('valid');
const invalid = readSamples('invalid');
const transitions = readSamples('transitions');
const judge = (sample: (typeof valid)[number]) => validateResource(sample.object, { old: sample.old });
const fields = (errors: readonly ValidationError[]) => errors.map(({ field }) => field);

describe('validateResource on the samples', () => {
  it.each(valid)('accepts $name', (sample) => {
    expect(judge(sample)).toEqual([]);
    expect(validateResource(applyDefaults(sample.object))).toEqual([]);
  });

  it.each(invalid)('rejects $name at $expectedField', (sample) => {
    expect(fields(judge(sample))).toContain(sample.expectedField);
  });

  it.each(transitions)('judges the change $name', (sample) => {
    expect(fields(judge(sample))).toEqual(sample.expectedField === undefined ? [] : [sample.expectedField]);
    expect(validateResource(sample.object)).toEqual([]);
  });
});

describe('the samples', () => {
  it('show every field of every kind', () => {
    const shown = new Set<string>();
    for (const { object } of valid) visit(object.spec, object.kind, shown);
    const declared = Object.values(KINDS).flatMap(({ kind, spec }) => schemaPaths(spec, kind));
    expect(declared.filter((path) => !shown.has(path))).toEqual([]);
  });

  it('break every rule of every kind but the bounds of durations', () => {
    const messages = [...invalid, ...transitions].map((sample) => ({ kind: sample.object.kind, errors: judge(sample) }));
    const unbroken = Object.values(KINDS).flatMap(({ kind, spec }) =>
      rulesOf(spec)
        .filter(({ rule }) => !rule.startsWith('duration(self)'))
        .filter(
          (rule) => !messages.some((one) => (one.kind === kind || isShared(kind)) && one.errors.some(({ message }) => isOf(rule, message))),
        ),
    );
    expect(unbroken.map(({ message }) => message)).toEqual([]);
  });
});

describe('validateResource', () => {
  it('ends with a verdict on any JSON', () => {
    const kinds = fc.constantFrom(...Object.keys(KINDS));
    const near = fc.record({
      apiVersion: fc.constant('kubeplant.io/v1alpha1'),
      kind: kinds,
      metadata: fc.jsonValue(),
      spec: fc.jsonValue(),
    });
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), near), (object) => Array.isArray(validateResource(object, { old: object }))));
  });

  it('ends with a verdict wherever a valid sample is broken', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), fc.jsonValue(), ({ object }, at, value) => {
        const copy = structuredClone(object);
        const places = placesIn(copy.spec);
        const place = places[at % Math.max(1, places.length)];
        if (place) Reflect.set(place.holder, place.key, value);
        expect(Array.isArray(validateResource(copy, { old: object }))).toBe(true);
      }),
    );
  });

  it('says of the one sample what is wrong, the value and what to do', () => {
    const sample = invalid.find(({ expectedField }) => expectedField === 'spec.tags.x.units');
    expect(validateResource(sample?.object)).toEqual([
      { field: 'spec.tags.x.units', path: ['spec', 'tags', 'x', 'units'], message: 'is not a field here; did you mean "unit"?' },
    ]);
    expect(validateResource({ apiVersion: 'kubeplant.io/v1alpha1', kind: 'Devise' })).toMatchObject([
      { field: 'kind', message: expect.stringContaining('did you mean "Device"?'), value: 'Devise' },
    ]);
    const off = { apiVersion: 'kubeplant.io/v1alpha1', kind: 'Site', metadata: { name: 'a' }, spec: { displayName: false } };
    expect(validateResource(off)).toMatchObject([
      { field: 'spec.displayName', message: expect.stringContaining('put the word in quotes'), value: false },
    ]);
  });

  it('ignores what a status says', () => {
    const site = {
      apiVersion: 'kubeplant.io/v1alpha1',
      kind: 'Site',
      metadata: { name: 'a' },
      spec: {},
      status: { observedGeneration: 'x' },
    };
    expect(validateResource(site)).toEqual([]);
  });

  it('is not bound by an earlier version of another kind, or one that was never valid', () => {
    const moved = transitions.find(({ expectedField }) => expectedField === 'spec.siteRef.name');
    expect(validateResource(moved?.object, { old: { kind: 'Site', spec: {} } })).toEqual([]);
    expect(validateResource(moved?.object, { old: 'nothing' })).toEqual([]);
  });
});

describe('applyDefaults', () => {
  it('fills in what the API server fills in, and nothing that cascades', () => {
    const device = {
      apiVersion: 'kubeplant.io/v1alpha1',
      kind: 'Device',
      metadata: { name: 'a' },
      spec: {
        siteRef: { name: 'n' },
        mode: null,
        connection: { protocol: 'ModbusTcp', modbusTcp: { host: 'h', standby: { host: 'i' } } },
        tags: { x: {} },
      },
    };
    expect(applyDefaults(device)).toEqual({
      ...device,
      spec: {
        siteRef: { name: 'n' },
        mode: 'Active',
        connection: {
          protocol: 'ModbusTcp',
          modbusTcp: { host: 'h', port: 502, unitId: 1, framing: 'Tcp', standby: { host: 'i', port: 502 } },
        },
        tags: { x: {} },
      },
      status: { observedGeneration: -1 },
    });
  });
});

/** Profiles have the tags of Devices; a rule about tags broken there is broken. */
const isShared = (kind: string): boolean => kind === 'DeviceProfile' || kind === 'Simulation';

const isOf = ({ message, messageExpression }: CelRule, text: string): boolean =>
  text.endsWith(message) || (messageExpression !== undefined && text.startsWith(messageExpression.split("'")[1] ?? message));

function rulesOf(schema: StructuralSchema): CelRule[] {
  const children = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
    ...(schema.additionalProperties ? [schema.additionalProperties] : []),
  ];
  return [...(schema['x-kubernetes-validations'] ?? []), ...children.flatMap(rulesOf)];
}

function schemaPaths(schema: StructuralSchema, path: string): string[] {
  const inner = schema.items ?? schema.additionalProperties;
  const fieldsHere = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    `${path}.${name}`,
    ...schemaPaths(child, `${path}.${name}`),
  ]);
  return [...fieldsHere, ...(inner ? schemaPaths(inner, `${path}[]`) : [])];
}

function visit(value: unknown, path: string, shown: Set<string>): void {
  shown.add(path);
  const kind = path.split('.')[0] ?? '';
  const known = new Set(isKind(kind) ? schemaPaths(KINDS[kind].spec, kind) : []);
  if (Array.isArray(value)) for (const item of value) visit(item, `${path}[]`, shown);
  else if (typeof value === 'object' && value !== null)
    for (const [key, child] of Object.entries(value)) visit(child, known.has(`${path}.${key}`) ? `${path}.${key}` : `${path}[]`, shown);
}

function placesIn(value: unknown): { readonly holder: object; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [{ holder: value, key }, ...placesIn(child)]);
}
