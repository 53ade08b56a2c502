import type { Tag, TagDefaults } from '@kubeplant/crds';

/** The places a field of a tag may come from, most specific first. */
export interface TagLayers {
  readonly own: Tag | undefined;
  readonly ownDefaults: TagDefaults | undefined;
  readonly profile: Tag | undefined;
  readonly profileDefaults: TagDefaults | undefined;
}

/** A tag after the cascade, before built-in defaults. */
export type MergedTag = Omit<Tag, 'modbus'> & { readonly modbus?: Tag['modbus'] & TagDefaults['modbus'] };

/** Field by field: Device tag, Device.defaults, profile tag, profile.defaults; `modbus` key by key, other blocks whole. */
export function mergeLayers({ own, ownDefaults, profile, profileDefaults }: TagLayers): MergedTag {
  const merged: Record<string, unknown> = {};
  let modbus: Record<string, unknown> | undefined;
  for (const layer of [profileDefaults, profile, ownDefaults, own]) {
    if (layer === undefined) continue;
    Object.assign(merged, layer);
    if (layer.modbus !== undefined) modbus = { ...modbus, ...layer.modbus };
  }
  if (modbus !== undefined) merged.modbus = modbus;
  return merged as MergedTag; // made of the same fields, each from a layer of that type
}

/** Names of all tags of a device, in order, each once. */
export function tagNames(own: Readonly<Record<string, unknown>>, inherited: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(inherited), ...Object.keys(own)])].sort();
}
