import { EventEmitter } from 'node:events';
import { bearerMetadata, grpcStatus } from '@kubeplant/kit';
import { type CollectorMessage, IngestService, type OwnerMessage } from '@kubeplant/proto';
import type { CollectorCall } from '../../../api/server/src/ingest/stream-port.ts';
import type { Dial, Wire, WireEvents } from '../../../collectors/core/src/uplink/dial-owner.ts';
import type { SimProcess, VirtualTime } from './virtual-time.ts';

/** The network between collectors and apis: streams that arrive in order, late, or not at all. */
export interface SimNetwork {
  /** How a process dials; `tap` sees, and may change, what the owner says. */
  dialFrom(process: SimProcess, tap?: Tap): Dial;
  /** From now on streams come to this process, while it lives. */
  listen(process: SimProcess, take: (call: CollectorCall) => void): void;
  /** Cut the streams that concern a process, or all. */
  cut(process?: SimProcess): void;
  /** Nothing arrives any more, and nobody hears of it, until `release`. */
  stall(): void;
  release(): void;
  /** No new stream, and the old ones are cut. */
  isDown: boolean;
  latencyMs: () => number;
}

/** Gets each message of the owner; returns what the collector hears in its place. */
export type Tap = (message: OwnerMessage) => readonly OwnerMessage[];

/** A sender waits when so much has not been taken. */
const FULL_BYTES = 65_536;
/** A stream on which nothing passes for so long is given up by both ends. */
const KEEPALIVE_MS = 15_000;

const failure = (code: number, message: string): Error & { readonly code: number } => Object.assign(new Error(message), { code });

/** A server's end of a call: what the api uses of gRPC's. */
class SimCall extends EventEmitter {
  cancelled = false;
  destroyed = false;
  writableEnded = false;
  writableLength = 0;
  readonly metadata;
  readonly #waiting: Buffer[] = [];
  readonly #wire: { readonly toClient: (bytes: Buffer) => void; readonly taken: (bytes: number) => void; readonly end: () => void };
  #paused = false;
  #ended = false;

  constructor(token: string, wire: SimCall['wire']) {
    super();
    this.metadata = bearerMetadata(token);
    this.#wire = wire;
  }

  get wire(): { readonly toClient: (bytes: Buffer) => void; readonly taken: (bytes: number) => void; readonly end: () => void } {
    return this.#wire;
  }

  getPeer(): string {
    return 'simulated';
  }

  write(message: OwnerMessage): boolean {
    if (!this.cancelled && !this.writableEnded) this.#wire.toClient(IngestService.stream.responseSerialize(message));
    return true;
  }

  end(): void {
    if (this.writableEnded) return;
    this.writableEnded = true;
    this.#wire.end();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#pass();
  }

  push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#pass();
  }

  /** The client says no more. */
  endInput(): void {
    this.#ended = true;
    this.#pass();
  }

  #pass(): void {
    while (!this.#paused && !this.cancelled) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      this.#wire.taken(bytes.length);
      this.emit('data', IngestService.stream.requestDeserialize(bytes));
    }
    if (this.#ended && this.#waiting.length === 0 && !this.#paused) {
      this.#ended = false;
      this.emit('end');
    }
  }
}

interface Link {
  readonly ends: readonly SimProcess[];
  /** Both ends find out, each after a while. */
  cut(): void;
}

/** `token`: what every collector shows. */
export function createSimNetwork(time: VirtualTime, random: () => number, token: string): SimNetwork {
  const links = new Set<Link>();
  const listeners: { readonly process: SimProcess; readonly take: (call: CollectorCall) => void }[] = [];
  let isDown = false;
  let held: (() => void)[] | undefined;

  /** One direction: in order, each after the latency; held while the network stalls. */
  function createLane(): (arrive: () => void) => void {
    let lastMs = 0;
    return (arrive) => {
      lastMs = Math.max(lastMs, time.nowMs + network.latencyMs());
      time.after(lastMs - time.nowMs, () => {
        if (held) held.push(arrive);
        else arrive();
      });
    };
  }

  function connect(client: SimProcess, events: WireEvents, tap: Tap): Wire {
    const server = listeners.findLast(({ process }) => process.alive);
    if (isDown || server === undefined) {
      const cancel = time.after(network.latencyMs(), () =>
        client.deliver(() => events.onError(failure(grpcStatus.UNAVAILABLE, 'refused'))),
      );
      return { write: () => true, end: () => {}, cancel };
    }
    const [up, down] = [createLane(), createLane()];
    let open = true;
    let unread = 0;
    let wasFull = false;
    const finish = (tell: (() => void) | undefined): void => {
      if (!open) return;
      open = false;
      links.delete(link);
      if (tell) client.deliver(tell);
    };
    const toServer = (work: () => void): void => up(() => server.process.deliver(() => !call.cancelled && work()));
    const call = new SimCall(token, {
      toClient: (bytes) =>
        down(() => {
          if (!open) return;
          for (const message of tap(IngestService.stream.responseDeserialize(bytes)))
            client.deliver(() => open && events.onMessage(message));
        }),
      taken: (bytes) => {
        unread -= bytes;
        if (!wasFull || unread > FULL_BYTES / 2) return;
        wasFull = false;
        down(() => client.deliver(() => open && events.onDrain()));
      },
      end: () => down(() => finish(events.onEnd)),
    });
    const cancelServer = (): void => {
      call.cancelled = true;
      call.emit('cancelled');
    };
    const link: Link = {
      ends: [client, server.process],
      cut: () => {
        links.delete(link);
        time.after(random() * 20, () => finish(() => events.onError(failure(grpcStatus.UNAVAILABLE, 'the connection was cut'))));
        time.after(random() * 20, () => server.process.deliver(() => !call.cancelled && cancelServer()));
      },
    };
    call.on('error', (error: { readonly code: number; readonly details: string }) => {
      call.cancelled = true;
      down(() => finish(() => events.onError(failure(error.code, error.details))));
    });
    links.add(link);
    // The api uses no more of gRPC's call than this has.
    toServer(() => server.take(call as unknown as CollectorCall));
    return {
      write: (message: CollectorMessage) => {
        const bytes = IngestService.stream.requestSerialize(message);
        unread += bytes.length;
        toServer(() => call.push(bytes));
        wasFull ||= unread >= FULL_BYTES;
        return !wasFull;
      },
      end: () => toServer(() => call.endInput()),
      cancel: () => {
        open = false;
        links.delete(link);
        toServer(cancelServer);
      },
    };
  }

  const cutWhere = (isMeant: (link: Link) => boolean): void => {
    for (const link of [...links]) if (isMeant(link)) link.cut();
  };
  const network: SimNetwork = {
    latencyMs: () => 0.2 + random(),
    dialFrom:
      (process, tap = (message) => [message]) =>
      (_options, events) =>
        connect(process, events, tap),
    listen: (process, take) => {
      listeners.push({ process, take });
    },
    cut: (process) => cutWhere(({ ends }) => process === undefined || ends.includes(process)),
    stall: () => {
      if (held) return;
      const mine: (() => void)[] = [];
      held = mine;
      time.after(KEEPALIVE_MS, () => held === mine && cutWhere(() => true));
    },
    release: () => {
      const late = held ?? [];
      held = undefined;
      for (const arrive of late) arrive();
    },
    get isDown() {
      return isDown;
    },
    set isDown(down) {
      isDown = down;
      if (down) cutWhere(() => true);
    },
  };
  return network;
}
