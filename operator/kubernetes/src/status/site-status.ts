import type { Site } from '@kubeplant/crds';
import type { SiteKnowledge } from '../site/knowledge.ts';
import { type Outcome, summarize, type WantedCondition } from './conditions.ts';
import { suspended } from './suspended.ts';
import type { WantedStatus } from './write-status.ts';

/** What the status of a Site is made from. */
export interface SiteFacts {
  readonly site: Site;
  readonly judged: SiteKnowledge;
  /** Revision of the model the api has confirmed last. */
  readonly accepted: string | undefined;
  /** False: this operator was started without an api. */
  readonly hasApi: boolean;
  /** Shards without an available pod now. */
  readonly unavailable: readonly string[];
  /** Shards that were never available with their present configuration. */
  readonly neverAvailable: readonly string[];
  readonly devices: { readonly declared: number; readonly ready: number; readonly connected: number };
}

/** Ready: the model is written and every shard was available once at its revision. */
export function siteStatus(facts: SiteFacts): WantedStatus {
  const { site, devices } = facts;
  return {
    conditions: [
      ...summarize(outcomeOf(facts)),
      modelCondition(facts),
      collectorCondition(facts),
      devicesCondition(devices),
      ...undrained(facts),
      suspended(site),
    ],
    fields: { devices },
  };
}

function outcomeOf({ judged, accepted, hasApi, neverAvailable }: SiteFacts): Outcome {
  if (judged.outcome !== undefined) return judged.outcome;
  if (!hasApi)
    return { kind: 'waiting', reason: 'ModelNotPublished', message: 'The operator runs without an api. Set KUBEPLANT_MODEL_ENDPOINT.' };
  if (accepted === undefined)
    return { kind: 'waiting', reason: 'ModelNotPublished', message: 'The api has not confirmed a model of this site yet.' };
  const [first] = neverAvailable;
  if (first !== undefined)
    return {
      kind: 'waiting',
      reason: 'CollectorNotAvailable',
      message: `Collector ${neverAvailable.join(', ')} has not been available with its present configuration yet. See: kubectl describe statefulset ${first}`,
    };
  return { kind: 'applied', reason: 'Applied', message: 'The model is published and every collector has its configuration.' };
}

function modelCondition({ accepted, hasApi }: SiteFacts): WantedCondition {
  const type = 'ModelPublished';
  if (!hasApi)
    return { type, status: 'False', reason: 'NoApi', message: 'The operator runs without an api. Set KUBEPLANT_MODEL_ENDPOINT.' };
  if (accepted === undefined)
    return { type, status: 'False', reason: 'NotConfirmed', message: 'The api has not confirmed a model of this site yet.' };
  return { type, status: 'True', reason: 'Published', message: 'The api has the model of this site.' };
}

function collectorCondition({ judged, unavailable }: SiteFacts): WantedCondition {
  const type = 'CollectorAvailable';
  if (judged.shards.size === 0)
    return { type, status: 'True', reason: 'NoneNeeded', message: 'The site has no Device that needs a collector.' };
  if (unavailable.length === 0) return { type, status: 'True', reason: 'Available', message: 'Every collector runs.' };
  return {
    type,
    status: 'False',
    reason: 'NotAvailable',
    message: `Without an available pod: ${unavailable.slice(0, 10).join(', ')}. See: kubectl describe statefulset ${unavailable[0]}`,
  };
}

/** Present while collectors that are no longer needed hold readings. */
function undrained({ judged }: SiteFacts): WantedCondition[] {
  if (judged.draining.size === 0) return [];
  const names = [...judged.draining];
  return [
    {
      type: 'UndrainedBuffer',
      status: 'True',
      reason: 'Draining',
      message: `Without a Device, but with readings that are not committed: ${names.slice(0, 10).join(', ')}. They and their volumes stay until they are.`,
    },
  ];
}

function devicesCondition({ declared, ready }: SiteFacts['devices']): WantedCondition {
  const all = declared === ready;
  return {
    type: 'DevicesReady',
    status: all ? 'True' : 'False',
    reason: all ? 'AllReady' : 'NotAllReady',
    message: all ? 'Every Device is applied.' : 'Some Devices are not applied. See: kubectl get devices',
  };
}
