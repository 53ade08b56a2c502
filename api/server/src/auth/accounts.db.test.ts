import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, CLI_TOKEN, startTestApp, type TestApp } from '../http/app.fixture.ts';

const minute = 60_000;
let plant: TestApp;
const refresh = (cookie: string) => plant.ask('POST', '/auth/refresh', { cookie, body: {} });
/** A user with a password of their own choice, in a role everywhere. */
async function makeUser(username: string, role = 'viewer'): Promise<string> {
  const token = await plant.admin();
  const made = await plant.ask('POST', '/users', { token, body: { username, grants: [{ role, namespace: '*', site: '*' }] } });
  expect(made.status).toBe(201);
  const first = await plant.login(username, made.body.password);
  const password = `${username.toUpperCase().slice(0, 1)}-very long phrase 42`;
  const changed = await plant.ask('POST', '/auth/password', {
    token: first.token,
    body: { oldPassword: made.body.password, newPassword: password },
  });
  expect(changed.status).toBe(200);
  return password;
}

beforeAll(async () => {
  plant = await startTestApp();
});
afterAll(() => plant.close());

describe('the first administrator', () => {
  it('may only change the generated password, and then everything', async () => {
    const { token } = await plant.login('admin', plant.adminPassword);
    const refused = await plant.ask('GET', '/sites', { token });
    expect(refused).toMatchObject({ status: 403, body: { code: 'password-change-required' } });
    const me = await plant.ask('GET', '/auth/me', { token });
    expect(me.body).toMatchObject({ username: 'admin', mustChangePassword: true });
    const next = await plant.admin();
    expect((await plant.ask('GET', '/sites', { token: next })).status).toBe(200);
    expect((await plant.ask('GET', '/auth/me', { token: next })).body).toMatchObject({ mustChangePassword: false });
  });

  it('is refused a short password, the old one, and one with the user name, each with its reason', async () => {
    const { token } = await plant.login('admin', ADMIN_PASSWORD);
    const attempt = async (newPassword: string) =>
      (await plant.ask('POST', '/auth/password', { token, body: { oldPassword: ADMIN_PASSWORD, newPassword } })).body.errors[0];
    expect(await attempt('short')).toEqual({
      field: 'newPassword',
      message: 'has 5 characters; take at least 12, such as four random words',
    });
    expect((await attempt('the-admin-of-all')).message).toMatch(/user name/);
    expect((await attempt(ADMIN_PASSWORD)).message).toMatch(/old one/);
    const wrong = await plant.ask('POST', '/auth/password', {
      token,
      body: { oldPassword: 'nonsense', newPassword: 'a fine long phrase' },
    });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'oldPassword' }] } });
  });
});

