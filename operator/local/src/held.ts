import type { Assignment, PlannedShard } from '@kubeplant/plan';

/** Which channels each running collector (`namespace/shard`) holds, as far as it has confirmed: a channel moves only when it is let go. */
export interface Held {
  wrote(shards: readonly PlannedShard[]): void;
  /** True when that frees a channel. */
  confirm(shard: string, revision: string): boolean;
  /** True when a collector that held channels is gone. */
  setRunning(shards: readonly string[]): boolean;
  channels(): Assignment;
}

export function createHeld(): Held {
  const written = new Map<string, Map<string, readonly string[]>>();
  const confirmed = new Map<string, readonly string[]>();
  return {
    wrote: (shards) => {
      for (const { namespace, name, config } of shards) {
        const shard = `${namespace}/${name}`;
        const revisions = written.get(shard) ?? new Map<string, readonly string[]>();
        revisions.set(
          config.revision,
          config.channels.map(({ key }) => key),
        );
        written.set(shard, revisions);
      }
    },
    confirm: (shard, revision) => {
      const revisions = written.get(shard);
      const channels = revisions?.get(revision);
      if (channels === undefined) return false;
      const freed = (confirmed.get(shard) ?? []).some((key) => !channels.includes(key));
      confirmed.set(shard, channels);
      for (const older of revisions?.keys() ?? []) {
        if (older === revision) break;
        revisions?.delete(older);
      }
      return freed;
    },
    setRunning: (shards) => {
      const gone = [...confirmed.keys()].filter((shard) => !shards.includes(shard));
      for (const shard of gone) confirmed.delete(shard);
      return gone.length > 0;
    },
    channels: () => Object.fromEntries(confirmed),
  };
}
