import { byteSize, duration, LABEL_KEY_PATTERN, labels, nameRef, resourceName } from './fields.ts';
import type { StructuralSchema } from './structural.ts';

const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
/** A pattern: beside `format: cidr` the API server would take a list for the text. */
const CIDR_PATTERN = `^(${BYTE}(\\.${BYTE}){3}/(3[0-2]|[12]?[0-9])|([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`;

const quantity = (description: string) =>
  ({
    description,
    'x-kubernetes-int-or-string': true,
    maxLength: 32,
    pattern: '^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$',
    'x-kubeplant-pattern': 'a quantity such as 100m, 1 or 64Mi',
  }) as const satisfies StructuralSchema;

const resourceList = (description: string) =>
  ({
    type: 'object',
    description,
    properties: { cpu: quantity('Processor time, in cores: 100m or 1.'), memory: quantity('Memory: 64Mi.') },
  }) as const satisfies StructuralSchema;

const toleration = {
  type: 'object',
  description: 'A toleration, as in pods.',
  properties: {
    key: {
      type: 'string',
      description: 'Key of the taint; absent with operator Exists matches all.',
      maxLength: 317,
      pattern: LABEL_KEY_PATTERN,
    },
    operator: { type: 'string', description: 'Equal: the value too must be equal. Exists: any value.', enum: ['Equal', 'Exists'] },
    value: { type: 'string', description: 'Value of the taint.', maxLength: 63 },
    effect: {
      type: 'string',
      description: 'Effect of the taint; absent matches all.',
      enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
    },
    tolerationSeconds: {
      type: 'integer',
      format: 'int64',
      description: 'How long a NoExecute taint is tolerated; absent: for ever.',
      minimum: 0,
      maximum: 2147483647,
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.value) || !has(self.operator) || self.operator == 'Equal'",
      message: 'value goes with operator Equal only',
      fieldPath: '.value',
    },
    {
      rule: "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
      message: 'a toleration without key needs operator Exists',
      fieldPath: '.key',
    },
    {
      rule: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
      message: 'tolerationSeconds goes with effect NoExecute only',
      fieldPath: '.tolerationSeconds',
    },
  ],
} as const satisfies StructuralSchema;

const networkPolicy = {
  type: 'object',
  description: 'NetworkPolicy of the collectors.',
  'x-kubeplant-host': 'Kubernetes',
  properties: {
    mode: {
      type: 'string',
      description:
        'Generated: a policy that lets collectors reach their devices, DNS and the api, and nothing else. None: no policy is made.',
      enum: ['Generated', 'None'],
      'x-kubeplant-default': 'Generated',
    },
    egressCIDRs: {
      type: 'array',
      description: 'Networks in which devices addressed by host name are; without them such a device opens its port to every address.',
      maxItems: 64,
      'x-kubernetes-list-type': 'set',
      items: {
        type: 'string',
        description: 'A network, such as 10.20.0.0/16.',
        maxLength: 49,
        pattern: CIDR_PATTERN,
        'x-kubeplant-pattern': 'a network with prefix length, such as 10.20.0.0/16',
      },
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.egressCIDRs) || !has(self.mode) || self.mode == 'Generated'",
      message: 'egressCIDRs go with mode Generated only',
      fieldPath: '.egressCIDRs',
    },
  ],
} as const satisfies StructuralSchema;

/** `CollectorClass.spec`. */
export const collectorClassSpec = {
  type: 'object',
  description: 'How collectors of this class run.',
  properties: {
    protocols: {
      type: 'array',
      description: 'Protocols this class is for; absent: all. A Device with another protocol is not applied.',
      minItems: 1,
      maxItems: 8,
      'x-kubernetes-list-type': 'set',
      items: { type: 'string', description: 'A protocol.', enum: ['ModbusTcp'] },
    },
    image: {
      type: 'string',
      description: 'Image of the collector; absent: that of this release.',
      minLength: 1,
      maxLength: 512,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
      'x-kubeplant-host': 'Kubernetes',
    },
    imagePullSecrets: {
      type: 'array',
      description: 'Secrets, in the namespace of the Site, with which the image is pulled.',
      maxItems: 8,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: nameRef('A Secret.', 'Name of the Secret.'),
      'x-kubeplant-host': 'Kubernetes',
    },
    maxDevicesPerCollector: {
      type: 'integer',
      format: 'int32',
      description: 'Most Devices one collector holds.',
      minimum: 1,
      maximum: 5000,
      'x-kubeplant-default': '200',
    },
    maxTagsPerCollector: {
      type: 'integer',
      format: 'int32',
      description: 'Most tags one collector holds.',
      minimum: 1,
      maximum: 200000,
      'x-kubeplant-default': '20000',
    },
    resources: {
      type: 'object',
      description: 'Resources of the collector’s container.',
      properties: { requests: resourceList('What is reserved.'), limits: resourceList('What may be used at most.') },
      'x-kubeplant-host': 'Kubernetes',
    },
    nodeSelector: { ...labels('Labels a node must carry.', 32), 'x-kubeplant-host': 'Kubernetes' },
    tolerations: {
      type: 'array',
      description: 'Taints of nodes that are tolerated.',
      maxItems: 32,
      items: toleration,
      'x-kubernetes-list-type': 'atomic',
      'x-kubeplant-host': 'Kubernetes',
    },
    podLabels: {
      ...labels('More labels for the pods. Keys of kubeplant.io and app.kubernetes.io stay ours.', 32),
      'x-kubeplant-host': 'Kubernetes',
    },
    podAnnotations: {
      type: 'object',
      description: 'More annotations for the pods.',
      maxProperties: 32,
      additionalProperties: { type: 'string', description: 'Value of the annotation.', maxLength: 4096 },
      'x-kubernetes-map-type': 'atomic',
      'x-kubernetes-validations': [
        {
          rule: `self.all(key, key.matches('${LABEL_KEY_PATTERN}') && size(key) <= 317)`,
          message: 'every key must be an annotation key: an optional DNS prefix with "/", then at most 63 letters, digits, "-", "_" or "."',
        },
      ],
      'x-kubeplant-host': 'Kubernetes',
    },
    networkPolicy,
    highAvailability: {
      type: 'object',
      description: 'Whether a second collector stands by.',
      'x-kubeplant-host': 'Kubernetes',
      properties: {
        mode: {
          type: 'string',
          description:
            'Off: one collector; when it is lost, another is started. Warm: a second one waits with the configuration loaded and no connection to the field, and takes over at once when the first ends, after 5 s when it falls silent.',
          enum: ['Off', 'Warm'],
          'x-kubeplant-default': 'Off',
        },
      },
    },
    onIsolation: {
      type: 'string',
      description:
        'What a collector does that does not reach the api. KeepPolling: it goes on and keeps the readings on its disk; with a standby that has taken over, both poll for a while. StopPolling: it closes its connections to the field after 4 s, so that two never poll one device; the readings of that time are missing.',
      enum: ['KeepPolling', 'StopPolling'],
      'x-kubeplant-default': 'KeepPolling',
    },
    buffer: {
      type: 'object',
      description: 'Volume on which a collector keeps readings until they are committed. Without it they do not outlive the pod.',
      'x-kubeplant-host': 'Kubernetes',
      required: ['size'],
      properties: {
        size: byteSize('Size of the volume; it should be larger than buffering.maxSize of the Sites.'),
        storageClassName: resourceName('StorageClass of the volume; the default one of the cluster if absent.', 253),
      },
    },
    drainTimeout: duration('How long a collector that stops waits for its readings to be committed.', { max: '10m', builtIn: '60s' }),
  },
} as const satisfies StructuralSchema;