describe('sessions', () => {
  it('rotate the refresh token and give two tabs the same successor for thirty seconds', async () => {
    const password = await makeUser('tabs');
    const { cookie } = await plant.login('tabs', password);
    const first = await refresh(cookie);
    expect(first.status).toBe(200);
    expect(first.cookie).not.toBe(cookie);
    plant.clock.ms += 29_000;
    const second = await refresh(cookie);
    expect(second.status).toBe(200);
    expect(second.cookie).toBe(first.cookie);
    expect((await refresh(first.cookie ?? '')).status).toBe(200);
  });

  it('outlive twenty tabs that renew at once while others renew again, and end when one comes back after the grace', async () => {
    const password = await makeUser('many-tabs');
    const { cookie } = await plant.login('many-tabs', password);
    const tabs = await Promise.all(
      Array.from({ length: 20 }, async (_, tab) => {
        const answer = await refresh(cookie);
        // A quick tab renews again while slow ones still carry the first token.
        return tab % 2 === 0 && answer.cookie !== undefined ? [answer, await refresh(answer.cookie)] : [answer];
      }),
    );
    expect(tabs.flat().map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200));
    const cookies = new Set(tabs.flat().map((answer) => answer.cookie));
    expect(cookies.size).toBe(1);
    const [held = ''] = cookies;
    expect((await refresh(cookie)).status, 'a tab that comes late, within the grace').toBe(200);
    plant.clock.ms += 31_000;
    const next = await refresh(held);
    expect(next.status).toBe(200);
    expect(next.cookie).not.toBe(held);
    expect(await refresh(cookie), 'two generations old').toMatchObject({ status: 401, body: { code: 'session-ended' } });
    expect((await refresh(next.cookie ?? '')).status, 'the whole family').toBe(401);
  });

  it('end when an old refresh token comes back after the grace', async () => {
    const password = await makeUser('stolen');
    const { token, cookie } = await plant.login('stolen', password);
    const next = (await refresh(cookie)).cookie ?? '';
    plant.clock.ms += 31_000;
    expect(await refresh(cookie)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
    expect(await refresh(next)).toMatchObject({ status: 401 });
    expect(await plant.ask('GET', '/auth/me', { token })).toMatchObject({ status: 401, body: { code: 'session-ended' } });
  });

  it('do not end through a forged token, which names a session but was not made here', async () => {
    const password = await makeUser('forged');
    const { cookie } = await plant.login('forged', password);
    const [id] = cookie.split('.');
    expect((await refresh(`${id}.1.${'A'.repeat(43)}`)).status).toBe(401);
    expect((await refresh('nonsense')).status).toBe(401);
    expect((await refresh(cookie)).status).toBe(200);
  });

  it('end seven idle days after their last use', async () => {
    const password = await makeUser('idle');
    const { cookie } = await plant.login('idle', password);
    plant.clock.ms += 7 * 24 * 60 * minute + 1;
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('are listed and revoked by their user, and by an administrator, but not by others', async () => {
    const password = await makeUser('lister');
    const one = await plant.login('lister', password);
    const two = await plant.login('lister', password);
    const mine = await plant.ask('GET', '/sessions', { token: one.token });
    const other = mine.body.items.find((session: { current: boolean }) => !session.current);
    expect(mine.body.items.filter((session: { current: boolean }) => session.current)).toHaveLength(1);
    const stranger = await plant.login('tabs', 'T-very long phrase 42');
    expect(await plant.ask('DELETE', `/sessions/${other.id}`, { token: stranger.token })).toMatchObject({ status: 404 });
    expect(await plant.ask('GET', '/sessions?username=lister', { token: stranger.token })).toMatchObject({ status: 403 });
    const admin = await plant.admin();
    const all = await plant.ask('GET', '/sessions?username=*&limit=100', { token: admin });
    const ids = all.body.items
      .filter((session: { username: string }) => session.username === 'lister')
      .map((session: { id: string }) => session.id);
    for (const id of ids) expect((await plant.ask('DELETE', `/sessions/${id}`, { token: admin })).status).toBe(200);
    expect((await refresh(two.cookie)).status).toBe(401);
  });

  it('of a user end with a changed password, but for the one that changed it', async () => {
    const password = await makeUser('changer');
    const one = await plant.login('changer', password);
    const two = await plant.login('changer', password);
    await plant.ask('POST', '/auth/password', { token: one.token, body: { oldPassword: password, newPassword: 'another long phrase 1' } });
    expect((await refresh(one.cookie)).status).toBe(200);
    expect((await refresh(two.cookie)).status).toBe(401);
  });

  it('end with the logout', async () => {
    const password = await makeUser('leaver');
    const { token, cookie } = await plant.login('leaver', password);
    const answer = await plant.ask('POST', '/auth/logout', { token });
    expect(answer).toMatchObject({ status: 200, cookie: '' });
    expect((await refresh(cookie)).status).toBe(401);
  });
});

describe('access tokens', () => {
  it('are good for five minutes and say so when they are not', async () => {
    const { token } = await plant.login('admin', ADMIN_PASSWORD);
    plant.clock.ms += 5 * minute - 2000;
    expect((await plant.ask('GET', '/sites', { token })).status).toBe(200);
    plant.clock.ms += 3000;
    expect(await plant.ask('GET', '/sites', { token })).toMatchObject({ status: 401, body: { code: 'token-expired' } });
  });

  it('are refused when changed, unsigned, or signed by somebody else', async () => {
    const { token } = await plant.login('admin', ADMIN_PASSWORD);
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const bent = Buffer.from(JSON.stringify({ ...claims, usr: 'root' })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    for (const wrong of [`${head}.${bent}.${signature}`, `${none}.${body}.`, 'x', 'a.b.c']) {
      expect(await plant.ask('GET', '/sites', { token: wrong })).toMatchObject({ status: 401, body: { code: 'signed-out' } });
    }
  });

  it('can be checked by others with the published key', async () => {
    const keys = await plant.ask('GET', '/.well-known/jwks.json');
    expect(keys.body.keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }]);
    expect(keys.body.keys[0]).not.toHaveProperty('d');
  });

  it('of the local command make an administrator without a password', async () => {
    expect((await plant.ask('GET', '/users', { token: CLI_TOKEN })).status).toBe(200);
    expect((await plant.ask('GET', '/users', { token: `${CLI_TOKEN}x` })).status).toBe(401);
  });
});

describe('logins', () => {
  it('slow down with every failure, for the user at that address only', async () => {
    const password = await makeUser('slow');
    const attempt = (text: string, address: string) =>
      plant.ask('POST', '/auth/login', { body: { username: 'slow', password: text }, address });
    for (let i = 0; i < 3; i++) expect((await attempt('wrong', '10.0.0.1')).status).toBe(401);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      const refused = await attempt(password, '10.0.0.1');
      expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-logins' } });
      const waitS = Number(refused.headers['retry-after']);
      waits.push(waitS);
      plant.clock.ms += waitS * 1000;
      expect((await attempt('wrong', '10.0.0.1')).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8]);
    expect((await attempt(password, '10.0.0.2')).status).toBe(200);
  });

  it('of other users go on while one account is attacked from a thousand addresses', async () => {
    const password = await makeUser('bystander');
    const attack = (address: string) => plant.ask('POST', '/auth/login', { body: { username: 'besieged', password: 'a guess' }, address });
    const flood = Array.from({ length: 1000 }, (_, i) => attack(`172.16.${i >> 8}.${i & 255}`));
    const startMs = performance.now();
    const honest = await plant.ask('POST', '/auth/login', { body: { username: 'bystander', password }, address: '10.77.0.1' });
    const waitedMs = performance.now() - startMs;
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(honest.status).toBe(200);
    expect(waitedMs).toBeLessThan(5000);
    expect(statuses.filter((status) => status === 429).length, 'guesses that cost nothing').toBeGreaterThan(900);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
  });

  it('of many users from many addresses are checked a few at a time: the plant goes on, those who were here before go first', async () => {
    const password = await makeUser('regular');
    const signIn = () => plant.ask('POST', '/auth/login', { body: { username: 'regular', password }, address: '10.78.0.1' });
    expect((await signIn()).status).toBe(200);
    let judged = 0;
    const flood = Array.from({ length: 600 }, async (_, i) => {
      const body = { username: `nobody-${i}`, password: 'x' };
      const { status } = await plant.ask('POST', '/auth/login', { body, address: `172.17.${i >> 8}.${i & 255}` });
      if (status === 401) judged += 1;
      return status;
    });
    expect((await signIn()).status).toBe(200);
    const judgedBefore = judged;
    const statuses = await Promise.all(flood);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect(judged).toBeGreaterThan(20);
    expect(judgedBefore).toBeLessThan(judged / 2);
  });

  it('that could not be judged, because the database was away, are not held against the user', async () => {
    const password = await makeUser('patient');
    const attempt = (address: string) => plant.ask('POST', '/auth/login', { body: { username: 'patient', password }, address });
    plant.breakDatabase(true);
    for (let i = 0; i < 6; i++) expect((await attempt('10.79.0.1')).status).toBe(503);
    plant.breakDatabase(false);
    expect((await attempt('10.79.0.1')).status).toBe(200);
  });

  it('of somebody unknown take as long and look the same as a wrong password', async () => {
    const time = async (username: string): Promise<number> => {
      const start = performance.now();
      for (let i = 0; i < 3; i++)
        await plant.ask('POST', '/auth/login', { body: { username, password: 'wrong' }, address: `10.1.${i}.${username.length}` });
      return performance.now() - start;
    };
    await time('nobody-at-all');
    const [known, unknown] = [await time('idle'), await time('nobody')];
    expect(unknown).toBeGreaterThan(known / 4);
    const answers = await Promise.all(
      ['idle', 'nobody'].map((username) => plant.ask('POST', '/auth/login', { body: { username, password: 'x' }, address: '10.2.0.1' })),
    );
    expect(answers[0]?.body.detail).toBe(answers[1]?.body.detail);
  });
});

