import { describe, expect, it } from 'vitest';
import { RIGHTS } from './rbac.ts';

const rules = RIGHTS.flatMap(({ controller, scope, rules: own }) => own.map((rule) => ({ controller, scope, ...rule })));

describe('the rights of the operator', () => {
  it('hold no wildcard', () => {
    expect(rules.filter(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs].includes('*'))).toEqual([]);
  });

  it('never list or watch Secrets', () => {
    const secrets = rules.filter(({ resources }) => resources.includes('secrets'));
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.flatMap(({ verbs }) => verbs).filter((verb) => verb === 'list' || verb === 'watch')).toEqual([]);
  });

  it('never change what users declare', () => {
    const declared = rules.filter(
      ({ apiGroups, resources }) => apiGroups.includes('kubeplant.io') && resources.some((resource) => !resource.includes('/')),
    );
    expect([...new Set(declared.flatMap(({ verbs }) => verbs))].sort()).toEqual(['get', 'list', 'watch']);
  });
});
