import type { PlannedShard } from '@kubeplant/plan';
import { type EgressRule, egressFor, type FindService } from './egress.ts';
import { SHARD_LABEL, shardLabels } from './labels.ts';
import { PROBE_PORT } from './pod-security.ts';

/** What a policy is made with. */
export interface PolicyContext {
  readonly findService: FindService;
  /** `egressCIDRs` of the class: where devices addressed by name are. */
  readonly networks: readonly string[];
  readonly ingest: { readonly host: string; readonly port: number };
}

const DNS: EgressRule = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

/** Collectors reach their devices, DNS and the api; whoever probes reaches them. */
export function buildNetworkPolicy(shard: PlannedShard, context: PolicyContext) {
  const endpoints = shard.config.channels.flatMap(({ endpoint, standby }) => [endpoint, ...(standby === undefined ? [] : [standby])]);
  const devices = endpoints.map((endpoint) => egressFor(endpoint, context).rule);
  const api = egressFor(context.ingest, { ...context, networks: [] }).rule;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: shard.name, namespace: shard.namespace, labels: shardLabels(shard) },
    spec: {
      podSelector: { matchLabels: { [SHARD_LABEL]: shard.name } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: PROBE_PORT, protocol: 'TCP' }] }],
      egress: mergeRules([DNS, api, ...devices]),
    },
  } as const;
}

/** Devices whose endpoints are host names of unknown address: their port is open to every address. */
export function devicesOpenByPort(
  shard: PlannedShard,
  context: PolicyContext,
): { readonly device: string; readonly host: string; readonly port: number }[] {
  return shard.config.channels.flatMap((channel) => {
    if (egressFor(channel.endpoint, context).kind !== 'by-port') return [];
    return channel.devices.map((device) => ({ device: device.name, ...channel.endpoint }));
  });
}

/** One rule for each set of ports, its peers in order and each once; no peers: every address. */
function mergeRules(rules: readonly EgressRule[]): EgressRule[] {
  const byPorts = new Map<string, { ports: EgressRule['ports']; peers: Map<string, object>; open: boolean }>();
  for (const { to, ports } of rules) {
    const key = JSON.stringify(ports);
    const merged = byPorts.get(key) ?? { ports, peers: new Map(), open: false };
    byPorts.set(key, merged);
    if (to === undefined) merged.open = true;
    for (const peer of to ?? []) merged.peers.set(JSON.stringify(peer), peer);
  }
  return [...byPorts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, peers, open }]) =>
      open ? { ports } : { to: [...peers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer), ports },
    );
}
