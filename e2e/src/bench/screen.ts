import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createModbusServer } from '../../../collectors/modbus/src/server/modbus-server.ts';
import { RegisterImage } from '../../../collectors/modbus/src/server/register-image.ts';
import { type RunningPlant, until } from '../plant/run-plant.ts';
import { percentile } from './bench-api.ts';
import { median } from './median.ts';
import type { Bench } from './types.ts';
import { withPlant } from './with-plant.ts';

const CHANGES = 300;
const SAMPLING_MS = 100;
const GOAL_MS = 300;
const HOLDING = 3;
const PATH = 'default/counter/count';

const plantOf = (port: number): string => `apiVersion: kubeplant.io/v1alpha1
kind: Device
metadata: {name: counter}
spec:
  siteRef: {name: plant}
  connection: {protocol: ModbusTcp, modbusTcp: {host: 127.0.0.1, port: ${port}}}
  defaults: {samplingInterval: ${SAMPLING_MS}ms, modbus: {register: Holding}}
  tags: {count: {modbus: {address: 0, rawType: UInt32}}}
---
apiVersion: kubeplant.io/v1alpha1
kind: Site
metadata: {name: plant}
spec: {timezone: UTC}
`;

/** From a register that changes to the message of the WebSocket that a browser would draw: polled, sent, committed, told. */
export const bench: Bench = {
  name: 'screen',
  description: `a register changes until a WebSocket client has its value, polled each ${SAMPLING_MS} ms, ${CHANGES} changes`,
  run: async (context) => {
    const image = new RegisterImage();
    image.set(HOLDING, 0, [0, 0]);
    const server = await createModbusServer({ framing: 'Tcp', host: '127.0.0.1', port: 0, unit: () => image });
    context.defer(() => server.close());
    const ms: number[] = [];
    const watch = async (plant: RunningPlant): Promise<void> => {
      const shown = new Map<number, number>();
      const token = readFileSync(join(plant.data, 'cli-token'), 'utf8').trim();
      const socket = follow(plant.url, token, (value) => shown.set(value, performance.now()));
      await until('a first value', () => shown.has(0));
      for (let change = 1; change <= CHANGES; change += 1) {
        context.step(`waiting for value ${change}`);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * SAMPLING_MS));
        image.set(HOLDING, 0, [0, change]);
        const changedMs = performance.now();
        await until('the value', () => shown.has(change));
        ms.push((shown.get(change) ?? Number.NaN) - changedMs);
      }
      socket.close();
    };
    await withPlant(context, watch, (files) => files.writeText(plantOf(server.port)));
    return {
      ...{
        name: 'screen, p99',
        goal: GOAL_MS,
        gate: GOAL_MS * 1.1,
        ratio: percentile(ms, 0.99),
        unit: 'ms',
        higherIsBetter: false,
        peer: [],
      },
      ...{ ours: ms, notes: [`p50 ${median(ms).toFixed(0)} ms, of which up to ${SAMPLING_MS} ms until it is polled`] },
    };
  },
};

function follow(url: string, token: string, onValue: (value: number) => void): WebSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: 'hello', token }));
    socket.send(JSON.stringify({ type: 'subscribe', tags: [PATH] }));
  };
  socket.onmessage = ({ data }) => {
    const { values = [] } = JSON.parse(String(data)) as {
      readonly values?: readonly (readonly [number, number, number | string | null])[];
    };
    for (const [, , value] of values) if (typeof value === 'number') onValue(value);
  };
  return socket;
}
