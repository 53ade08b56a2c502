/** Id of something with a namespace, in addresses of the console: `namespace~name` (neither may hold a `~`). */
export const toId = (row: { readonly namespace: string; readonly name: string }): string => `${row.namespace}~${row.name}`;

/** Namespace and name of an id; undefined when it is not one. */
export function fromId(id: string): { namespace: string; name: string } | undefined {
  const [namespace, name, ...rest] = id.split('~');
  return namespace === undefined || name === undefined || namespace === '' || name === '' || rest.length > 0
    ? undefined
    : { namespace, name };
}

/** Address of a device's page. */
export const devicePath = (namespace: string, device: string): string => `/devices/${toId({ namespace, name: device })}/show`;
