import type { CollectorClass } from '@kubeplant/crds';

/** What the plan needs to know of a class. */
export interface ClassLimits {
  readonly name: string;
  readonly protocols: readonly string[] | undefined;
  readonly maxDevices: number;
  readonly maxTags: number;
  readonly highAvailability: 'Off' | 'Warm';
  readonly onIsolation: 'KeepPolling' | 'StopPolling';
  readonly drainTimeout: string;
  /** Size of the volume that a collector keeps readings on. */
  readonly bufferSize: string | undefined;
}

const BUILT_IN = 'default';
const MAX_DEVICES = 200;
const MAX_TAGS = 20_000;

/** Limits by class name; a class `default` is there even when nobody declared it. */
export function classLimits(classes: readonly CollectorClass[]): ReadonlyMap<string, ClassLimits> {
  const limits = new Map<string, ClassLimits>([[BUILT_IN, limitsOf(BUILT_IN, {})]]);
  for (const item of classes) limits.set(item.metadata.name, limitsOf(item.metadata.name, item.spec ?? {}));
  return limits;
}

/** The limits of a class; those of the built-in one where nobody declared it. */
export const classOf = (classes: ReadonlyMap<string, ClassLimits>, name: string): ClassLimits => classes.get(name) ?? limitsOf(name, {});

/** Class a device asks for. */
export const classNameOf = (device: { readonly spec: { readonly collectorClassRef?: { readonly name: string } | undefined } }): string =>
  device.spec.collectorClassRef?.name ?? BUILT_IN;

const limitsOf = (name: string, spec: Partial<NonNullable<CollectorClass['spec']>>): ClassLimits => ({
  name,
  protocols: spec.protocols,
  maxDevices: spec.maxDevicesPerCollector ?? MAX_DEVICES,
  maxTags: spec.maxTagsPerCollector ?? MAX_TAGS,
  highAvailability: spec.highAvailability?.mode ?? 'Off',
  onIsolation: spec.onIsolation ?? 'KeepPolling',
  drainTimeout: spec.drainTimeout ?? '60s',
  bufferSize: spec.buffer?.size,
});
