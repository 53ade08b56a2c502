import type { Finding } from '@kubeplant/crds/model';
import { WAITING_REASONS } from '@kubeplant/plan';
import type { Outcome } from './conditions.ts';

/** How many findings a message names. */
const NAMED = 5;

/** What the findings of one resource say about it; undefined: nothing stands in the way. */
export function judgeFindings(findings: readonly Finding[]): Outcome | undefined {
  const errors = findings.filter(({ severity }) => severity === 'Error');
  const first = errors.find(({ reason }) => !WAITING_REASONS.has(reason)) ?? errors[0];
  if (first === undefined) return undefined;
  return { kind: WAITING_REASONS.has(first.reason) ? 'waiting' : 'stalled', reason: first.reason, message: describe(errors) };
}

/** Applied, and what there is to warn of. */
export function applied(findings: readonly Finding[], message: string): Outcome {
  const warnings = findings.filter(({ severity }) => severity === 'Warning');
  const [first] = warnings;
  return first === undefined
    ? { kind: 'applied', reason: 'Applied', message }
    : { kind: 'applied', reason: first.reason, message: describe(warnings) };
}

function describe(findings: readonly Finding[]): string {
  const named = findings.slice(0, NAMED).map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
  const more = findings.length - named.length;
  return more > 0 ? `${named.join(' ')} And ${more} more.` : named.join(' ');
}
