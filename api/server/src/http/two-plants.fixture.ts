import type { DeclaredResource, SiteModel } from '@kubeplant/crds/model';
import { connectCollector, type TestCollector, testBlock, type TestReading, testRun } from '../ingest/collector.fixture.ts';
import { caPem, eventually } from '../owner/api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from '../owner/plant.fixture.ts';
import type { TestApp } from './app.fixture.ts';

/** Site `north` of namespace `default` and site `south` of namespace `other`, each with a pump, a rule and a collector. */
export interface TwoPlants {
  readonly north: TestSite;
  readonly south: TestSite;
  close(): void;
}

/** A site with a collector that says what the test wants. */
export interface TestSite {
  readonly model: SiteModel;
  /** Send readings of `flow`, `level` and the text `name` (tags 1, 2, 3) and wait until they are committed. */
  send(readings: readonly TestReading[], texts?: readonly { timeUs: number; value: string }[]): Promise<void>;
}

const pump = device(
  'pump',
  [tag('flow', { unit: 'm³/h', description: 'Flow to town' }), tag('level'), tag('name', { kind: 'Text', dataType: 'String' })],
  {
    area: 'intake/pumps',
  },
);

function declared(namespace: string, site: string, kind: string, name: string): DeclaredResource {
  const spec = kind === 'Site' ? {} : { siteRef: { name: site } };
  return { apiVersion: 'kubeplant.io/v1alpha1', kind, metadata: { namespace, name, resourceVersion: '7' }, spec };
}

export const northModel = (revision = 'r1'): SiteModel => siteModel('default', 'north', revision);

function siteModel(namespace: string, site: string, revision: string): SiteModel {
  const rule = { ...highRule('pump', 'flow'), uid: `rule-of-${site}`, namespace, correctiveAction: 'Close the valve' };
  const resources = [
    declared(namespace, site, 'Site', site),
    declared(namespace, site, 'Device', 'pump'),
    declared(namespace, site, 'AlarmRule', rule.name),
  ];
  const resource = { kind: 'Device', namespace, name: 'pump' };
  const findings = [
    { severity: 'Warning', reason: 'TagNameCase', resource, field: 'spec.tags.flow', message: 'two tags differ only by case' },
  ] as const;
  return model([{ ...pump, namespace, uid: `pump-of-${site}` }], {
    namespace,
    tenant: `local/${namespace}`,
    site,
    revision,
    rules: [rule],
    resources,
    findings,
  });
}

export async function startTwoPlants({ api }: TestApp): Promise<TwoPlants> {
  const north = northModel();
  const south = siteModel('other', 'south', 'r1');
  for (const one of [north, south]) {
    await api.sites.applyModel(packed(one));
    await eventually(`${one.site} is owned`, () => api.sites.recording(one.tenant, one.site));
  }
  const collectors: TestCollector[] = [];
  const connect = async (site: SiteModel): Promise<TestSite> => {
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN, tenant: site.tenant, site: site.site });
    collectors.push(collector);
    await collector.hello();
    const run = `run-${site.site}`;
    collector.send(testRun(run, ['flow', 'level', 'name'], { text: ['name'] }));
    let seq = 0;
    const send: TestSite['send'] = async (readings, texts = []) => {
      seq += 1;
      const rows = texts.map(({ timeUs, value }) => ({ tag: 3, timeUs, value, status: 0, flags: 0, receivedDeltaUs: 0 }));
      collector.send({ $case: 'block', value: testBlock(run, seq, readings, { texts: rows }) });
      await collector.committed(run, seq);
    };
    return { model: site, send };
  };
  const close = (): void => {
    for (const collector of collectors) collector.close();
  };
  const sites = { north: await connect(north), south: await connect(south) };
  return { ...sites, close };
}
