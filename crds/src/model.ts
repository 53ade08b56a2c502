/**
 * What the plan makes of the resources: configuration of shards for collectors, models of sites for the api,
 * registers to serve for simulators. Versioned JSON; durations stay text, as declared.
 */
import type { DataType, Priority, TagKind } from '@kubeplant/words';

/** Version of the three formats below; a process refuses one it does not know. */
export const FORMAT_VERSION = 2;

/** Reference to a resource. Cluster-scoped kinds have an empty namespace. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something the plan has to say about a resource. `Error`: this resource (or this tag) is not applied; the rest is. */
export interface Finding {
  readonly severity: 'Error' | 'Warning';
  /** CamelCase constant, e.g. `SiteNotFound`, `ChannelConflict`. */
  readonly reason: string;
  readonly resource: ResourceRef;
  /** Path inside the resource, e.g. `spec.tags.level.modbus.address`; empty for the whole. */
  readonly field: string;
  /** What is wrong, the value, and what to do. */
  readonly message: string;
}

/** Where a Modbus value is and how it is coded. */
export interface EffectiveModbus {
  readonly register: 'Coil' | 'DiscreteInput' | 'Input' | 'Holding';
  /** As declared plus the parameter, before `addressBase` is taken off: 0…65536. */
  readonly address: number;
  readonly addressBase: 0 | 1;
  readonly rawType:
    | 'Boolean'
    | 'Int8'
    | 'UInt8'
    | 'Int16'
    | 'UInt16'
    | 'Int32'
    | 'UInt32'
    | 'Int64'
    | 'UInt64'
    | 'Float32'
    | 'Float64'
    | 'String'
    | 'Bcd16'
    | 'Bcd32';
  readonly byteOrder: 'ABCD' | 'DCBA' | 'BADC' | 'CDAB';
  /** Bit of a register, 0 = least significant; with rawType Boolean on Input and Holding. */
  readonly bit?: number;
  /** Bytes of a String. */
  readonly length?: number;
  /** Raw values that mean "no value". */
  readonly invalid?: readonly number[];
}

/** Linear conversion of raw to engineering values; `factor`/`offset` or the four points. */
export interface Scale {
  readonly factor?: number;
  readonly offset?: number;
  readonly rawLow?: number;
  readonly rawHigh?: number;
  readonly engLow?: number;
  readonly engHigh?: number;
  readonly clamp?: boolean;
}

/** A tag after the merge, with every default filled in. */
export interface EffectiveTag {
  readonly name: string;
  readonly description?: string;
  readonly designation?: string;
  readonly kind: TagKind;
  readonly dataType: DataType;
  readonly unit?: string;
  readonly samplingInterval: string;
  /** A duration (`Auto` is already resolved), or `Off`. */
  readonly staleAfter: string;
  readonly modbus?: EffectiveModbus;
  readonly expression?: string;
  readonly scale?: Scale;
  readonly range?: { readonly low?: number; readonly high?: number; readonly outside: 'Keep' | 'Uncertain' | 'Bad' | 'Clamp' };
  readonly states?: Readonly<Record<string, string>>;
  readonly deadband: { readonly type: 'None' | 'Absolute' | 'Percent'; readonly value: number };
  /** Absent: Linear for Analog and Counter, Step for State and Text. */
  readonly interpolation?: 'Linear' | 'Step';
  /** Of a Counter; absent: no rollover, resets allowed. */
  readonly counter?: { readonly rollover?: number; readonly resets: 'Allowed' | 'Forbidden' };
  /** Absent: every reading is stored in the class of the site. */
  readonly history?: HistoryPolicy;
}

/** Retention class of history. */
export type HistoryClass = 'short' | 'standard' | 'long';

/** What of a tag is stored. */
export interface HistoryPolicy {
  /** Absent: `historian.class` of the site. */
  readonly class?: HistoryClass;
  readonly mode: 'Sampled' | 'OnChange' | 'None';
  /** With OnChange: least change that is stored, and longest time without a stored reading. */
  readonly deadband?: number;
  readonly maxInterval?: string;
}

/** `connection.modbusTcp` with every default filled in. */
export interface EffectiveModbusTcp {
  readonly host: string;
  readonly port: number;
  readonly unitId: number;
  readonly framing: 'Tcp' | 'RtuOverTcp';
  readonly timeout: string;
  readonly connectDelay: string;
  readonly interRequestDelay: string;
  readonly maxInFlight: number;
  readonly retries: number;
  readonly maxRegistersPerRead: number;
  readonly maxBitsPerRead: number;
  readonly mergeGap: number;
  readonly standby?: { readonly host: string; readonly port: number };
}

/** A Device after the merge. */
export interface EffectiveDevice {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** 12 hex digits of the SHA-256 of the merged, canonical form. */
  readonly revision: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly area?: string;
  readonly displayName?: string;
  readonly designation?: string;
  readonly mode: 'Active' | 'Disabled';
  readonly protocol: 'ModbusTcp' | 'Calculated';
  readonly modbusTcp?: EffectiveModbusTcp;
  /** `None` turns the built-in alarm off. */
  readonly communicationAlarm: { readonly priority: Priority | 'None'; readonly onDelay: string };
  /** Its readings are series of their own (`origin: Simulated`). */
  readonly simulated: boolean;
  readonly tags: readonly EffectiveTag[];
}

