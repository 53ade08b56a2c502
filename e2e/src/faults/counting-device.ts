import { createModbusServer } from '../../../collectors/modbus/src/server/modbus-server.ts';
import { RegisterImage } from '../../../collectors/modbus/src/server/register-image.ts';

/** Tags of a device unless a case wants more: each poll reads all of them in one request, and all hold the number of that poll. */
export const TAGS = 8;
const HOLDING = 3;

/** Modbus devices behind one address that number every answer they give: what is served once can be told missing, double or wrong. */
export interface CountingDevice {
  readonly port: number;
  readonly tags: number;
  /** When each number was served, milliseconds since 1970; number n at index n - 1. */
  readonly servedMs: readonly number[];
  /** Which unit served it. */
  readonly units: readonly number[];
  connections(): number;
  close(): Promise<void>;
}

export async function startCountingDevice(tags: number): Promise<CountingDevice> {
  const image = new RegisterImage();
  const servedMs: number[] = [];
  const units: number[] = [];
  const server = await createModbusServer({
    framing: 'Tcp',
    host: '127.0.0.1',
    port: 0,
    unit: (unit) => {
      servedMs.push(Date.now());
      units.push(unit);
      const count = servedMs.length;
      image.set(
        HOLDING,
        0,
        Array.from({ length: tags * 2 }, (_, index) => (index % 2 === 0 ? count >>> 16 : count & 0xffff)),
      );
      return image;
    },
  });
  return { port: server.port, tags, servedMs, units, connections: server.connections, close: server.close };
}
