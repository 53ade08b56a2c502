import { describe, expect, it } from 'vitest';
import { findFieldLine } from './field-line.ts';

const text = `kind: Device
spec:
  siteRef:
    name: riverside
  areas:
    - path: a
    - path: b
      displayName: B
  tags:
    FIC-101:
      unit: m
    FIC-101.PV:
      unit: l
      scale:
        factor: 2
`;

describe('the line of a field', () => {
  it.each([
    ['kind', 1],
    ['spec.siteRef.name', 4],
    ['spec.areas[1].displayName', 8],
    ['spec.tags.FIC-101.unit', 11],
    ['spec.tags.FIC-101.PV.scale.factor', 15],
    ['spec.tags.FIC-101.modbus.address', 10],
    ['spec.connection', 2],
    ['', 1],
  ])('%j is %d', (field, line) => expect(findFieldLine(text, field)).toBe(line));

  it('is the first one of a text that is no YAML', () => expect(findFieldLine(': [', 'spec')).toBe(1));
});
