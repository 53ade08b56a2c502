import { isApiError } from '../api/api-error.ts';
import { pathOf } from '../api/kube-object.ts';
import { CHILD_TYPES } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';
import { type FindService, type ServiceView, serviceOf } from './egress.ts';

/** How long a Service is remembered. */
const MEMORY_MS = 60_000;

/** Reads the Services that host names of the cluster stand for, by name. */
export function createServiceFinder(transport: Transport): (hosts: readonly string[]) => Promise<FindService> {
  const known = new Map<string, { readonly view: ServiceView | undefined; readonly atMs: number }>();
  const read = async (namespace: string, name: string): Promise<ServiceView | undefined> => {
    try {
      return toView(await transport.request('GET', pathOf(CHILD_TYPES.Service, { namespace, name })));
    } catch (error) {
      if (isApiError(error, 'NotFound')) return undefined;
      throw error;
    }
  };
  return async (hosts) => {
    for (const host of new Set(hosts)) {
      const service = serviceOf(host);
      if (service === undefined) continue;
      const key = `${service.namespace}/${service.name}`;
      const memory = known.get(key);
      if (memory !== undefined && performance.now() - memory.atMs < MEMORY_MS) continue;
      known.set(key, { view: await read(service.namespace, service.name), atMs: performance.now() });
    }
    return (namespace, name) => known.get(`${namespace}/${name}`)?.view;
  };
}

function toView(service: unknown): ServiceView | undefined {
  const { spec } = service as { readonly spec?: Partial<ServiceView> }; // the schema of a Service
  return spec?.selector === undefined || Object.keys(spec.selector).length === 0
    ? undefined
    : { selector: spec.selector, ports: spec.ports ?? [] };
}
