import type { LimitName, Priority } from '@kubeplant/words';
import type { AlarmState } from '../types.ts';

/** When an alarm's condition holds. */
export type AlarmTest =
  | { readonly kind: 'Limit'; readonly high: boolean; readonly raiseAt: number; readonly clearAt: number; readonly raisesOnBad: boolean }
  | { readonly kind: 'Discrete'; readonly alarms: (value: number, text: string | undefined) => boolean; readonly raisesOnBad: boolean }
  | { readonly kind: 'Stale'; readonly afterUs: number }
  | { readonly kind: 'Quality' }
  | { readonly kind: 'Communication' };

/** What the model says of an alarm. */
export interface AlarmDefinition {
  readonly id: string;
  readonly ruleUid: string;
  readonly rule: string;
  readonly device: string;
  readonly tag: string;
  readonly limit: LimitName;
  readonly priority: Priority;
  readonly onDelayUs: number;
  readonly offDelayUs: number;
  readonly acknowledge: 'Required' | 'NotRequired';
  readonly message: string;
  readonly unit: string;
  readonly limitText: string;
  readonly states: Readonly<Record<string, string>>;
  readonly simulated: boolean;
  readonly test: AlarmTest;
  /** Exclusive limits: while this one is active, ours is not. */
  readonly outer?: LimitName | undefined;
}

/** An alarm in force. */
export interface Alarm {
  definition: AlarmDefinition;
  state: AlarmState;
  /** Where its tag is in `Points`; -1 for the communication alarm. */
  readonly slot: number;
  outer: Alarm | undefined;
  inner: Alarm | undefined;
}

/** State of an alarm that has never come. */
export function pristineState(definition: AlarmDefinition): AlarmState {
  const { id, ruleUid, rule, device, tag, limit, priority, simulated } = definition;
  return {
    ...{ id, ruleUid, rule, device, tag, limit, priority, simulated },
    ...{ active: false, acknowledged: true, suppressed: false, occurrence: '', version: 0, message: '' },
  };
}

/** Delay that runs now, or would run next: off-delay when active. */
export const delayUs = ({ definition, state }: Alarm): number => (state.active ? definition.offDelayUs : definition.onDelayUs);

/** A limit held back because the one further out is active. */
export const isInhibited = (alarm: Alarm): boolean => alarm.outer?.state.active === true;
