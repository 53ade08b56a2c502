import { MALLOC_ENV } from '@kubeplant/kit';

/** What the `restricted` Pod Security Standard asks of a pod. */
export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: 65_532,
  runAsGroup: 65_532,
  fsGroup: 65_532,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** And of a container; nothing is written but to mounted volumes. */
export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
};

export const PROBE_PORT = 9464;

/** Probes of every process of ours. */
export const probes = {
  startupProbe: { httpGet: { path: '/livez', port: 'probes' }, periodSeconds: 2, failureThreshold: 30 },
  livenessProbe: { httpGet: { path: '/livez', port: 'probes' }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  readinessProbe: { httpGet: { path: '/readyz', port: 'probes' }, periodSeconds: 5, timeoutSeconds: 5 },
};

/** Variables of every process of ours. */
export const processEnv = Object.entries(MALLOC_ENV).map(([name, value]) => ({ name, value }));

/** What a process gets where its class does not say. No limit of processor time: throttling would look like a silent device. */
export const defaultResources = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } };
