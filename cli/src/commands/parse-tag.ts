import { parseTagPath, type TagPath } from '@kubeplant/words';
import { CommandError } from '../command-error.ts';

/** namespace/device/tag, or device/tag in the namespace default. */
export function parseTag(text: string): TagPath {
  const path = parseTagPath(text) ?? parseTagPath(`default/${text}`);
  if (path === undefined) throw new CommandError(`"${text}" is not a tag: give namespace/device/tag`, 2);
  return path;
}
