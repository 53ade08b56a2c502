export { canonicalJson, revisionOf } from './canonical-json.ts';
export { channelKey } from './channels.ts';
export { FINDING_REASONS, type FindingReason, WAITING_REASONS } from './findings.ts';
export { createPlanner, plan } from './plan.ts';
export { matchesSelector } from './selector.ts';
export { shardName, shardPrefix } from './shard-name.ts';
export type * from './types.ts';
