import { createHash } from 'node:crypto';
import type { SimulatorConfig } from '@kubeplant/crds/model';
import { collectorAccount } from './build-site-objects.ts';
import { NAME_LABEL, SIMULATION_LABEL, SITE_LABEL, siteLabels } from './labels.ts';
import { containerSecurity, defaultResources, PROBE_PORT, podSecurity, probes, processEnv } from './pod-security.ts';

/** Most bytes of a simulator's configuration, which is one ConfigMap. */
const MAX_BYTES = 1_000_000;

/** Name of all objects of a Simulation: short enough for a Service, whatever the Simulation is called. */
export const simulatorName = ({ site, simulation }: Pick<SimulatorConfig, 'site' | 'simulation'>): string =>
  `${site}-simulator-${createHash('sha256').update(simulation).digest('hex').slice(0, 6)}`;

/** The DNS name collectors of the cluster dial. */
export const simulatorHost = (config: Pick<SimulatorConfig, 'site' | 'simulation' | 'namespace'>): string =>
  `${simulatorName(config)}.${config.namespace}.svc`;

/** Objects of one simulator: ConfigMap, Service, NetworkPolicy, Deployment. */
export function buildSimulator(config: SimulatorConfig, { image, logLevel }: { readonly image: string; readonly logLevel: string }) {
  const content = JSON.stringify(config);
  if (Buffer.byteLength(content) > MAX_BYTES) return { kind: 'too-large', bytes: Buffer.byteLength(content) } as const;
  const labels = {
    ...siteLabels(config.site),
    [NAME_LABEL]: 'simulator',
    'app.kubernetes.io/instance': simulatorName(config),
    [SIMULATION_LABEL]: shortLabel(config.simulation),
  };
  const metadata = { name: simulatorName(config), namespace: config.namespace, labels };
  const selector = { [SITE_LABEL]: config.site, 'app.kubernetes.io/instance': simulatorName(config) };
  const ports = config.listeners.map(({ port }) => port);
  return {
    kind: 'objects',
    objects: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'config.json': content } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { type: 'ClusterIP', selector, ports: ports.map((port) => ({ name: `p${port}`, port, targetPort: port, protocol: 'TCP' })) },
      },
      buildPolicy({ metadata, selector, site: config.site, ports }),
      buildDeployment({ metadata, selector, labels, image, logLevel, account: collectorAccount(config.site) }),
    ],
  } as const;
}

/** A label's value has at most 63 characters, as has the name of a Simulation. */
const shortLabel = (name: string): string => name.slice(0, 63);

interface PolicyInput {
  readonly metadata: object;
  readonly selector: object;
  readonly site: string;
  readonly ports: readonly number[];
}

/** Reached by the collectors of its site, and by whoever probes it; reaches nobody. */
function buildPolicy({ metadata, selector, site, ports }: PolicyInput) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { [SITE_LABEL]: site, [NAME_LABEL]: 'collector' } } }],
          ports: ports.map((port) => ({ port, protocol: 'TCP' })),
        },
        { ports: [{ port: PROBE_PORT, protocol: 'TCP' }] },
      ],
    },
  };
}

interface DeploymentInput {
  readonly metadata: object;
  readonly selector: object;
  readonly labels: object;
  readonly image: string;
  readonly logLevel: string;
  readonly account: string;
}

function buildDeployment({ metadata, selector, labels, image, logLevel, account }: DeploymentInput) {
  const name = (metadata as { readonly name: string }).name; // made above
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selector },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity,
          containers: [
            {
              name: 'simulator',
              image,
              env: [
                { name: 'KUBEPLANT_SIMULATOR_CONFIG', value: '/etc/kubeplant/simulator/config.json' },
                { name: 'KUBEPLANT_SIMULATOR_HOST', value: '0.0.0.0' },
                { name: 'KUBEPLANT_PROBE_HOST', value: '0.0.0.0' },
                { name: 'KUBEPLANT_PROBE_PORT', value: String(PROBE_PORT) },
                { name: 'KUBEPLANT_LOG_LEVEL', value: logLevel },
                ...processEnv,
              ],
              ports: [{ name: 'probes', containerPort: PROBE_PORT, protocol: 'TCP' }],
              ...probes,
              resources: defaultResources,
              securityContext: containerSecurity,
              volumeMounts: [{ name: 'config', mountPath: '/etc/kubeplant/simulator', readOnly: true }],
            },
          ],
          volumes: [{ name: 'config', configMap: { name } }],
        },
      },
    },
  };
}
