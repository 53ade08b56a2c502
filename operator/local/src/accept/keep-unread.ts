import { keyOf } from '../source/to-resources.ts';
import type { Accepted } from './types.ts';

/**
 * When a folder or a kustomization cannot be read, the files below it are not gone: what they last had stays in
 * force, but for what another file declares now.
 */
export function keepUnread(before: Accepted, now: Accepted): Accepted {
  const declared = new Set([...now.values()].flat().map(({ object }) => keyOf(object)));
  const unread = [...before].filter(([file]) => !now.has(file));
  const kept = unread.map(([file, resources]) => [file, resources.filter(({ object }) => !declared.has(keyOf(object)))] as const);
  return new Map([...now, ...kept]);
}
