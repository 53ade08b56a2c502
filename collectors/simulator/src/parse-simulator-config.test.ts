import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseSimulatorConfig } from './parse-simulator-config.ts';

const good = { formatVersion: 2, tenant: 't', namespace: 'n', site: 's', simulation: 'x', revision: 'r', interval: '500ms', listeners: [] };
const parse = (value: unknown) => parseSimulatorConfig(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

describe('parseSimulatorConfig', () => {
  it('takes JSON, plain and gzipped', () => {
    expect(parse(good)).toEqual({ kind: 'config', config: good });
    expect(parseSimulatorConfig(gzipSync(JSON.stringify(good)))).toEqual({ kind: 'config', config: good });
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['no object', 'null', 'is not an object'],
    ['another format', { ...good, formatVersion: 3 }, 'has formatVersion 3; this simulator reads 2'],
    ['no listeners', { ...good, listeners: undefined }, 'has no listeners'],
    ['no interval', { ...good, interval: '0s' }, 'has interval 0s'],
  ])('says what is wrong with %s', (_title, value, reason) => {
    expect(parse(value)).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(reason) });
  });
});
