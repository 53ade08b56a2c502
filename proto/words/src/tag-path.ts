/** Where a tag is: `namespace/device/tag`, the key users, URLs and subscriptions use. */
export interface TagPath {
  readonly namespace: string;
  readonly device: string;
  readonly tag: string;
}

/** Pattern of a tag name (without anchors): letters, digits, `_ . + = : -`, at most 128 characters. */
export const TAG_NAME_PATTERN = '[A-Za-z0-9_][A-Za-z0-9_.+=:-]{0,127}';

const tagName = new RegExp(`^${TAG_NAME_PATTERN}$`);
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** True when `name` may be the name of a tag. */
export const isTagName = (name: string): boolean => tagName.test(name);

/** True when `name` is an RFC 1123 DNS label. */
export const isDnsLabel = (name: string): boolean => dnsLabel.test(name);

/** `namespace/device/tag` of a path. */
export const formatTagPath = (path: TagPath): string => `${path.namespace}/${path.device}/${path.tag}`;

/** Parse `namespace/device/tag`; undefined when it is not one. */
export function parseTagPath(text: string): TagPath | undefined {
  const [namespace, device, tag, ...rest] = text.split('/');
  if (namespace === undefined || device === undefined || tag === undefined || rest.length > 0) return undefined;
  if (!isDnsLabel(namespace) || !isDnsLabel(device) || !isTagName(tag)) return undefined;
  return { namespace, device, tag };
}
