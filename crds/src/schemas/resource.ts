import type { alarmCondition } from './alarm-condition.ts';
import type { API_VERSION, Kind, KINDS } from './kinds.ts';
import type { signal } from './signal.ts';
import type { condition } from './status.ts';
import type { Infer } from './structural.ts';
import type { tag, tagDefaults } from './tag.ts';

/** Metadata of a resource, as Kubernetes' `ObjectMeta`; the local host fills in what the API server would. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
  }[];
}

/** A resource of kind `K`, as stored: schema defaults are filled in. */
export interface Resource<K extends Kind> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: K;
  readonly metadata: ObjectMeta;
  readonly spec: Infer<(typeof KINDS)[K]['spec']>;
  readonly status?: Infer<Omit<(typeof KINDS)[K]['status'], 'default'>>;
}

/** A plant or a part of one that is run as a whole. */
export interface Site extends Resource<'Site'> {}
/** A thing with values. */
export interface Device extends Resource<'Device'> {}
/** A reusable register map. */
export interface DeviceProfile extends Resource<'DeviceProfile'> {}
/** When tags are in alarm. */
export interface AlarmRule extends Resource<'AlarmRule'> {}
/** How collectors run. */
export interface CollectorClass extends Resource<'CollectorClass'> {}
/** Which Devices are simulated, and how. */
export interface Simulation extends Resource<'Simulation'> {}
/** Any resource. */
export type AnyResource = Site | Device | DeviceProfile | AlarmRule | CollectorClass | Simulation;

/** One tag as declared, before the merge. */
export type Tag = Infer<typeof tag>;
/** `defaults` of a Device or a DeviceProfile. */
export type TagDefaults = Infer<typeof tagDefaults>;
/** `condition` of an AlarmRule. */
export type AlarmCondition = Infer<typeof alarmCondition>;
/** A signal of a Simulation. */
export type Signal = Infer<typeof signal>;
/** A condition in a status. */
export type Condition = Infer<typeof condition>;
