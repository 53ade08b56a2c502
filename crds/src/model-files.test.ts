import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShardConfig } from './model.ts';
import { MANIFEST_FILE, decodeShardFiles, encodeShardFiles, parseShardManifest } from './model-files.ts';

const config: ShardConfig = {
  formatVersion: 2,
  revision: '0123456789ab',
  tenant: 'local/default',
  namespace: 'default',
  site: 'north',
  shard: 'north-0a1b2c-0',
  collectorClass: 'default',
  protocol: 'ModbusTcp',
  buffering: { maxAge: '72h', maxSizeBytes: 2 ** 31, syncInterval: '1s' },
  highAvailability: 'Off',
  onIsolation: 'KeepPolling',
  drainTimeout: '5s',
  channels: Array.from({ length: 40 }, (_, n) => ({
    key: `modbus-tcp:10.0.0.${n}:502`,
    protocol: 'ModbusTcp',
    endpoint: { host: `10.0.0.${n}`, port: 502 },
    modbusTcp: {
      framing: 'Tcp',
      timeout: '2s',
      connectDelay: '0s',
      interRequestDelay: '0s',
      maxInFlight: 1,
      retries: 2,
      maxRegistersPerRead: 125,
      maxBitsPerRead: 2000,
      mergeGap: 8,
    },
    simulated: false,
    devices: [],
  })),
};

const encode = (maxPartBytes = 100) => encodeShardFiles(config, { maxPartBytes });
const decode = (files: Map<string, Uint8Array>) => decodeShardFiles((name) => files.get(name));

/** Files whose hashes are right but whose document is `text`. */
function filesOf(text: string, revision = config.revision): Map<string, Uint8Array> {
  const part = gzipSync(text);
  const sha256 = createHash('sha256').update(part).digest('hex');
  const manifest = { formatVersion: 2, revision, channels: [], parts: [{ file: 'part-0.json.gz', sha256 }] };
  return new Map([
    ['part-0.json.gz', part],
    [MANIFEST_FILE, Buffer.from(JSON.stringify(manifest))],
  ]);
}

describe('shard files', () => {
  it('come back as they were, in one part or many', () => {
    for (const maxPartBytes of [1_000_000, 100]) {
      const files = encode(maxPartBytes);
      const decoded = decode(files);
      expect(decoded).toMatchObject({ kind: 'config', config, manifest: { channels: config.channels.map(({ key }) => key) } });
      for (const [name, content] of files) if (name !== MANIFEST_FILE) expect(content.length).toBeLessThanOrEqual(maxPartBytes);
    }
    expect(encode(1_000_000).size).toBe(2);
    expect(encode(100).size).toBeGreaterThan(3);
  });

  it('are the same bytes for the same configuration', () => {
    expect([...encode()].map(([name, content]) => [name, Buffer.from(content).toString('hex')])).toEqual(
      [...encodeShardFiles(structuredClone(config), { maxPartBytes: 100 })].map(([name, content]) => [
        name,
        Buffer.from(content).toString('hex'),
      ]),
    );
  });

  it('are incomplete while a part or the manifest is missing or of another revision', () => {
    for (const name of [MANIFEST_FILE, 'part-0.json.gz', 'part-1.json.gz']) {
      const files = encode();
      files.delete(name);
      expect(decode(files)).toMatchObject({ kind: 'incomplete', reason: expect.stringContaining(name) });
    }
    const mixed = encode();
    const other = encodeShardFiles({ ...config, revision: 'ba9876543210' }, { maxPartBytes: 100 });
    mixed.set('part-0.json.gz', other.get('part-0.json.gz') ?? Buffer.alloc(0));
    expect(decode(mixed)).toMatchObject({
      kind: 'incomplete',
      reason: expect.stringContaining('part-0.json.gz does not belong to revision'),
    });
  });

  it('are malformed when a part is one that no revision has', () => {
    const whole = encode(1_000_000).get('part-0.json.gz') ?? Buffer.alloc(0);
    const cases: [Uint8Array, string][] = [
      [whole.subarray(0, 100), 'part-0.json.gz is damaged or cut off'],
      [Buffer.alloc(0), 'part-0.json.gz is empty'],
      [Buffer.from('{}'), 'part-0.json.gz is not gzip'],
    ];
    for (const [part, reason] of cases)
      expect(decode(encode(1_000_000).set('part-0.json.gz', part))).toEqual({ kind: 'malformed', reason });
    expect(decode(encode(100).set('part-1.json.gz', Buffer.alloc(0)))).toEqual({ kind: 'malformed', reason: 'part-1.json.gz is empty' });
  });

  it('are malformed when the document is not a configuration of this format', () => {
    const cases: [string, Map<string, Uint8Array>, string][] = [
      ['no object', filesOf('[]'), 'not a JSON object'],
      ['no JSON', filesOf('{'), 'not a JSON object'],
      ['future format', filesOf(JSON.stringify({ ...config, formatVersion: 3 })), 'formatVersion of the configuration is 3'],
      ['other revision', filesOf(JSON.stringify(config), 'ba9876543210'), 'of revision "0123456789ab"'],
      ['no site', filesOf(JSON.stringify({ ...config, site: 5 })), 'lacks site'],
      ['channels', filesOf(JSON.stringify({ ...config, channels: [{ key: 'a' }] })), 'channels'],
    ];
    for (const [name, files, reason] of cases)
      expect(decode(files), name).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(reason) });
    const notGzip = encode(1_000_000);
    const bytes = Buffer.from('plain');
    notGzip.set('part-0.json.gz', bytes);
    const manifest = parseShardManifest(notGzip.get(MANIFEST_FILE) ?? bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    notGzip.set(MANIFEST_FILE, Buffer.from(JSON.stringify({ ...manifest, parts: [{ file: 'part-0.json.gz', sha256 }] })));
    expect(decode(notGzip)).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('not gzip') });
  });

  it('refuses a manifest that is not one', () => {
    const good = JSON.parse(Buffer.from(encode().get(MANIFEST_FILE) ?? []).toString());
    const bad = [
      null,
      { ...good, formatVersion: 3 },
      { ...good, revision: '' },
      { ...good, channels: [1] },
      { ...good, parts: [] },
      { ...good, parts: [{ file: '../secret', sha256: good.parts[0].sha256 }] },
      { ...good, parts: [{ file: 'part-0.json.gz', sha256: 'x' }] },
    ];
    for (const manifest of bad) {
      const files = encode().set(MANIFEST_FILE, Buffer.from(JSON.stringify(manifest)));
      expect(decode(files)).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(MANIFEST_FILE) });
      expect(parseShardManifest(files.get(MANIFEST_FILE) ?? Buffer.alloc(0))).toBeUndefined();
    }
  });

  it('ends in one of the three outcomes whatever the files hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 3 }), (bytes, at) => {
        const files = encode();
        files.set([MANIFEST_FILE, 'part-0.json.gz', 'part-1.json.gz', 'part-2.json.gz'][at] ?? '', bytes);
        expect(['config', 'incomplete', 'malformed']).toContain(decode(files).kind);
      }),
    );
  });

  it('names a part size that cannot be', () => {
    expect(() => encodeShardFiles(config, { maxPartBytes: 0 })).toThrow('maxPartBytes is 0');
  });
});
