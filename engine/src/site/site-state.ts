import type { Alarm } from '../alarms/alarm.ts';
import type { Calculation } from '../calculated/calculation.ts';
import type { AlarmTransition } from '../types.ts';
import { type Cause, createCause } from './cause.ts';
import { createPoints, type Points } from './points.ts';

/** What the engine knows of a device. */
export interface DeviceRuntime {
  readonly name: string;
  simulated: boolean;
  connected: boolean;
  /** Its tags are confirmed as last sent until then; -Infinity before the first time. */
  observedUs: number;
  communication: Alarm | undefined;
  /** Slots of its tags that have alarms. */
  watched: number[];
  /** Of those, the ones that `observed` may change: a delay runs, or the tag is stale. */
  readonly busy: Set<number>;
  /** Calculated tags with alarms whose inputs come from this device. */
  derived: number[];
}

/** Everything one engine holds. Only `Points` is read in the hot path. */
export interface SiteState {
  readonly epoch: number;
  /** Latest time of the owner's clock. */
  nowUs: number;
  readonly points: Points;
  readonly devices: Map<string, DeviceRuntime>;
  readonly alarms: Map<string, Alarm>;
  /** Alarms by slot, outer limits first. */
  alarmsOf: (readonly Alarm[] | undefined)[];
  /** Per slot with alarms on a calculated tag: devices its inputs come from. */
  sourcesOf: Map<number, readonly DeviceRuntime[]>;
  /** Devices whose link is lost. */
  readonly lost: Set<DeviceRuntime>;
  /** Slots whose delays run by the owner's clock: the link is lost. */
  readonly clocked: Set<number>;
  staleAlarms: Alarm[];
  /** No tag becomes stale before. */
  staleBoundUs: number;
  /** Nor before this, after a start. */
  readonly staleFromUs: number;
  calculations: Calculation[];
  /** By slot: calculations that read it. */
  readersOf: (readonly Calculation[] | undefined)[];
  calculationsDue: boolean;
  readonly cause: Cause;
  readonly changed: Set<Alarm>;
  readonly removed: Set<string>;
  transitions: AlarmTransition[];
}

/** A site without a model. */
export function createSiteState(epoch: number, nowUs: number, staleFromUs: number): SiteState {
  return {
    ...{ epoch, nowUs, points: createPoints(), devices: new Map(), alarms: new Map(), alarmsOf: [], sourcesOf: new Map() },
    ...{
      lost: new Set<DeviceRuntime>(),
      clocked: new Set<number>(),
      staleAlarms: [],
      staleBoundUs: Infinity,
      staleFromUs,
      calculations: [],
      readersOf: [],
      calculationsDue: false,
    },
    ...{ cause: createCause(), changed: new Set<Alarm>(), removed: new Set<string>(), transitions: [] },
  };
}
