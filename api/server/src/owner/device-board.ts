import type { DeviceHealthView } from '../ports.ts';
import type { ShardLink } from './shard-link.ts';

/** How the field answers, by device; outlives the sessions of an owner. */
export interface DeviceBoard {
  readonly health: Map<string, DeviceHealthView>;
  /** Devices whose collector is silent: their latest values are shown with an overlay. */
  readonly offline: Set<string>;
  readonly linked: Map<string, ShardLink>;
  /** Tells the operator. */
  changed(devices: readonly string[]): void;
}

/** A device whose collector is silent: what it last said, and that nobody knows now. */
export function silentHealth(shard: string, before: DeviceHealthView | undefined, nowMs: number): DeviceHealthView {
  const { revision = '', tags = 0, badTags = 0, rejected = [] } = before ?? {};
  const since = before?.reason === 'CollectorUnavailable' ? before.sinceMs : nowMs;
  const message = `collector ${shard} is not connected to the api`;
  return {
    shard,
    revision,
    connected: false,
    dataFlowing: false,
    reason: 'CollectorUnavailable',
    message,
    tags,
    badTags,
    rejected,
    sinceMs: since,
  };
}
