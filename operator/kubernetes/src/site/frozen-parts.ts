import { gunzipSync, gzipSync } from 'node:zlib';
import type { SimulatorConfig, SiteModel } from '@kubeplant/crds/model';
import type { PlanResources } from '@kubeplant/plan';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, pathOf, splitKey } from '../api/kube-object.ts';
import { CHILD_TYPES } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';
import { siteLabels } from './labels.ts';

/** What of a plan cannot be read back from the shards: rules, calculated Devices, simulators. */
export interface FrozenParts {
  readonly model: SiteModel;
  readonly simulators: readonly SimulatorConfig[];
}

const FILE = 'frozen.json.gz';
const frozenName = (site: string): string => `${site}-frozen`;

/**
 * The ConfigMap that keeps the form of what is suspended, so that a restart of the operator does not lose it; undefined
 * when nothing is. A suspended site keeps all of it.
 */
export function buildFrozen({ sites, devices, rules, simulations }: PlanResources, parts: FrozenParts | undefined): KubeObject | undefined {
  const whole = sites.some(({ spec }) => spec.suspend === true);
  const keeps = (members: readonly { readonly metadata: { readonly name: string }; readonly spec: { readonly suspend?: boolean } }[]) => {
    const names = new Set(members.filter(({ spec }) => spec.suspend === true).map(({ metadata }) => metadata.name));
    return (name: string): boolean => whole || names.has(name);
  };
  if (parts === undefined) return undefined;
  const { model, simulators } = parts;
  const [isDevice, isRule, isSimulation] = [keeps(devices), keeps(rules), keeps(simulations)];
  const kept: FrozenParts = {
    model: {
      ...model,
      findings: [],
      shards: [],
      devices: model.devices.filter(({ name }) => isDevice(name)),
      rules: model.rules.filter(({ name }) => isRule(name)),
    },
    simulators: simulators.filter(({ simulation }) => isSimulation(simulation)),
  };
  if (!whole && kept.model.devices.length + kept.model.rules.length + kept.simulators.length === 0) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: frozenName(model.site), namespace: model.namespace, labels: siteLabels(model.site) },
    binaryData: { [FILE]: gzipSync(JSON.stringify(kept)).toString('base64') },
  };
}

/** Read it back after a restart; undefined when there is none, or none this version understands. */
export async function readFrozen(transport: Transport, siteKey: string): Promise<FrozenParts | undefined> {
  const { namespace, name } = splitKey(siteKey);
  try {
    const map = (await transport.request('GET', pathOf(CHILD_TYPES.ConfigMap, { namespace, name: frozenName(name) }))) as KubeObject;
    const { [FILE]: content } = (map.binaryData ?? {}) as Readonly<Record<string, string>>; // the type of ConfigMap data
    return content === undefined ? undefined : (JSON.parse(gunzipSync(Buffer.from(content, 'base64')).toString()) as FrozenParts); // written by buildFrozen
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}
