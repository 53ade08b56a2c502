import type { Finding } from '@kubeplant/crds/model';
import { describe, expect, it } from 'vitest';
import { mergeConditions, summarize } from './conditions.ts';
import { createDamper } from './damper.ts';
import { applied, judgeFindings } from './judge-findings.ts';

const at = (text: string) => ({ generation: 3, now: new Date(text) });
const ready = (status: 'True' | 'False', reason = 'R') => ({ type: 'Ready', status, reason, message: 'm' });
const finding = (severity: 'Error' | 'Warning', reason: string): Finding => ({
  severity,
  reason,
  resource: { kind: 'Device', namespace: 'n', name: 'd' },
  field: 'spec.x',
  message: `${reason} happened.`,
});

describe('mergeConditions', () => {
  it('moves lastTransitionTime only when the status flips', () => {
    const first = mergeConditions([], [ready('False')], at('2026-01-01T00:00:00.123Z'));
    expect(first[0]).toMatchObject({ lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 3 });
    const same = mergeConditions(first, [ready('False', 'Other')], at('2026-01-02T00:00:00Z'));
    expect(same[0]).toMatchObject({ lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Other' });
    expect(mergeConditions(same, [ready('True')], at('2026-01-03T00:00:00Z'))[0]?.lastTransitionTime).toBe('2026-01-03T00:00:00Z');
  });

  it.each(['Reconciling', 'Stalled', 'Suspended', 'Simulated'])('has %s only while it is True', (type) => {
    const condition = (status: 'True' | 'False') => ({ type, status, reason: 'R', message: '' });
    expect(mergeConditions([], [condition('False')], at('2026-01-01T00:00:00Z'))).toEqual([]);
    expect(mergeConditions([], [condition('True')], at('2026-01-01T00:00:00Z'))).toHaveLength(1);
  });
});

describe('summarize', () => {
  it.each([
    ['applied', ['Ready True']],
    ['waiting', ['Ready False', 'Reconciling True']],
    ['stalled', ['Ready False', 'Stalled True']],
  ] as const)('says %s as all tools understand it', (kind, expected) => {
    expect(summarize({ kind, reason: 'R', message: 'm' }).map(({ type, status }) => `${type} ${status}`)).toEqual(expected);
  });
});

describe('judgeFindings', () => {
  it.each([
    ['nothing', [], undefined],
    ['a warning', [finding('Warning', 'AreaNotFound')], undefined],
    ['what may still come', [finding('Error', 'ProfileNotFound')], 'waiting ProfileNotFound'],
    ['what only an edit mends', [finding('Error', 'AddressMissing')], 'stalled AddressMissing'],
    ['both', [finding('Error', 'SiteNotFound'), finding('Error', 'AddressMissing')], 'stalled AddressMissing'],
  ] as const)('of %s', (_title, findings, expected) => {
    const outcome = judgeFindings(findings);
    expect(outcome && `${outcome.kind} ${outcome.reason}`).toBe(expected);
  });

  it('shows a warning in Ready, which stays True', () => {
    expect(applied([finding('Warning', 'AreaNotFound')], 'fine')).toEqual({
      kind: 'applied',
      reason: 'AreaNotFound',
      message: 'spec.x: AreaNotFound happened.',
    });
    expect(applied([], 'fine').reason).toBe('Applied');
  });

  it('names five of many', () => {
    const many = Array.from({ length: 8 }, () => finding('Error', 'AddressMissing'));
    expect(judgeFindings(many)?.message).toMatch(/And 3 more\.$/);
  });
});

describe('createDamper', () => {
  it('shows the first state at once', () => {
    expect(createDamper().observe(false, 0)).toEqual({ shown: false, flapping: false, lookAgainMs: undefined });
  });

  it('shows bad after 10 s and good after 30 s', () => {
    const damper = createDamper();
    damper.observe(true, 0);
    expect(damper.observe(false, 1000)).toMatchObject({ shown: true, lookAgainMs: 10_000 });
    expect(damper.observe(false, 10_999).shown).toBe(true);
    expect(damper.observe(false, 11_000).shown).toBe(false);
    expect(damper.observe(true, 20_000)).toMatchObject({ shown: false, lookAgainMs: 30_000 });
    expect(damper.observe(true, 50_000).shown).toBe(true);
  });

  it('shows nothing of a short interruption', () => {
    const damper = createDamper();
    damper.observe(true, 0);
    damper.observe(false, 1000);
    expect(damper.observe(true, 5000)).toMatchObject({ shown: true, lookAgainMs: undefined });
  });

  it('calls more than six changes within an hour flapping, and stops when they are past', () => {
    const damper = createDamper();
    for (let change = 0; change <= 7; change++) damper.observe(change % 2 === 0, change * 1000);
    expect(damper.observe(false, 8000).flapping).toBe(true);
    expect(damper.observe(false, 3_700_000).flapping).toBe(false);
  });
});
