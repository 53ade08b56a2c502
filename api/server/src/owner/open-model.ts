import { FORMAT_VERSION, type SiteModel } from '@kubeplant/crds/model';
import { gunzipSync } from 'node:zlib';
import type { SiteOwner } from './site-owner.ts';

/** Largest model, unpacked. */
const MAX_MODEL_BYTES = 256 << 20;

/** Unpack and check what the operator sent; its form is ours, so only version and outline are checked. Never throws. */
export function openModel(
  body: Uint8Array,
): { readonly kind: 'model'; readonly model: SiteModel } | { readonly kind: 'malformed'; readonly message: string } {
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(body, { maxOutputLength: MAX_MODEL_BYTES }).toString('utf8'));
  } catch (error) {
    return { kind: 'malformed', message: `not gzipped JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const reason = refuse(value);
  return reason === undefined ? { kind: 'model', model: value as SiteModel } : { kind: 'malformed', message: reason }; // outline checked
}

const TEXTS = ['cluster', 'namespace', 'tenant', 'site', 'revision', 'timezone'];
const LISTS = ['areas', 'simulations', 'devices', 'rules', 'shards', 'resources', 'findings'];

function refuse(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'not a JSON object';
  const model = value as Readonly<Record<string, unknown>>;
  if (model.formatVersion !== FORMAT_VERSION)
    return `formatVersion is ${String(model.formatVersion)}; this api reads ${FORMAT_VERSION}: run the same version of operator and api`;
  for (const name of TEXTS) if (typeof model[name] !== 'string' || model[name] === '') return `${name} is missing`;
  for (const name of LISTS) if (!Array.isArray(model[name])) return `${name} is not a list`;
  if (model.tenant !== `${String(model.cluster)}/${String(model.namespace)}`)
    return `tenant is ${String(model.tenant)}, not <cluster>/<namespace>`;
  return undefined;
}

/** Owners of the sites of a tenant. */
export const findSites = (owners: Iterable<SiteOwner>, tenant: string): SiteOwner[] =>
  [...owners].filter((owner) => owner.model().tenant === tenant);
