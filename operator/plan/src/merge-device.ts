import type { Device, DeviceProfile } from '@kubeplant/crds';
import type { EffectiveDevice, EffectiveTag, Finding } from '@kubeplant/crds/model';
import { compareText, hashText } from './canonical-json.ts';
import { dropCaseTwins } from './case-twins.ts';
import { defined } from './defined.ts';
import { effectiveConnection } from './effective-connection.ts';
import { effectiveTag } from './effective-tag.ts';
import { findingsOf } from './findings.ts';
import { mergeLayers, tagNames } from './layers.ts';
import { resolveParameters } from './parameters.ts';
import { refOf } from './resource-ref.ts';

/** A device after the merge with its profile, and what there is to say about it. */
export interface MergedDevice {
  /** Undefined: the device cannot be applied at all (a parameter is missing). */
  readonly effective: EffectiveDevice | undefined;
  readonly findings: readonly Finding[];
}

/** Device tag → Device.defaults → profile tag → profile.defaults → built-in. Pure in its two arguments. */
export function mergeDevice(device: Device, profile: DeviceProfile | undefined): MergedDevice {
  const findings: Finding[] = [];
  const sink = findingsOf(refOf(device), findings);
  const parameters = resolveParameters(profile, device.spec.profileRef?.parameters ?? {}, sink);
  if (!parameters.complete) return { effective: undefined, findings };
  // Read once: a host may keep tags packed and unpack them at each access.
  const own = device.spec.tags ?? {};
  const inherited = profile?.spec.tags ?? {};
  const protocol = device.spec.connection.protocol;
  const tags: EffectiveTag[] = [];
  for (const name of dropCaseTwins(tagNames(own, inherited), own, sink)) {
    const layers = {
      own: own[name],
      ownDefaults: device.spec.defaults,
      profile: inherited[name],
      profileDefaults: profile?.spec.defaults,
    };
    const tag = effectiveTag(name, mergeLayers(layers), protocol, { field: `spec.tags.${name}`, parameters, findings: sink });
    if (tag !== undefined) tags.push(tag);
  }
  return { effective: withRevision(describe(device, tags)), findings };
}

function describe(device: Device, tags: readonly EffectiveTag[]): Omit<EffectiveDevice, 'revision'> {
  const { metadata, spec } = device;
  const calculated = spec.connection.protocol === 'Calculated';
  const labels = Object.entries(metadata.labels ?? {}).sort(([a], [b]) => compareText(a, b));
  return defined({
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    uid: metadata.uid ?? '',
    labels: Object.fromEntries(labels),
    area: spec.area,
    displayName: spec.displayName,
    designation: spec.designation,
    mode: spec.mode ?? 'Active',
    protocol: spec.connection.protocol,
    modbusTcp: effectiveConnection(device),
    communicationAlarm: {
      priority: calculated ? 'None' : (spec.communicationAlarm?.priority ?? 'High'),
      onDelay: spec.communicationAlarm?.onDelay ?? '30s',
    },
    simulated: false,
    tags,
  });
}

/** The same device with the revision of what it says now. Its keys are built in a fixed order: the JSON is canonical. */
export function withRevision(device: Omit<EffectiveDevice, 'revision'>): EffectiveDevice {
  const { namespace, name, uid, ...content } = device;
  return { namespace, name, uid, revision: hashText(JSON.stringify({ namespace, name, ...content })), ...content };
}

/** The device as a Simulation has it. */
export function asSimulated(device: EffectiveDevice): EffectiveDevice {
  const { revision: _, ...rest } = device;
  return withRevision({ ...rest, simulated: true });
}
