import type { Finding, ResourceRef } from '@kubeplant/crds/model';
import { compareText } from './canonical-json.ts';

/** Every reason a plan can give. */
export const FINDING_REASONS = [
  'AddressMissing',
  'AddressOutOfRange',
  'AreaNotFound',
  'CalculatedCycle',
  'ChannelConflict',
  'ChannelExceedsClass',
  'ClassNotFound',
  'DeadbandWiderThanAlarm',
  'DeviceNotFound',
  'ExpressionInvalid',
  'ParameterUndeclared',
  'ParameterUnset',
  'ProfileNotFound',
  'ProtocolNotInClass',
  'RangeMissing',
  'ReferenceMissing',
  'SelectorMatchesNothing',
  'SimulationForbidden',
  'SimulationOverlap',
  'SiteNotFound',
  'StateUnknown',
  'TagNameCase',
  'TagNotFound',
  'TagTypeMismatch',
  'TimezoneUnknown',
] as const;

/** Why a finding was made. */
export type FindingReason = (typeof FINDING_REASONS)[number];

/** Reasons that go away by themselves when another resource appears or changes. */
export const WAITING_REASONS: ReadonlySet<string> = new Set<FindingReason>([
  'ClassNotFound',
  'DeviceNotFound',
  'ProfileNotFound',
  'ReferenceMissing',
  'SiteNotFound',
  'TagNotFound',
]);

/** A place in a resource that findings are about. */
export interface FindingSink {
  error(reason: FindingReason, field: string, message: string): void;
  warning(reason: FindingReason, field: string, message: string): void;
}

/** Collects the findings of one resource. */
export function findingsOf(resource: ResourceRef, into: Finding[]): FindingSink {
  const add = (severity: Finding['severity']) => (reason: FindingReason, field: string, message: string) => {
    into.push({ severity, reason, resource, field, message });
  };
  return { error: add('Error'), warning: add('Warning') };
}

/** Findings in a fixed order: by resource, then field, then reason. */
export const sortFindings = (findings: readonly Finding[]): Finding[] =>
  findings
    .map((finding) => ({ finding, key: sortKey(finding) }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ finding }) => finding);

const sortKey = ({ resource, field, reason, message }: Finding): string =>
  [resource.namespace, resource.kind, resource.name, field, reason, message].join('\u0000');
