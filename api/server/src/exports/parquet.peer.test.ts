import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startPeer } from '../../../../e2e/src/peers/run-peer.ts';
import type { StoredReading } from '../ports.ts';
import { createParquetWriter } from './write-parquet.ts';

const python = inject('peerPython');
const START = 1_700_000_000_000_000;
const flow = { path: 'default/pump/flow', origin: 'Real', meanings: [{ sinceUs: 0, unit: 'm³/h' }], timezone: 'Europe/Berlin' } as const;

/** What Arrow finds in a file with these readings of two tags. */
async function readBack(readings: readonly StoredReading[], texts: readonly StoredReading[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-parquet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const writer = createParquetWriter();
  const parts: Uint8Array[] = [];
  writer.begin(flow);
  for (let at = 0; at < readings.length; at += 5000) parts.push(writer.write(readings.slice(at, at + 5000)));
  writer.begin({ ...flow, path: 'default/pump/name', meanings: [], origin: 'Simulated' as const });
  parts.push(writer.write(texts), writer.end());
  const file = join(folder, 'readings.parquet');
  writeFileSync(file, Buffer.concat(parts));
  const peer = await startPeer(python, 'read_parquet.py', [file]);
  onTestFinished(() => peer.stop());
  return peer.hello;
}

describe.skipIf(python === '')('a Parquet file, as Apache Arrow reads it', () => {
  it('has every reading of several row groups, its types, its units and its nulls', async () => {
    const count = 120_000;
    const readings = Array.from({ length: count }, (_, n): StoredReading => {
      const isBad = n % 1000 === 999;
      const timeUs = START + n * 1_000_000 + (n % 7);
      return { timeUs, value: isBad ? null : n / 2, status: isBad ? 0x8005 : 0, flags: n === 0 ? 1 : 0, receivedUs: timeUs + 20_000 };
    });
    const text = { timeUs: START + count * 1_000_000, value: 'grüße 🙂', status: 0, flags: 0, receivedUs: START };
    const sum = readings.reduce((total, { value }) => total + Number(value), 0);
    expect(await readBack(readings, [text])).toMatchObject({
      ...{ rows: count + 1, row_groups: 3, first_us: START, last_us: text.timeUs, ascending: true, sum, nulls: count / 1000 + 1 },
      schema: {
        ...{ tag: 'string', time: 'timestamp[us, tz=UTC]', value: 'double', text: 'string', unit: 'string', status: 'int32' },
        ...{ status_text: 'string', flags: 'string', received: 'timestamp[us, tz=UTC]', origin: 'string', time_zone: 'string' },
      },
      first: [{ tag: flow.path, value: 0, text: null, unit: 'm³/h', status_text: 'Good', flags: 'Late', origin: 'Real' }],
      last: [{ tag: 'default/pump/name', value: null, text: 'grüße 🙂', unit: null, origin: 'Simulated', time_zone: 'Europe/Berlin' }],
    });
  });

  it('is whole without any reading', async () => {
    expect(await readBack([], [])).toMatchObject({ rows: 0, sum: null, last: [] });
  });
});
