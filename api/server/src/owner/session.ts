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
  /** True when the device was held to be silent. */
  setHealth(device: string, health: DeviceHealthView): boolean;
  /** Tell the engine, by the owner's clock. */
  setConnected(device: string, connected: boolean): void;
  /** Their health is to be told; `back`: of these the latest values are shown again, without the overlay. */
  tellHealth(devices: readonly string[], back: readonly string[]): void;
  closeStream(link: ShardLink, stream: StreamState, reason: CloseReason): void;
  streamClosed(link: ShardLink, stream: StreamState): void;
}
