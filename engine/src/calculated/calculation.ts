import type { EffectiveTag } from '@kubeplant/crds/model';
import type { Cause } from '../site/cause.ts';

/** A calculated tag in force. */
export interface Calculation {
  readonly device: string;
  readonly tag: EffectiveTag;
  readonly slot: number;
  readonly simulated: boolean;
  /** Slots of its inputs; -1 for a tag that does not exist. */
  readonly inputs: readonly number[];
  /** Undefined where it can have no value; `blocked` says why. */
  readonly evaluate: ((get: (input: number) => number) => number) | undefined;
  /** Status of a tag that can have no value: out of service, or wrongly configured. */
  readonly blocked: number | undefined;
  /** An input changed since the last evaluation. */
  due: boolean;
  /** What changed it last. */
  readonly cause: Cause;
}
