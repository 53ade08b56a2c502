import type { createChangeSignal } from './change-signal.ts';
import type { CommitLoop } from './commit-loop.ts';
import type { DeviceBoard } from './device-board.ts';
import { inTenant } from './in-tenant.ts';
import { type LoadedSite, resolveSlots } from './load-site.ts';
import type { Publisher } from './publisher.ts';
import type { OwnerDeps, Session } from './session.ts';
import type { ShardLinks } from './shard-links.ts';

interface PortParts {
  readonly deps: OwnerDeps;
  readonly loaded: LoadedSite;
  readonly board: DeviceBoard;
  readonly shards: ShardLinks;
  readonly publisher: Publisher;
  readonly loop: CommitLoop;
  readonly setConnected: Session['setConnected'];
  readonly catalogueSignal: ReturnType<typeof createChangeSignal>;
  readonly isOver: () => boolean;
  readonly fail: (error: unknown) => void;
}

/** The session as its streams see it. */
export function createSessionPort({
  deps,
  loaded,
  board,
  shards,
  publisher,
  loop,
  setConnected,
  catalogueSignal,
  isOver,
  fail,
}: PortParts): Session {
  const { engine, catalogue, accumulator } = loaded;
  return {
    deps,
    engine,
    catalogue,
    accumulator,
    setConnected,
    ended: isOver,
    changed: loop.schedule,
    catalogueChanged: catalogueSignal.next,
    makeSeries: (entries) =>
      loop
        .between(async (attempt) => {
          const take = await inTenant(attempt, loaded.model.tenant, (client) => catalogue.ensure(client, entries));
          take();
          resolveSlots(catalogue, engine);
          catalogueSignal.tell();
        })
        .catch(fail),
    setHealth: (device, health) => {
      const before = board.health.get(device);
      const same = before?.connected === health.connected && before.dataFlowing === health.dataFlowing && before.reason === health.reason;
      board.health.set(device, same ? { ...health, sinceMs: before.sinceMs } : health);
      return board.offline.delete(device);
    },
    tellHealth: (devices, back) => {
      board.changed(devices);
      publisher.showDevices(back);
    },
    closeStream: shards.close,
    streamClosed: shards.closed,
  };
}
