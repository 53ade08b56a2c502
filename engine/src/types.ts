import type { SiteModel } from '@kubeplant/crds/model';
import type { AlarmStateName, LimitName, Priority, TransitionKind } from '@kubeplant/words';

/** One reading for the engine. `timeUs` microseconds since 1970; `value` NaN where there is none. */
export interface EngineReading {
  readonly device: string;
  readonly tag: string;
  readonly timeUs: number;
  readonly value: number;
  /** Text tags only. */
  readonly text?: string;
  readonly status: number;
  readonly flags: number;
  /** `run:seq:row`: what caused it; part of the ids of the transitions it makes. */
  readonly cause: string;
}

/** Last known reading of a tag, to start from. */
export type LatestReading = Omit<EngineReading, 'cause'>;

/** A value computed by the engine, to be stored like any other reading. */
export interface CalculatedReading {
  readonly device: string;
  readonly tag: string;
  readonly timeUs: number;
  readonly value: number;
  readonly status: number;
  readonly flags: number;
}

/**
 * State of one alarm (rule × device × tag × limit): a row of `alarm_state`. Kept apart: active, acknowledged, and
 * later latched, shelved, suppressed, out of service; the shown state is derived.
 */
export interface AlarmState {
  /** Stable id: hash of rule uid, device, tag, limit. */
  readonly id: string;
  readonly ruleUid: string;
  /** Name of the AlarmRule; empty for the built-in communication alarm. */
  readonly rule: string;
  readonly device: string;
  /** Empty for the communication alarm. */
  readonly tag: string;
  readonly limit: LimitName;
  readonly priority: Priority;
  readonly active: boolean;
  readonly acknowledged: boolean;
  /** Suppressed by design: the device's communication is lost. */
  readonly suppressed: boolean;
  /** ULID-like id of this coming and going; empty before the first. */
  readonly occurrence: string;
  /** Raised by 1 with every change an operator could see. */
  readonly version: number;
  readonly activeTimeUs?: number;
  readonly clearedTimeUs?: number;
  readonly acknowledgedTimeUs?: number;
  readonly acknowledgedBy?: string;
  readonly comment?: string;
  readonly value?: number;
  readonly message: string;
  /** Pending delay: the condition has held (or not) since then. */
  readonly pendingSinceUs?: number;
  readonly pending?: 'On' | 'Off';
  readonly simulated: boolean;
}

/** A row of the journal (`alarm_transition`). */
export interface AlarmTransition {
  /** Hash of rule uid, device, tag, limit, occurrence, kind and cause: the same event gets the same id again. */
  readonly id: string;
  readonly alarm: string;
  readonly ruleUid: string;
  readonly rule: string;
  readonly device: string;
  readonly tag: string;
  readonly limit: LimitName;
  readonly priority: Priority;
  readonly occurrence: string;
  readonly kind: TransitionKind;
  /** Shown state after it. */
  readonly state: AlarmStateName;
  readonly timeUs: number;
  readonly value?: number;
  readonly status?: number;
  readonly message: string;
  readonly user?: string;
  readonly comment?: string;
  /**
   * `run:seq:row`, `clock:<epoch>:<time at which the delay ended, µs>`, `user:<request id>`, `model:<revision>`,
   * `late:<device>/<tag>:<time, µs>`, or what the owner named when it told of a connection.
   */
  readonly cause: string;
  readonly simulated: boolean;
  /** Found afterwards, in readings that came late: nobody was told when it happened. */
  readonly late: boolean;
}

/** What an operator does to an alarm. */
export interface AlarmAction {
  readonly kind: 'Acknowledge' | 'Comment';
  readonly alarm: string;
  readonly occurrence: string;
  readonly version: number;
  readonly user: string;
  readonly comment?: string;
  readonly timeUs: number;
  /** Id of the request: the cause of the transition. */
  readonly request: string;
}

/** `changed`: occurrence or version is not the present one, `present` is. */
export type ActionResult =
  | { readonly kind: 'done'; readonly state: AlarmState }
  | { readonly kind: 'changed'; readonly present: AlarmState }
  | { readonly kind: 'unknown' };

/** What a step of the engine changed, to be written in the same transaction as its cause. */
export interface EngineChanges {
  readonly states: readonly AlarmState[];
  /** Alarms whose rule or tag is gone: rows to delete. */
  readonly removed: readonly string[];
  readonly transitions: readonly AlarmTransition[];
}