/** A physical connection and the devices behind it. */
export interface ChannelConfig {
  /** Identity: protocol, declared endpoint, standby. Does not change when a Simulation takes it over. */
  readonly key: string;
  readonly protocol: 'ModbusTcp';
  /** Where to dial: the declared endpoint, or the simulator's. */
  readonly endpoint: { readonly host: string; readonly port: number };
  readonly standby?: { readonly host: string; readonly port: number };
  /** Settings of the connection: of several devices that disagree, the stricter. */
  readonly modbusTcp: Omit<EffectiveModbusTcp, 'host' | 'port' | 'unitId' | 'standby'>;
  readonly simulated: boolean;
  readonly devices: readonly EffectiveDevice[];
}

/** Configuration of one collector (site × class × protocol × n). */
export interface ShardConfig {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** `<cluster>/<namespace>`. */
  readonly tenant: string;
  readonly namespace: string;
  readonly site: string;
  readonly shard: string;
  readonly collectorClass: string;
  readonly protocol: 'ModbusTcp';
  readonly buffering: { readonly maxAge: string; readonly maxSizeBytes: number; readonly syncInterval: string };
  /** Warm: no field connection until the owner says so. */
  readonly highAvailability: 'Off' | 'Warm';
  readonly onIsolation: 'KeepPolling' | 'StopPolling';
  readonly drainTimeout: string;
  readonly revision: string;
  readonly channels: readonly ChannelConfig[];
}

/** One alarm limit of a rule, with the rule's defaults filled in. */
export interface EffectiveLimit {
  readonly value: number;
  readonly priority: Priority;
  readonly onDelay: string;
  readonly deadband: number;
  readonly message: string;
}

/** What makes an alarm. */
export type EffectiveCondition =
  | {
      readonly type: 'Limit';
      /** Exclusive: only the outermost limit exceeded is active. */
      readonly mode: 'Exclusive' | 'NonExclusive';
      readonly limits: Readonly<Partial<Record<'highHigh' | 'high' | 'low' | 'lowLow', EffectiveLimit>>>;
    }
  /** `alarm`: these states alarm; `normal`: all others do. Values or names of states. */
  | { readonly type: 'Discrete'; readonly alarm?: readonly string[]; readonly normal?: readonly string[] }
  | { readonly type: 'Stale'; readonly after: string }
  | { readonly type: 'Quality' };

/** An AlarmRule with its targets resolved. */
export interface EffectiveRule {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: string;
  readonly condition: EffectiveCondition;
  /** Of conditions without limits; limits carry their own. */
  readonly priority: Priority;
  readonly onDelay: string;
  readonly offDelay: string;
  readonly onBadQuality: 'Hold' | 'Alarm';
  readonly acknowledge: 'Required' | 'NotRequired';
  /** May hold `$(device)`, `$(tag)`, `$(value)`, `$(unit)`, `$(limit)`. */
  readonly message: string;
  readonly consequence?: string;
  readonly correctiveAction?: string;
  readonly responseTime?: string;
  readonly rationale?: string;
  readonly targets: readonly { readonly device: string; readonly tag: string }[];
}

/** A resource as declared. */
export interface DeclaredResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** All the api needs to know of a site. */
export interface SiteModel {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly cluster: string;
  readonly namespace: string;
  /** `<cluster>/<namespace>`. */
  readonly tenant: string;
  readonly site: string;
  readonly revision: string;
  readonly enterprise?: string;
  readonly displayName: string;
  /** IANA name. */
  readonly timezone: string;
  /** Time of day at which a day of the site begins, `HH:MM` in `timezone`. */
  readonly dayStart: string;
  readonly historian: { readonly class: HistoryClass; readonly eventRetention: string };
  readonly areas: readonly { readonly path: string; readonly displayName?: string }[];
  /** Names of the Simulations in force; empty when the plant is real. */
  readonly simulations: readonly string[];
  readonly devices: readonly EffectiveDevice[];
  readonly rules: readonly EffectiveRule[];
  readonly shards: readonly {
    readonly name: string;
    readonly collectorClass: string;
    readonly protocol: string;
    readonly devices: readonly string[];
    /** SHA-256 (hex) of each token that is valid now. */
    readonly tokenHashes: readonly string[];
  }[];
  /** Site, Devices, DeviceProfiles, AlarmRules and Simulations of the site, as declared. */
  readonly resources: readonly DeclaredResource[];
  readonly findings: readonly Finding[];
}

/** A signal of a Simulation: exactly one source. */
export interface EffectiveSignal {
  readonly tag: string;
  readonly noise?: number;
  readonly constant?: number;
  readonly sine?: { readonly mean: number; readonly amplitude: number; readonly period: string; readonly phase?: number };
  readonly ramp?: { readonly low: number; readonly high: number; readonly period: string };
  readonly square?: { readonly low: number; readonly high: number; readonly period: string; readonly dutyCycle?: number };
  readonly randomWalk?: { readonly start: number; readonly step: number; readonly low: number; readonly high: number };
  readonly follow?: {
    readonly device?: string;
    readonly tag: string;
    readonly timeConstant?: string;
    readonly factor?: number;
    readonly offset?: number;
  };
  readonly expression?: string;
}

/** What a simulator process serves: one listener per channel it takes over. */
export interface SimulatorConfig {
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly tenant: string;
  readonly namespace: string;
  readonly site: string;
  readonly simulation: string;
  readonly revision: string;
  /** Step of the signals. */
  readonly interval: string;
  readonly listeners: readonly {
    readonly channel: string;
    readonly framing: 'Tcp' | 'RtuOverTcp';
    /** 0: any free port, told to the plan through `simulators`. */
    readonly port: number;
    readonly devices: readonly { readonly device: EffectiveDevice; readonly signals: readonly EffectiveSignal[] }[];
  }[];
}
