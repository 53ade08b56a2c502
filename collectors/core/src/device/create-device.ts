import type { EffectiveDevice, EffectiveTag } from '@kubeplant/crds/model';
import type { DeviceHealth } from '@kubeplant/proto';
import { Flag, isBad, Status } from '@kubeplant/words';
import type { BlockBuilder } from '../block/create-block-builder.ts';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import type { Converted, Converter } from '../convert/converted.ts';
import type { Clock, DeviceState, RawReading } from '../driver.ts';
import { createObservedSpan, longestSilenceMs } from './create-observed-span.ts';
import { type ResolvedTime, resolveTime } from './resolve-time.ts';
import { shouldReport } from './should-report.ts';
import { createTagState, isText, type TagState } from './tag-state.ts';

/** What a device needs. */
export interface DeviceDeps {
  readonly clock: Pick<Clock, 'nowUs'>;
  readonly builder: Pick<BlockBuilder, 'add' | 'addText' | 'observe'>;
  readonly dictionary: Pick<RunDictionary, 'deviceId' | 'tagId'>;
  readonly converterOf: (tag: EffectiveTag) => Converter;
}

/** A device at run time: converts, reports by exception, and knows how the device is. */
export interface CollectedDevice {
  readonly config: EffectiveDevice;
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
  const id = deps.dictionary.deviceId(config.name);
  const tags = createTags(deps, config, before?.config);
  const span = createObservedSpan(longestSilenceMs(config));
  const deviceFlags = config.simulated ? Flag.Simulated : 0;
  let state: DeviceState = before?.state ?? CONNECTING;
  let held = false;

  function send(tag: TagState, next: Converted, time: ResolvedTime, receivedUs: number): boolean {
    if (!shouldReport(tag.last, next, tag.width)) return false;
    tag.last = next;
    const { value, status, flags } = next;
    const { timeUs, originalUs } = time;
    // Written out field by field: this is the hottest object of a collector.
    const reading = { tag: tag.id, timeUs, receivedUs, value, status, flags: flags | tag.onceFlags, originalUs };
    tag.onceFlags = 0;
    if (tag.text) builder.addText(reading);
    else builder.add(reading);
    return true;
  }

  function sendBad(tag: TagState, status: number, nowUs: number): void {
    send(tag, { value: undefined, status, flags: deviceFlags | Flag.TimeIsReceived }, { timeUs: nowUs, flags: 0 }, nowUs);
  }

  function writeBad(status: number): void {
    span.end();
    const nowUs = clock.nowUs();
    for (const tag of tags.values()) if (tag.rejected === undefined) sendBad(tag, status, nowUs);
  }

  return {
    config,
    get state() {
      return state;
    },
    read: (reading, nowUs) => {
      const tag = tags.get(reading.tag);
      if (tag === undefined || held) return false;
      const time = resolveTime(reading.timeUs, nowUs);
      const next = tag.convert(reading.value, reading.status, reading.flags | time.flags | deviceFlags);
      return send(tag, next, time, nowUs);
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
      const tag = tags.get(name);
      if (tag === undefined) return;
      tag.rejected = reason;
      if (reason !== undefined && !(tag.last && isBad(tag.last.status))) sendBad(tag, Status.BadConfigurationError, clock.nowUs());
    },
    hold: (reason, status) => {
      held = true;
      state = reason;
      writeBad(status);
    },
    get held() {
      return held;
    },
    health: () => toHealth(config, state, tags, state.connected && span.isCurrent(clock.nowUs())),
  };
}

function createTags(
  { dictionary, converterOf }: DeviceDeps,
  config: EffectiveDevice,
  before: EffectiveDevice | undefined,
): ReadonlyMap<string, TagState> {
  const old = new Map(before?.tags.map((tag) => [tag.name, tag]));
  return new Map(
    config.tags.map((tag) => {
      const id = dictionary.tagId(config.name, { name: tag.name, text: isText(tag), simulated: config.simulated });
      return [tag.name, createTagState(tag, id, converterOf(tag), old.get(tag.name))];
    }),
  );
}

function toHealth(config: EffectiveDevice, state: DeviceState, tags: ReadonlyMap<string, TagState>, dataFlowing: boolean): DeviceHealth {
  const rejected: { tag: string; reason: string }[] = [];
  let badTags = 0;
  for (const tag of tags.values()) {
    if (tag.last && isBad(tag.last.status)) badTags++;
    if (tag.rejected !== undefined && rejected.length < REJECTED_SHOWN) rejected.push({ tag: tag.tag.name, reason: tag.rejected });
  }
  const { connected, reason, message } = state;
  return { device: config.name, revision: config.revision, connected, dataFlowing, reason, message, tags: tags.size, badTags, rejected };
}
