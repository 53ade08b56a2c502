import { defineConfig, filePath, flag, port, secretFile, text } from '@kubeplant/kit';

/** Variables of the operator on Kubernetes. */
export const operatorConfig = defineConfig({
  cluster: text({ env: 'KUBEPLANT_CLUSTER', description: 'Name of this cluster: the first part of every tenant.', default: 'kubernetes' }),
  kubeconfig: filePath({
    env: 'KUBECONFIG',
    description: 'kubeconfig file; unset: the ServiceAccount of the pod. --kubeconfig goes before it.',
    optional: true,
  }),
  serviceAccountDir: text({
    env: 'KUBEPLANT_SERVICE_ACCOUNT_DIR',
    description: 'Folder with token, ca.crt and namespace of the pod’s ServiceAccount.',
    default: '/var/run/secrets/kubernetes.io/serviceaccount',
  }),
  namespace: text({
    env: 'KUBEPLANT_NAMESPACE',
    description: 'Namespace of the operator’s own Lease and Secrets; unset: that of its credentials.',
    optional: true,
  }),
  watchNamespace: text({ env: 'KUBEPLANT_WATCH_NAMESPACE', description: 'The only namespace to look after; unset: all.', optional: true }),
  replica: text({ env: 'KUBEPLANT_REPLICA', description: 'Name of this replica in the Lease; unset: the host name.', optional: true }),
  leaderElection: flag({
    env: 'KUBEPLANT_LEADER_ELECTION',
    description: 'Whether a Lease decides which of several replicas works.',
    default: true,
  }),
  modelEndpoint: text({
    env: 'KUBEPLANT_MODEL_ENDPOINT',
    description: 'host:port of the api’s Model service; unset: no api, and ModelPublished is False.',
    optional: true,
  }),
  certFile: filePath({
    env: 'KUBEPLANT_TLS_CERT_FILE',
    description: 'Client certificate with the URI SAN kubeplant:operator, PEM, changes are followed; unset: issued by the operator’s CA.',
    optional: true,
  }),
  keyFile: filePath({ env: 'KUBEPLANT_TLS_KEY_FILE', description: 'Its key, PEM.', optional: true }),
  caPem: secretFile({
    env: 'KUBEPLANT_CA_FILE',
    description: 'CA of the api, PEM; unset: the operator’s own, kept in the Secret kubeplant-ca.',
    optional: true,
  }),
  rootKey: secretFile({
    env: 'KUBEPLANT_ROOT_KEY_FILE',
    description: 'Key the tokens of collectors are made from; unset: the Secret kubeplant-root-key.',
    optional: true,
  }),
  ingestEndpoint: text({
    env: 'KUBEPLANT_INGEST_ENDPOINT',
    description: 'host:port of the api’s Ingest, as collectors reach it.',
    default: 'kubeplant-api.kubeplant.svc:8443',
  }),
  collectorImage: text({
    env: 'KUBEPLANT_COLLECTOR_IMAGE',
    description: 'Image of collectors whose class names none.',
    default: 'kubeplant/collector-modbus:0.1.0',
  }),
  simulatorImage: text({ env: 'KUBEPLANT_SIMULATOR_IMAGE', description: 'Image of simulators.', default: 'kubeplant/simulator:0.1.0' }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address of probes and metrics.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics; 0 is any free one.', default: 9464 }),
  logLevel: text({
    env: 'KUBEPLANT_LOG_LEVEL',
    description: 'Least level that is logged.',
    default: 'info',
    oneOf: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
});
