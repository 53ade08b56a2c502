import type { Tag } from '@kubeplant/api-client';
import { formatValue, unitOf } from '../format/value.ts';
import { useIsOld, useTag } from '../live/use-live.ts';
import { QualityMark } from '../ui/QualityMark.tsx';
import { TagAge } from './TagAge.tsx';

interface Props {
  readonly tag: Tag;
}

/** The live value of a tag; grey while it may be old. */
export function LiveValue({ tag, unit = false }: Props & { readonly unit?: boolean }) {
  const live = useTag(tag.path);
  const old = useIsOld();
  const value = live === undefined ? tag.value : live.value;
  return (
    <b data-tag={tag.path} style={{ opacity: old ? 0.5 : 1, whiteSpace: 'nowrap' }}>
      {formatValue(value, tag)}
      {unit && ` ${unitOf(value, tag)}`}
    </b>
  );
}

export function LiveQuality({ tag }: Props) {
  return <QualityMark status={useTag(tag.path)?.status ?? tag.status} />;
}

export function LiveTime({ tag }: Props) {
  const live = useTag(tag.path);
  return <TagAge timeMs={live?.timeMs ?? (tag.time === undefined ? undefined : Date.parse(tag.time))} place={tag} />;
}
