import { allows, type Grant, ROLE_PERMISSIONS, ROLES } from '@kubeplant/api-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, startTestApp, type TestApp } from '../http/app.fixture.ts';
import { MOUNTS } from '../http/mounts.ts';
import { startTwoPlants, type TwoPlants } from '../http/two-plants.fixture.ts';

const device = { apiVersion: 'kubeplant.io/v1alpha1', kind: 'Device', metadata: { name: 'pump' }, spec: { siteRef: { name: 'north' } } };
const times = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
/** A body for what takes one; what is changed is not there, so that a permitted question changes nothing. */
const bodies: Readonly<Record<string, unknown>> = {
  'alarms.acknowledge': { occurrence: 'x', version: 1 },
  'alarms.comment': { occurrence: 'x', version: 1, comment: 'hello' },
  'alarms.acknowledgeMany': { alarms: [{ id: 'gone', occurrence: 'x', version: 1 }] },
  'downloads.create': { tags: ['default/pump/flow'], ...times },
  'exports.create': { tags: ['default/pump/flow'], ...times },
  'resources.put': device,
  'users.create': { username: 'no', grants: [] },
  'users.update': {},
};
const names = { namespace: 'default', device: 'pump', tag: 'flow', plural: 'devices', name: 'pump', id: 'gone', username: 'nobody' };
const scopes = {
  everywhere: { namespace: '*', site: '*' },
  'the namespace': { namespace: 'default', site: '*' },
  'one site': { namespace: 'default', site: 'north' },
} as const;
const table = ROLES.flatMap((role) => Object.entries(scopes).map(([where, place]) => [role, where, { role, ...place }] as const));
const guarded = MOUNTS.filter(({ action }) => action.permission !== 'public' && action.permission !== 'self');

let app: TestApp;
let plants: TwoPlants;
beforeAll(async () => {
  app = await startTestApp();
  plants = await startTwoPlants(app);
  await plants.north.send([{ tag: 1, timeUs: Date.now() * 1000, value: 4711 }]);
});
afterAll(async () => {
  plants.close();
  await app.close();
});

/** Token of a new user with these grants. */
async function userWith(username: string, grants: readonly Grant[]): Promise<string> {
  const { body } = await app.ask('POST', '/users', { token: await app.admin(), body: { username, grants } });
  const { token } = await app.login(username, body.password);
  const change = { oldPassword: body.password, newPassword: 'cold winds blow here' };
  return (await app.ask('POST', '/auth/password', { token, body: change })).body.accessToken;
}

function ask(token: string, mount: (typeof MOUNTS)[number]): Promise<Answer> {
  const path = mount.path.replaceAll(/:(\w+)/g, (_, name: keyof typeof names) => names[name]);
  const body = bodies[mount.action.name];
  return app.ask(mount.method, path, { token, ...(body === undefined ? {} : { body }) });
}

describe('a role', () => {
  it.each(table)('%s of %s opens its own doors and no others', async (role, where, grant) => {
    const token = await userWith(`${role}.${where.replaceAll(' ', '-')}`, [grant]);
    for (const mount of guarded) {
      const { name, permission } = mount.action;
      const may =
        permission === 'user.administer'
          ? allows([grant], 'user.administer', { namespace: '*', site: '*' })
          : ROLE_PERMISSIONS[role].includes(permission as 'read');
      const { status, body } = await ask(token, mount);
      expect(status === 403, `${role} of ${where}, ${name}: ${status} ${JSON.stringify(body)}`).toBe(!may);
      expect(status).not.toBe(401);
    }
  });
});

describe('an administrator of another site of the same namespace', () => {
  it('is shown nothing of this one: no row, no count, no value, no event, no alarm, no download', async () => {
    const token = await userWith('westerner', [{ role: 'admin', namespace: 'default', site: 'west' }]);
    const owner = await userWith('northerner', [{ role: 'viewer', namespace: 'default', site: 'north' }]);
    const lists = ['/sites', '/devices', '/tags', '/rules', '/findings', '/alarms'];
    for (const path of lists) {
      expect((await app.ask('GET', path, { token })).body, path).toEqual({ items: [], total: 0 });
      expect((await app.ask('GET', path, { token: owner })).body.total, path).toBeGreaterThan(0);
    }
    for (const path of ['/alarm-journal', '/events']) {
      expect((await app.ask('GET', path, { token })).body, path).toEqual({ items: [] });
      expect((await app.ask('GET', path, { token: owner })).body.items.length, path).toBeGreaterThan(0);
    }
    const overview = (await app.ask('GET', '/overview', { token })).body;
    expect(overview).toMatchObject({ state: 'Empty', tags: 0, valuesPerSecond: 0, sites: { total: 0 }, devices: { total: 0 } });
    expect(overview.alarms.map(({ total }: { total: number }) => total)).not.toContain(1);
    const [alarm] = (await app.ask('GET', '/alarms', { token: owner })).body.items;
    const seen = { occurrence: alarm.occurrence, version: alarm.version };
    const tag = '/namespaces/default/devices/pump/tags/flow';
    const closed = [
      await app.ask('GET', `${tag}/value`, { token }),
      await app.ask('GET', `${tag}/readings`, { token }),
      await app.ask('GET', '/namespaces/default/devices/pump', { token }),
      await app.ask('GET', `/alarms/${alarm.id}`, { token }),
      await app.ask('POST', `/alarms/${alarm.id}/acknowledge`, { token, body: seen }),
      await app.ask('POST', '/downloads', { token, body: { tags: ['default/pump/flow'], ...times } }),
      await app.ask('DELETE', '/namespaces/default/devices/pump', { token }),
    ];
    expect(closed.map(({ status }) => status)).toEqual(closed.map(() => 404));
    const put = await app.ask('PUT', '/namespaces/default/devices/pump', { token, body: device });
    expect(put.status).toBe(403);
    const edits: unknown[] = [];
    app.api.sites.setEditor(async (edit) => {
      edits.push(edit);
      return { status: 200, code: 'ok', message: '' };
    });
    const taken = { ...device, spec: { siteRef: { name: 'west' } } };
    expect((await app.ask('PUT', '/namespaces/default/devices/pump', { token, body: taken })).status, 'taken over to the own site').toBe(
      403,
    );
    const fresh = { ...taken, metadata: { name: 'new-pump' } };
    expect((await app.ask('PUT', '/namespaces/default/devices/new-pump', { token, body: fresh })).status).toBe(200);
    expect(edits).toMatchObject([{ name: 'new-pump' }]);
    expect((await app.ask('GET', `/alarms/${alarm.id}`, { token: owner })).body.state).toBe(alarm.state);
  });
});