describe('users', () => {
  it('keep their last administrator', async () => {
    const token = await plant.admin();
    for (const [method, path, body] of [
      ['DELETE', '/users/admin', undefined],
      ['PATCH', '/users/admin', { disabled: true }],
      ['PATCH', '/users/admin', { grants: [{ role: 'viewer', namespace: '*', site: '*' }] }],
      ['PATCH', '/users/admin', { grants: [{ role: 'admin', namespace: 'default', site: '*' }] }],
    ] as const) {
      expect(await plant.ask(method, path, { token, body })).toMatchObject({ status: 409, body: { code: 'last-admin' } });
    }
  });

  it('that are disabled lose their sessions and cannot sign in', async () => {
    const password = await makeUser('gone');
    const { token, cookie } = await plant.login('gone', password);
    const admin = await plant.admin();
    expect((await plant.ask('PATCH', '/users/gone', { token: admin, body: { disabled: true } })).body.disabled).toBe(true);
    expect((await refresh(cookie)).status).toBe(401);
    expect((await plant.ask('GET', '/auth/me', { token })).status).toBe(401);
    expect((await plant.ask('POST', '/auth/login', { body: { username: 'gone', password } })).status).toBe(401);
  });

  it('get a new password from an administrator, to be changed at once', async () => {
    await makeUser('forgetful');
    const admin = await plant.admin();
    const { password } = (await plant.ask('POST', '/users/forgetful/reset-password', { token: admin })).body;
    const { token } = await plant.login('forgetful', password);
    expect(await plant.ask('GET', '/sites', { token })).toMatchObject({ status: 403, body: { code: 'password-change-required' } });
  });

  it('are administered by administrators only, and a site needs its namespace', async () => {
    const password = await makeUser('engineer-1', 'engineer');
    const { token } = await plant.login('engineer-1', password);
    expect((await plant.ask('GET', '/users', { token })).status).toBe(403);
    const admin = await plant.admin();
    const wrong = await plant.ask('POST', '/users', {
      token: admin,
      body: { username: 'nowhere', grants: [{ role: 'viewer', namespace: '*', site: 'north' }] },
    });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ field: 'grants.0.site' }] } });
    expect(await plant.ask('POST', '/users', { token: admin, body: { username: 'engineer-1', grants: [] } })).toMatchObject({
      status: 409,
      body: { code: 'taken' },
    });
    const named = await plant.ask('POST', '/users', { token: admin, body: { username: 'Not A Name', grants: [], rank: 1 } });
    expect(named.body.errors.map((error: { field: string }) => error.field).toSorted()).toEqual(['rank', 'username']);
  });
});
