import type { FastSiteEngine } from '@kubeplant/engine';
import type { DeviceHealthView, LiveHub } from '../ports.ts';
import type { Store } from '../store/create-store.ts';
import type { StoreLog } from '../store/store-log.ts';
import type { Accumulator } from './accumulator.ts';
import type { Catalogue } from './catalogue.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { RunTagEntry } from './run-dictionary.ts';
import type { CloseReason, ShardLink, StreamState } from './shard-link.ts';

/** What owners need. */
export interface OwnerDeps {
  readonly store: Store;
  readonly hub: LiveHub;
  readonly log: StoreLog;
  readonly metrics: IngestMetrics;
  readonly nowUs: () => number;
  /** How long collectors are waited for after a model; 10 s unless given. */
  readonly graceMs?: number | undefined;
}

/** One time of owning a site: from loading what is committed until a commit fails or the owner stops. */
export interface Session {
  readonly deps: OwnerDeps;
  readonly engine: FastSiteEngine;
  readonly catalogue: Catalogue;
  readonly accumulator: Accumulator;
  ended(): boolean;
  /** Something is to be committed. */
  changed(): void;
  /** Resolves with the next change of the catalogue, or the end. */
  catalogueChanged(): Promise<void>;
  makeSeries(entries: readonly RunTagEntry[]): Promise<void>;
  setHealth(device: string, health: DeviceHealthView): void;
  /** Tell the engine, by the owner's clock. */
  setConnected(device: string, connected: boolean): void;
  /** Show the latest values of devices again, with or without the overlay. */
  showDevices(devices: readonly string[]): void;
  closeStream(link: ShardLink, stream: StreamState, reason: CloseReason): void;
  streamClosed(link: ShardLink, stream: StreamState): void;
}
