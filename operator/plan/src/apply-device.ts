import type { Device, DeviceProfile } from '@kubeplant/crds';
import type { EffectiveDevice, Finding } from '@kubeplant/crds/model';
import { type ClassLimits, classNameOf } from './classes.ts';
import { findingsOf } from './findings.ts';
import { frozenDevice } from './freeze.ts';
import type { MergedDevice } from './merge-device.ts';
import { namespaceOf, refOf } from './resource-ref.ts';
import type { PreviousPlan } from './types.ts';

/** What a device is judged by. */
export interface DeviceContext {
  readonly site: string;
  readonly areas: ReadonlySet<string>;
  readonly profiles: ReadonlyMap<string, DeviceProfile>;
  readonly classes: ReadonlyMap<string, ClassLimits>;
  readonly previous: PreviousPlan | undefined;
  readonly merge: (device: Device, profile: DeviceProfile | undefined) => MergedDevice;
  readonly findings: Finding[];
}

/** The device as it is to be collected; undefined when it cannot be (a finding says why). Suspended: as it was. */
export function applyDevice(device: Device, context: DeviceContext): EffectiveDevice | undefined {
  if (device.spec.suspend === true) return frozenDevice(context.previous, namespaceOf(device), device.metadata.name);
  const sink = findingsOf(refOf(device), context.findings);
  const { area, profileRef } = device.spec;
  if (area !== undefined && !context.areas.has(area)) {
    sink.warning(
      'AreaNotFound',
      'spec.area',
      `Site "${context.site}" has no area "${area}". Add it to spec.areas of the Site or correct the path.`,
    );
  }
  const className = classNameOf(device);
  const limits = context.classes.get(className);
  if (limits === undefined) {
    sink.error('ClassNotFound', 'spec.collectorClassRef.name', `There is no CollectorClass "${className}". Correct the name or create it.`);
  } else if (
    limits.protocols !== undefined &&
    !limits.protocols.includes(device.spec.connection.protocol) &&
    device.spec.connection.protocol !== 'Calculated'
  ) {
    const message = `CollectorClass "${className}" is for ${limits.protocols.join(', ')}, not ${device.spec.connection.protocol}. Use another class or add the protocol to it.`;
    sink.error('ProtocolNotInClass', 'spec.collectorClassRef.name', message);
    return undefined;
  }
  const profile = profileRef === undefined ? undefined : context.profiles.get(profileRef.name);
  if (profileRef !== undefined && profile === undefined) {
    sink.error(
      'ProfileNotFound',
      'spec.profileRef.name',
      `There is no DeviceProfile "${profileRef.name}" in namespace "${namespaceOf(device)}". Correct the name or create it.`,
    );
    return undefined;
  }
  const merged = context.merge(device, profile);
  context.findings.push(...merged.findings);
  return limits === undefined ? undefined : merged.effective;
}
