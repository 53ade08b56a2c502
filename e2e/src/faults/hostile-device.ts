import { createRandom } from '../../../collectors/modbus/src/testing/create-random.ts';
import { startHostileServer, TCP_TRICKS, TRICKS, type TrickContext } from '../../../collectors/modbus/src/testing/hostile-server.ts';
import { mutateReply } from '../../../collectors/modbus/src/testing/mutate-reply.ts';
import { RegisterImage } from '../../../collectors/modbus/src/server/register-image.ts';
import type { CountingDevice } from './counting-device.ts';

/** A counting device that can be made to answer with every trick there is. */
export interface HostileDevice extends CountingDevice {
  isHostile: boolean;
  /** Answers that were not honest. */
  readonly hostileFrames: number;
  /** Whether these four bytes were ever sent in a row. */
  hasSent(value: number): boolean;
}

const HOLDING = 3;
const PLAYED = Object.values({ ...TRICKS, ...TCP_TRICKS });
/** Of a hundred answers so many are honest, so many a trick, and the rest mutated. */
const HONEST = 30;
const TRICK = 20;

export async function startHostileDevice(tags: number, seed: number): Promise<HostileDevice> {
  const image = new RegisterImage();
  const random = createRandom(seed);
  const servedMs: number[] = [];
  const units: number[] = [];
  const sent = new Set<number>();
  let hostileFrames = 0;
  let isHostile = false;
  let previous: Uint8Array = new Uint8Array(1);
  const next = (): void => {
    const count = servedMs.length + 1;
    image.set(
      HOLDING,
      0,
      Array.from({ length: tags * 2 }, (_, index) => (index % 2 === 0 ? count >>> 16 : count & 0xffff)),
    );
  };
  const server = await startHostileServer('Tcp', image);
  server.trick = (context) => {
    const { honest, unitId } = context;
    const write = recordTo(sent, context);
    const dice = isHostile ? random.below(100) : 0;
    if (dice < HONEST) {
      servedMs.push(Date.now());
      units.push(unitId);
      write(honest);
    } else {
      hostileFrames += 1;
      if (dice < HONEST + TRICK) PLAYED[random.below(PLAYED.length)]?.({ ...context, socket: recording(context, write) });
      else for (const piece of mutateReply('Tcp', { honest, previous }, random).pieces) write(piece);
    }
    previous = honest;
    next();
  };
  next();
  return {
    ...{ port: server.port, tags, servedMs, units, connections: server.connections, close: server.close },
    get isHostile() {
      return isHostile;
    },
    set isHostile(to: boolean) {
      isHostile = to;
    },
    get hostileFrames() {
      return hostileFrames;
    },
    hasSent: (value) => sent.has(value),
  };
}

const TAIL = new WeakMap<object, Buffer>();

/** Sends, and remembers every four bytes in a row, over the ends of what was sent before on the same connection. */
function recordTo(sent: Set<number>, { socket }: TrickContext): (bytes: Uint8Array) => void {
  return (bytes) => {
    const all = Buffer.concat([TAIL.get(socket) ?? Buffer.alloc(0), bytes]);
    for (let at = 0; at + 4 <= all.length; at += 1) sent.add(all.readUInt32BE(at));
    TAIL.set(socket, Buffer.from(all.subarray(-3)));
    if (!socket.destroyed) socket.write(bytes);
  };
}

/** The socket, but what is written is recorded. */
const recording = ({ socket }: TrickContext, write: (bytes: Uint8Array) => void): TrickContext['socket'] =>
  Object.assign(Object.create(socket) as TrickContext['socket'], {
    write: (bytes: Uint8Array) => {
      write(bytes);
      return true;
    },
    destroy: () => socket.destroy(),
  });
