import type { EffectiveDevice } from '@kubeplant/crds/model';
import type { DeviceHealth } from '@kubeplant/proto';
import { Flag, Status } from '@kubeplant/words';
import type { BlockReading } from '../block/block-columns.ts';
import type { BlockBuilder } from '../block/create-block-builder.ts';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import type { Converted } from '../convert/converted.ts';
import type { Clock, DeviceState, RawReading } from '../driver.ts';
import { createObservedSpan, longestSilenceMs } from './create-observed-span.ts';
import { createTagTable, type TagTable, type TagTableDeps } from './create-tag-table.ts';
import { type ResolvedTime, resolveTime } from './resolve-time.ts';

/** What a device needs. */
export interface DeviceDeps extends TagTableDeps {
  readonly clock: Pick<Clock, 'nowUs'>;
  readonly builder: Pick<BlockBuilder, 'add' | 'addText' | 'observe'>;
  readonly dictionary: Pick<RunDictionary, 'deviceId' | 'tagId'>;
}

/** What of a device's configuration is kept: its tags as they were declared would be most of a collector's memory. */
export type DeviceIdentity = Pick<EffectiveDevice, 'name' | 'revision' | 'simulated' | 'mode'>;

/** A device at run time: converts, reports by exception, and knows how the device is. */
export interface CollectedDevice {
  readonly identity: DeviceIdentity;
  /** Undefined for one that takes nothing. */
  readonly tags: TagTable | undefined;
  readonly tagCount: number;
  readonly state: DeviceState;
  /** A value off the wire; returns whether it was reported. Unknown tags are ignored. */
  read(reading: RawReading, nowUs: number): boolean;
  observed(untilUs: number): void;
  setState(state: DeviceState): void;
  reject(tag: string, reason: string | undefined): void;
  /** No driver may talk to it, for this reason; its tags get this Bad status. */
  hold(state: DeviceState, status: number): void;
  readonly held: boolean;
  health(): DeviceHealth;
}

const REJECTED_SHOWN = 20;
const CONNECTING: DeviceState = { connected: false, reason: 'Connecting', message: '' };

/** A device under its configuration. `before`: the same device under the one before; its connection state goes on. */
export function createDevice(deps: DeviceDeps, config: EffectiveDevice, before?: CollectedDevice): CollectedDevice {
  const { clock, builder } = deps;
  const { name, revision, simulated, mode } = config;
  const identity: DeviceIdentity = { name, revision, simulated, mode };
  const id = deps.dictionary.deviceId(name);
  const tags = createTagTable(deps, config, before?.tags);
  const span = createObservedSpan(longestSilenceMs(config));
  const deviceFlags = simulated ? Flag.Simulated : 0;
  let state: DeviceState = before?.state ?? CONNECTING;
  let held = false;
  /** What is sent, in an object that is used again: 100,000 of them a second would keep the garbage collector busy. */
  const sent = emptyReading();

  function send(row: number, next: Converted, { timeUs, originalUs }: ResolvedTime, receivedUs: number): boolean {
    if (!tags.report(row, next)) return false;
    sent.tag = tags.id(row);
    sent.timeUs = timeUs;
    sent.receivedUs = receivedUs;
    sent.value = next.value;
    sent.status = next.status;
    sent.flags = next.flags | tags.takeOnceFlags(row);
    sent.originalUs = originalUs;
    if (tags.isText(row)) builder.addText(sent);
    else builder.add(sent);
    return true;
  }

  function sendBad(row: number, status: number, nowUs: number): void {
    send(row, { value: undefined, status, flags: deviceFlags | Flag.TimeIsReceived }, { timeUs: nowUs, flags: 0 }, nowUs);
  }

  function writeBad(status: number): void {
    span.end();
    const nowUs = clock.nowUs();
    for (let row = 0; row < tags.names.length; row++) if (!tags.rejected.has(row)) sendBad(row, status, nowUs);
  }

  return {
    identity,
    tags,
    tagCount: tags.names.length,
    get state() {
      return state;
    },
    read: (reading, nowUs) => {
      const row = tags.row(reading.tag);
      if (row === undefined || held) return false;
      const time = resolveTime(reading.timeUs, nowUs);
      const next = tags.convert(row)(reading.value, reading.status, reading.flags | time.flags | deviceFlags);
      return send(row, next, time, nowUs);
    },
    observed: (untilUs) => {
      if (!state.connected || held) return;
      const fromUs = span.confirm(untilUs);
      if (fromUs !== undefined) builder.observe(id, fromUs, untilUs);
    },
    setState: (next) => {
      if (held) return;
      const lost = !next.connected && (state.connected || next.reason !== CONNECTING.reason);
      state = next;
      if (lost) writeBad(Status.BadCommunicationError);
    },
    reject: (name, reason) => {
      const row = tags.row(name);
      if (row === undefined) return;
      if (reason === undefined) tags.rejected.delete(row);
      else tags.rejected.set(row, reason);
      if (reason !== undefined && !tags.isBad(row)) sendBad(row, Status.BadConfigurationError, clock.nowUs());
    },
    hold: (reason, status) => {
      held = true;
      state = reason;
      writeBad(status);
    },
    get held() {
      return held;
    },
    health: () => toHealth(identity, state, tags, state.connected && span.isCurrent(clock.nowUs())),
  };
}

const emptyReading = (): { -readonly [Field in keyof BlockReading]: BlockReading[Field] } => ({
  tag: 0,
  timeUs: 0,
  receivedUs: 0,
  value: 0,
  status: 0,
  flags: 0,
  originalUs: undefined,
});

function toHealth({ name, revision }: DeviceIdentity, state: DeviceState, tags: TagTable, dataFlowing: boolean): DeviceHealth {
  const refused = [...tags.rejected].sort(([a], [b]) => a - b).slice(0, REJECTED_SHOWN);
  const rejected = refused.map(([row, reason]) => ({ tag: tags.names[row] ?? '', reason }));
  const badTags = tags.names.reduce((count, _, row) => count + Number(tags.isBad(row)), 0);
  const { connected, reason, message } = state;
  return { device: name, revision, connected, dataFlowing, reason, message, tags: tags.names.length, badTags, rejected };
}
