import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { inputOf, site } from './plan-fixtures.ts';

const planned = (timezone: string) => {
  const { siteModels, findings } = plan(inputOf({ sites: [site({ timezone })] }));
  return { zone: siteModels[0]?.timezone, findings };
};

describe('the time zone of a Site', () => {
  it.each(['Europe/Berlin', 'UTC', 'US/Pacific', 'Etc/GMT+5'])('%s exists and is in force', (name) => {
    expect(planned(name)).toEqual({ zone: name, findings: [] });
  });

  it.each([
    ['Europe/Berlln', 'Did you mean "Europe/Berlin"?'],
    ['Berlin', 'Did you mean "Europe/Berlin"?'],
    ['Amerika/New_York', 'Did you mean "America/New_York"?'],
    ['Mars/Olympus_Mons', 'Write an IANA name such as Europe/Berlin.'],
  ])('%s does not: UTC is in force, and the finding says so', (name, fix) => {
    const { zone, findings } = planned(name);
    expect(zone).toBe('UTC');
    const resource = { kind: 'Site', namespace: 'plant', name: 'north' };
    const message = `There is no time zone "${name}"; UTC is in force. ${fix}`;
    expect(findings).toMatchObject([{ severity: 'Warning', reason: 'TimezoneUnknown', resource, field: 'spec.timezone', message }]);
  });
});
