import type { EffectiveTag } from '@kubeplant/crds/model';
import { Flag } from '@kubeplant/words';
import type { Converted, Converter } from '../convert/converted.ts';
import { deadbandWidth } from './should-report.ts';

/** A tag at run time. */
export interface TagState {
  readonly tag: EffectiveTag;
  readonly convert: Converter;
  /** Deadband in engineering units. */
  readonly width: number;
  /** Number in the run's dictionary. */
  readonly id: number;
  readonly text: boolean;
  /** What was sent last. */
  last: Converted | undefined;
  /** Flags of the next reading that is sent, and of no other. */
  onceFlags: number;
  /** Why the device refuses it. */
  rejected: string | undefined;
}

/** Whether readings of a tag are texts. */
export const isText = (tag: EffectiveTag): boolean => tag.dataType === 'String' || tag.kind === 'Text';

/** A tag from which nothing was sent yet. `before`: the same tag under the configuration before this one. */
export function createTagState(tag: EffectiveTag, id: number, convert: Converter, before: EffectiveTag | undefined): TagState {
  const changed = before !== undefined && meaningOf(before) !== meaningOf(tag);
  return {
    tag,
    convert,
    width: deadbandWidth(tag),
    id,
    text: isText(tag),
    last: undefined,
    onceFlags: changed ? Flag.SemanticsChanged : 0,
    rejected: undefined,
  };
}

const meaningOf = ({ kind, dataType, unit, states }: EffectiveTag): string => JSON.stringify([kind, dataType, unit, states]);
