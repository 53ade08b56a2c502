import type { CollectorClass } from '@kubeplant/crds';
import { durationMs } from '@kubeplant/words';
import type { PlannedShard } from '@kubeplant/plan';
import { SLOTS, slotName } from './build-config-maps.ts';
import { credentialsName } from './build-credentials.ts';
import { collectorAccount } from './build-site-objects.ts';
import { extraLabels, SHARD_LABEL, shardLabels, SITE_LABEL } from './labels.ts';
import { containerSecurity, defaultResources, PROBE_PORT, podSecurity, probes, processEnv } from './pod-security.ts';

/** What all collectors of the cluster have in common. */
export interface CollectorSettings {
  readonly image: string;
  /** `host:port` of the api's ingest, as collectors reach it. */
  readonly ingestEndpoint: string;
  readonly logLevel: string;
}

/** Time beyond the drain for the process to end by itself. */
const GRACE_S = 15;
/** Where the collector keeps readings that are not committed. */
export const BUFFER_VOLUME = 'buffer';

/** The pods of a shard: one, or two of which one waits. Their template holds nothing of the configuration: an edit restarts nothing. */
export function buildStatefulSet(shard: PlannedShard, spec: CollectorClass['spec'] | undefined, settings: CollectorSettings) {
  const labels = shardLabels(shard);
  const warm = shard.config.highAvailability === 'Warm';
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: shard.name, namespace: shard.namespace, labels },
    spec: {
      replicas: warm ? 2 : 1,
      podManagementPolicy: 'Parallel',
      serviceName: shard.name,
      selector: { matchLabels: { 'kubeplant.io/site': shard.site, 'kubeplant.io/shard': shard.name } },
      updateStrategy: { type: 'RollingUpdate' },
      ...(spec?.buffer !== undefined && buildClaims(spec.buffer, labels)),
      template: {
        metadata: {
          labels: { ...extraLabels(spec), ...labels },
          ...(spec?.podAnnotations !== undefined && { annotations: { ...spec.podAnnotations } }),
        },
        spec: {
          serviceAccountName: collectorAccount(shard.site),
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: Math.ceil(durationMs(shard.config.drainTimeout) / 1000) + GRACE_S,
          securityContext: podSecurity,
          ...(spec?.imagePullSecrets !== undefined && { imagePullSecrets: spec.imagePullSecrets }),
          ...(spec?.nodeSelector !== undefined && { nodeSelector: spec.nodeSelector }),
          ...(spec?.tolerations !== undefined && { tolerations: spec.tolerations }),
          ...(warm && { affinity: buildApart(labels) }),
          containers: [buildContainer(spec, settings)],
          volumes: buildVolumes(shard.name, spec?.buffer === undefined),
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
      { name: 'KUBEPLANT_BUFFER_DIR', value: '/var/lib/kubeplant/buffer' },
      { name: 'KUBEPLANT_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'KUBEPLANT_PROBE_HOST', value: '0.0.0.0' },
      { name: 'KUBEPLANT_PROBE_PORT', value: String(PROBE_PORT) },
      { name: 'KUBEPLANT_LOG_LEVEL', value: settings.logLevel },
      ...processEnv,
    ],
    ports: [{ name: 'probes', containerPort: PROBE_PORT, protocol: 'TCP' }],
    ...probes,
    resources: spec?.resources ?? defaultResources,
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'config', mountPath: '/etc/kubeplant/config', readOnly: true },
      { name: 'credentials', mountPath: '/etc/kubeplant/credentials', readOnly: true },
      { name: BUFFER_VOLUME, mountPath: '/var/lib/kubeplant' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

/** A volume for each pod. It outlives the StatefulSet: it is deleted when all that is on it is committed. */
function buildClaims({ size, storageClassName }: NonNullable<NonNullable<CollectorClass['spec']>['buffer']>, labels: object) {
  return {
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: BUFFER_VOLUME, labels },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: size } },
          ...(storageClassName !== undefined && { storageClassName }),
        },
      },
    ],
  };
}

/** The two collectors of a shard on two nodes, where there are two. */
function buildApart(labels: Readonly<Record<string, string>>) {
  const matchLabels = { [SITE_LABEL]: labels[SITE_LABEL], [SHARD_LABEL]: labels[SHARD_LABEL] };
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
}

/** A fixed number of slots, so that a growing configuration changes no pod. */
function buildVolumes(shard: string, ephemeral: boolean) {
  const slots = Array.from({ length: SLOTS }, (_, slot) => ({ configMap: { name: slotName(shard, slot), optional: true } }));
  return [
    { name: 'config', projected: { sources: slots } },
    { name: 'credentials', secret: { secretName: credentialsName(shard) } },
    ...(ephemeral ? [{ name: BUFFER_VOLUME, emptyDir: {} }] : []),
    { name: 'tmp', emptyDir: {} },
  ];
}