/** A late row of the journal that belongs to an occurrence which is known: that one began earlier, if this is earlier. */
export interface LateJoin {
  readonly alarm: string;
  readonly occurrence: string;
  readonly activeTimeUs: number;
}

/** A delay that runs at the end of a history, as the history has it; `untilUs`: that end. */
export interface LatePending {
  readonly alarm: string;
  readonly pending: 'On' | 'Off';
  readonly sinceUs: number;
  readonly untilUs: number;
}

/** What readings that came late say of the alarms of a tag. */
export interface LateFindings {
  /** Rows that the journal does not have. */
  readonly transitions: readonly AlarmTransition[];
  readonly joined: readonly LateJoin[];
  /** Of each alarm that came and went the last time: its going, and when it came. */
  readonly passed: readonly { readonly active: AlarmTransition; readonly cleared: AlarmTransition }[];
  /** Came and has not gone; a row for the journal as well. */
  readonly open: readonly AlarmTransition[];
  readonly pending: readonly LatePending[];
}

/** State to start from, as last committed. */
export interface EngineStart {
  readonly model: SiteModel;
  readonly alarms: readonly AlarmState[];
  readonly latest: readonly LatestReading[];
  /**
   * Until when each device's tags were confirmed, as committed. Without it, delays of alarms on calculated tags go on
   * only when every device behind them has been confirmed again.
   */
  readonly observed?: readonly { readonly device: string; readonly untilUs: number }[];
  /** No tag becomes stale before: collectors may have confirmed what they could not send yet. */
  readonly staleFromUs?: number;
  /** Epoch of the site owner; part of the causes the owner's clock makes. */
  readonly epoch: number;
  readonly nowUs: number;
}

/**
 * Alarms and calculated tags of one site. Pure: time comes in with the calls. Not safe to go on with after a failed
 * commit: throw it away and start again from what is committed.
 */
export interface SiteEngine {
  /** Hot path. Readings of a tag older than its newest are not evaluated (flag Late, kept by the store). */
  reading(reading: EngineReading): void;
  /** The tags of a device are confirmed as last sent until then: delays and staleness advance. */
  observed(device: string, untilUs: number, cause: string): void;
  /** Link and field state of a device, told by its collector or by the owner when the stream is gone. */
  connected(device: string, connected: boolean, timeUs: number, cause: string): void;
  /**
   * Calculated tags whose inputs changed since the last call, in topological order; they are evaluated for alarms too.
   * A tag with a reporting deadband is left out while it stays within.
   */
  calculate(): CalculatedReading[];
  /** The owner's clock: delays that only it can end (a silent stream, stale tags). */
  advance(nowUs: number): void;
  /** When `advance` must be called next at the latest; undefined: no need. */
  nextDeadlineUs(): number | undefined;
  act(action: AlarmAction): ActionResult;
  /** Take a new model; alarms of rules and tags that stay keep their state. */
  setModel(model: SiteModel, nowUs: number): void;
  /** All changes since the last call. */
  takeChanges(): EngineChanges;
  /** Take what was found in late readings of a tag: into the journal, and into alarms as they stand where it concerns them. */
  takeLate(findings: LateFindings): void;
  /** Every alarm that is not NORM. */
  standing(): AlarmState[];
  alarm(id: string): AlarmState | undefined;
}

/**
 * The same engine with a way in for many readings: no lookup by name and no text built per reading. Resolve each tag of
 * a run once with `slot`, call `setCause` before the rows of each block (and again after any other call that names a
 * cause: `observed`, `connected`, `calculate`, `advance`, `act`, `setModel`, `takeLate`,
 * `reading`), then `readingAt` and `textAt` per row.
 */
export interface FastSiteEngine extends SiteEngine {
  /** Slot of a tag for the life of this engine, also across `setModel`; -1 when the model does not have it (ask again after `setModel`). */
  slot(device: string, tag: string): number;
  /** Readings that follow are caused by `run:seq:<row>`. */
  setCause(run: string, seq: number): void;
  /** Take a number (NaN: none). False: late (older than the tag's newest), or no such slot; nothing was evaluated. */
  readingAt(slot: number, timeUs: number, value: number, status: number, flags: number, row: number): boolean;
  /** Take a text (undefined: none) of a text tag; else as `readingAt`. */
  textAt(slot: number, timeUs: number, text: string | undefined, status: number, flags: number, row: number): boolean;
}
