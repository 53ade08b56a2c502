import type { CollectorClass } from '@kubeplant/crds';
import type { PlannedShard } from '@kubeplant/plan';
import { SLOTS, slotName } from './build-config-maps.ts';
import { credentialsName } from './build-credentials.ts';
import { collectorAccount } from './build-site-objects.ts';
import { extraLabels, shardLabels } from './labels.ts';
import { containerSecurity, defaultResources, PROBE_PORT, podSecurity, probes } from './pod-security.ts';

/** What all collectors of the cluster have in common. */
export interface CollectorSettings {
  readonly image: string;
  /** `host:port` of the api's ingest, as collectors reach it. */
  readonly ingestEndpoint: string;
  readonly drainTimeout: string;
  readonly logLevel: string;
}

/** Time beyond the drain for the process to end by itself. */
const GRACE_S = 15;
const DRAIN_S = 60;

/** The pod of a shard. Its template holds nothing of the configuration: an edit restarts nothing. */
export function buildStatefulSet(shard: PlannedShard, spec: CollectorClass['spec'] | undefined, settings: CollectorSettings) {
  const labels = shardLabels(shard);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: shard.name, namespace: shard.namespace, labels },
    spec: {
      replicas: 1,
      serviceName: shard.name,
      selector: { matchLabels: { 'kubeplant.io/site': shard.site, 'kubeplant.io/shard': shard.name } },
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        metadata: {
          labels: { ...extraLabels(spec), ...labels },
          ...(spec?.podAnnotations !== undefined && { annotations: { ...spec.podAnnotations } }),
        },
        spec: {
          serviceAccountName: collectorAccount(shard.site),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: DRAIN_S + GRACE_S,
          securityContext: podSecurity,
          ...(spec?.imagePullSecrets !== undefined && { imagePullSecrets: spec.imagePullSecrets }),
          ...(spec?.nodeSelector !== undefined && { nodeSelector: spec.nodeSelector }),
          ...(spec?.tolerations !== undefined && { tolerations: spec.tolerations }),
          containers: [buildContainer(spec, settings)],
          volumes: buildVolumes(shard.name),
        },
      },
    },
  } as const;
}

function buildContainer(spec: CollectorClass['spec'] | undefined, settings: CollectorSettings) {
  return {
    name: 'collector',
    image: spec?.image ?? settings.image,
    env: [
      { name: 'KUBEPLANT_CONFIG_DIR', value: '/etc/kubeplant/config' },
      { name: 'KUBEPLANT_INGEST_ENDPOINT', value: settings.ingestEndpoint },
      { name: 'KUBEPLANT_TOKEN_FILE', value: '/etc/kubeplant/credentials/token' },
      { name: 'KUBEPLANT_CA_FILE', value: '/etc/kubeplant/credentials/ca.crt' },
      { name: 'KUBEPLANT_DRAIN_TIMEOUT', value: settings.drainTimeout },
      { name: 'KUBEPLANT_PROBE_HOST', value: '0.0.0.0' },
      { name: 'KUBEPLANT_PROBE_PORT', value: String(PROBE_PORT) },
      { name: 'KUBEPLANT_LOG_LEVEL', value: settings.logLevel },
    ],
    ports: [{ name: 'probes', containerPort: PROBE_PORT, protocol: 'TCP' }],
    ...probes,
    resources: spec?.resources ?? defaultResources,
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: '/etc/kubeplant/config', readOnly: true },
      { name: 'credentials', mountPath: '/etc/kubeplant/credentials', readOnly: true },
      { name: 'buffer', mountPath: '/var/lib/kubeplant' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** A fixed number of slots, so that a growing configuration changes no pod. */
function buildVolumes(shard: string) {
  const slots = Array.from({ length: SLOTS }, (_, slot) => ({ configMap: { name: slotName(shard, slot), optional: true } }));
  return [
    { name: 'config', projected: { sources: slots } },
    { name: 'credentials', secret: { secretName: credentialsName(shard) } },
    { name: 'buffer', emptyDir: {} },
    { name: 'tmp', emptyDir: {} },
  ];
}
