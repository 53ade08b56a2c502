import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../../e2e/src/databases/test-database.ts';
import { EXPORT_LIMITS } from '../exports/export-limits.ts';
import { runExports } from '../exports/run-exports.ts';
import { startTestApp, type TestApp } from '../http/app.fixture.ts';
import { MOUNTS } from '../http/mounts.ts';
import { startTwoPlants, type TwoPlants } from '../http/two-plants.fixture.ts';

/** What to ask of every mount so that the answer, were it given, would be of namespace `other`. */
const questions: Readonly<Record<string, { path: string; body?: unknown }>> = {
  'overview.show': { path: '/overview?namespace=other' },
  'sites.list': { path: '/sites?namespace=other' },
  'devices.list': { path: '/devices?namespace=other' },
  'tags.list': { path: '/tags?path=other/pump/flow' },
  'rules.list': { path: '/rules?namespace=other' },
  'findings.list': { path: '/findings?namespace=other' },
  'alarms.list': { path: '/alarms?namespace=other' },
  'alarm-journal.list': { path: '/alarm-journal?namespace=other' },
  'events.list': { path: '/events?namespace=other' },
  'devices.effective': { path: '/namespaces/other/devices/pump/effective' },
  'tags.value': { path: '/namespaces/other/devices/pump/tags/flow/value' },
  'history.query': {
    path: '/query',
    body: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', interval: '1h', series: [{ tag: 'other/pump/flow' }] },
  },
  'readings.page': { path: '/namespaces/other/devices/pump/tags/flow/readings' },
  'downloads.create': { path: '/downloads', body: { tags: ['other/pump/flow'], from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } },
  'exports.create': { path: '/exports', body: { tags: ['other/pump/flow'], from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' } },
  'exports.list': { path: '/exports' },
  'exports.show': { path: '/exports/EXPORT' },
  'exports.cancel': { path: '/exports/EXPORT/cancel' },
  'exports.delete': { path: '/exports/EXPORT' },
  'exports.download': { path: '/exports/EXPORT/download' },
  'exports.file': { path: '/exports/EXPORT/file' },
  'alarms.show': { path: '/alarms/ALARM' },
  'alarms.acknowledge': { path: '/alarms/ALARM/acknowledge', body: { occurrence: 'OCCURRENCE', version: 1 } },
  'alarms.comment': { path: '/alarms/ALARM/comment', body: { occurrence: 'OCCURRENCE', version: 1, comment: 'hello' } },
  'alarms.acknowledgeMany': { path: '/alarms/acknowledge', body: { alarms: [{ id: 'ALARM', occurrence: 'OCCURRENCE', version: 1 }] } },
  'resources.show': { path: '/namespaces/other/devices/pump' },
  'resources.put': {
    path: '/namespaces/other/devices/pump',
    body: { apiVersion: 'kubeplant.io/v1alpha1', kind: 'Device', metadata: { name: 'pump' } },
  },
  'resources.delete': { path: '/namespaces/other/devices/pump' },
  'users.list': { path: '/users' },
  'users.show': { path: '/users/admin' },
  'users.create': { path: '/users', body: { username: 'mole', grants: [] } },
  'users.update': { path: '/users/admin', body: { disabled: true } },
  'users.delete': { path: '/users/admin' },
  'users.resetPassword': { path: '/users/admin/reset-password' },
};
/** About the caller alone, or about nobody's plant. */
const personal = ['auth.', 'sessions.', 'documents.', 'downloads.take'];

describe.each(engines())('another tenant’s plant on %s', (engine) => {
  let app: TestApp;
  let plants: TwoPlants;
  let token: string;
  let alarm: { id: string; occurrence: string };
  let exported = '';
  const fill = (text: string): string =>
    text.replace('ALARM', alarm.id).replace('OCCURRENCE', alarm.occurrence).replace('EXPORT', exported);
  beforeAll(async () => {
    app = await startTestApp(engine);
    plants = await startTwoPlants(app);
    const timeUs = Date.now() * 1000;
    for (const site of [plants.north, plants.south]) await site.send([{ tag: 1, timeUs, value: 4711 }]);
    const admin = await app.admin();
    alarm = (await app.ask('GET', '/alarms?namespace=other', { token: admin })).body.items[0];
    const order = questions['exports.create']?.body;
    exported = (await app.ask('POST', '/exports', { token: admin, body: order })).body.id;
    const { withScope, readings } = app.api.store;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    await runExports(
      { withScope, readings, log, now: Date.now, limits: EXPORT_LIMITS },
      { signal: new AbortController().signal, done: () => {} },
    );
    const grants = [{ role: 'admin', namespace: 'default', site: '*' }];
    const { password } = (await app.ask('POST', '/users', { token: admin, body: { username: 'northerner', grants } })).body;
    const first = await app.login('northerner', password);
    token = (
      await app.ask('POST', '/auth/password', { token: first.token, body: { oldPassword: password, newPassword: 'cold winds blow here' } })
    ).body.accessToken;
  });
  afterAll(async () => {
    plants.close();
    await app.close();
  });

  it('has an alarm that is really there', () => {
    expect(alarm.id).toMatch(/./);
  });

  it('asks of every route something that only the other tenant has', () => {
    const names = MOUNTS.map(({ action }) => action.name).filter((name) => !personal.some((prefix) => name.startsWith(prefix)));
    expect(Object.keys(questions).toSorted()).toEqual([...new Set(names)].toSorted());
  });

  it.each(MOUNTS.filter(({ action }) => questions[action.name] !== undefined).map((mount) => [mount.action.name, mount.method] as const))(
    'gives %s nothing of it',
    async (name, method) => {
      const question = questions[name];
      const body = question?.body === undefined ? undefined : JSON.parse(fill(JSON.stringify(question.body)));
      const path = fill(question?.path ?? '');
      const answer = await app.ask(method, path, { token, ...(body === undefined ? {} : { body }) });
      const text = JSON.stringify(answer.body);
      expect(text).not.toContain('4711');
      expect(text).not.toContain('south');
      const empty =
        answer.body.total === 0 ||
        answer.body.items?.length === 0 ||
        answer.body.sites?.total === 0 ||
        answer.body.results?.[0]?.result === 'unknown';
      if (!empty) expect([403, 404]).toContain(answer.status);
      const own = await app.ask(method, path.replaceAll('other', 'default'), { token, ...(body === undefined ? {} : { body }) });
      if (method === 'GET' && path.includes('other')) expect(own.status, JSON.stringify(own.body)).toBe(200);
    },
  );

  it('is there for who may see it, to the last door', async () => {
    const admin = (await app.login('admin', 'correct horse battery')).token;
    for (const [name, { path }] of Object.entries(questions)) {
      const mount = MOUNTS.find(({ action }) => action.name === name);
      if (mount?.method !== 'GET') continue;
      const answer = await app.ask('GET', fill(path), { token: admin });
      expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(200);
    }
  });

  it('sends no CSV of it, and none through the download of another', async () => {
    const csv = await app.ask('GET', '/namespaces/other/devices/pump/tags/flow/readings', { token, headers: { accept: 'text/csv' } });
    expect(csv.status).toBe(404);
  });
});
