import { createClock } from '@kubeplant/collector-core';
import type { EffectiveModbus } from '@kubeplant/crds/model';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startPeer } from '../../../e2e/src/peers/run-peer.ts';
import { modbusDriver } from './driver/modbus-driver.ts';
import { createModbusServer } from './server/modbus-server.ts';
import { RegisterImage } from './server/register-image.ts';
import { makeChannel, makeDevice, makeTag } from './testing/modbus-device.ts';
import { createRecordingSink } from './testing/recording-sink.ts';

const python = inject('peerPython');
const within = { timeout: 15_000, interval: 20 };
const framings = [
  ['Tcp', 'tcp'],
  ['RtuOverTcp', 'rtu'],
] as const;

interface Hello {
  readonly port: number;
  readonly unitId: number;
  readonly tags: readonly (EffectiveModbus & { readonly value: number | string })[];
}

describe.skipIf(python === '')('pymodbus', () => {
  it.each(framings)('as server with %s framing gives every type in every order, from every table', async (framing, word) => {
    const peer = await startPeer(python, 'modbus_server.py', [word]);
    onTestFinished(() => peer.stop());
    // Written by the script beside this test.
    const { port, unitId, tags } = peer.hello as Hello;
    const nameOf = ({ register, rawType, byteOrder, address, bit }: EffectiveModbus) =>
      `${register}-${rawType}-${byteOrder}-${address}-${bit ?? ''}`;
    const declared = tags.map(({ value: _, ...modbus }) => makeTag(nameOf(modbus), modbus));
    const sink = createRecordingSink();
    const channel = modbusDriver.open({
      channel: makeChannel(port, [makeDevice('peer', declared, { unitId, timeout: '2s' })], { framing, timeout: '2s' }),
      sink,
      clock: createClock(),
    });
    onTestFinished(() => channel.close());
    await vi.waitFor(() => {
      const got = Object.fromEntries(tags.map((tag) => [nameOf(tag), sink.latest('peer', nameOf(tag))?.value]));
      expect(got).toEqual(Object.fromEntries(tags.map((tag) => [nameOf(tag), tag.value])));
    }, within);
    expect(tags.length).toBeGreaterThan(180);
    expect(sink.errors.size).toBe(0);
    expect(sink.refused.size).toBe(0);
  });

  it.each(framings)('as server with %s framing refuses one address: that tag alone is rejected', async (framing, word) => {
    const peer = await startPeer(python, 'modbus_server.py', [word]);
    onTestFinished(() => peer.stop());
    const { port, unitId } = peer.hello as Hello;
    const tags = [
      makeTag('good', { address: 100, rawType: 'Int16' }),
      makeTag('bad', { address: 99 }),
      makeTag('also-good', { address: 101 }),
    ];
    const sink = createRecordingSink();
    const channel = modbusDriver.open({
      channel: makeChannel(port, [makeDevice('peer', tags, { unitId, timeout: '2s' })], { framing, timeout: '2s' }),
      sink,
      clock: createClock(),
    });
    onTestFinished(() => channel.close());
    await vi.waitFor(() => {
      expect([...sink.refused.keys()]).toEqual(['peer/bad']);
      expect(sink.latest('peer', 'good')?.value).toBe(-1234);
      expect(sink.latest('peer', 'also-good')?.value).toBe(54321);
    }, within);
    expect(sink.refused.get('peer/bad')).toContain('Illegal Data Address (02)');
  });

  it.each(framings)('as client with %s framing reads from and writes to our server', async (framing, word) => {
    const image = new RegisterImage();
    image.set(1, 0, [1, 0, 0, 1, 1, 0, 0, 0, 1, 1]);
    image.set(2, 4, [0, 1, 0, 1, 0, 1, 0, 1, 1]);
    image.set(
      3,
      0,
      Array.from({ length: 125 }, (_, i) => i * 500),
    );
    image.set(4, 7, [65535, 7]);
    const server = await createModbusServer({ framing, host: '127.0.0.1', port: 0, unit: (unitId) => (unitId === 5 ? image : undefined) });
    onTestFinished(() => server.close());
    const peer = await startPeer(python, 'modbus_client.py', [word, String(server.port)]);
    onTestFinished(() => peer.stop());
    const bits = (...values: number[]) => values.map(Boolean);
    expect(peer.hello).toEqual({
      coils: bits(1, 0, 0, 1, 1, 0, 0, 0, 1, 1),
      discretes: bits(0, 1, 0, 1, 0, 1, 0, 1, 1),
      holding: Array.from({ length: 125 }, (_, i) => i * 500),
      inputs: [65535, 7],
      illegal: 2,
      writes: [false, false, false, false, 2],
      coilsAfter: bits(1, 1, 1, 0, 1, 0),
      holdingAfter: [4711, 2000, 2500, 3000, 3500, 4000, 4500, 1, 2, 3],
    });
  });
});
