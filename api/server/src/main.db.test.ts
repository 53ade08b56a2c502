import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, issueCertificate } from '@kubeplant/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../e2e/src/databases/test-database.ts';

let folder: string;
let database: TestDatabase;
let env: Record<string, string>;
const children: ChildProcess[] = [];

function start(more: Record<string, string> = {}): { child: ChildProcess; stderr: () => string; ready: Promise<Record<string, number>> } {
  const child = fork(join(import.meta.dirname, 'main.ts'), {
    env: { PATH: process.env.PATH ?? '', ...env, ...more },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ready = new Promise<Record<string, number>>((resolve, reject) => {
    child.on('message', (message: { type: string; ports: Record<string, number> }) => message.type === 'ready' && resolve(message.ports));
    child.on('exit', (code) => reject(new Error(`exit ${code}: ${stderr}`)));
  });
  ready.catch(() => {});
  return { child, stderr: () => stderr, ready };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kp-api-'));
  database = await createTestDatabase('plain', { empty: true });
  const authority = await createAuthority({ commonName: 'test', days: 1 });
  const certificate = await issueCertificate({
    authority,
    commonName: 'api',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    uris: [],
    days: 1,
    server: true,
  });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  env = {
    KUBEPLANT_DATABASE_URL_FILE: await file('url', database.url),
    KUBEPLANT_TLS_CERT_FILE: await file('cert.pem', certificate.certPem),
    KUBEPLANT_TLS_KEY_FILE: await file('key.pem', certificate.keyPem),
    KUBEPLANT_CA_FILE: await file('ca.pem', authority.certPem),
    KUBEPLANT_SIGNING_KEY_FILE: join(folder, 'signing.pem'),
    KUBEPLANT_INITIAL_PASSWORD_FILE: join(folder, 'initial-password'),
    KUBEPLANT_CLI_TOKEN_FILE: await file('cli-token', 'a-token'),
    ...Object.fromEntries(['HTTP', 'INGEST', 'MODEL', 'PROBE'].map((name) => [`KUBEPLANT_${name}_PORT`, '0'])),
  };
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('the api process', () => {
  it('starts on an empty database, makes an administrator and a key, serves, and stops in order', async () => {
    const { child, ready } = start();
    const ports = await ready;
    const get = (port: number | undefined, path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get(ports.http, '/readyz?verbose')).text()).toContain('[+]database ok');
    expect(await (await get(ports.probe, '/metrics')).text()).toContain('kubeplant_http_request_duration_seconds');
    expect((await get(ports.http, '/')).status).toBe(503);
    const password = (await readFile(join(folder, 'initial-password'), 'utf8')).trim();
    expect((await stat(join(folder, 'initial-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'signing.pem'))).mode & 0o777).toBe(0o600);
    const body = JSON.stringify({ username: 'admin', password });
    const login = await fetch(`http://127.0.0.1:${ports.http}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(login.status).toBe(200);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('keeps its administrator and its key over a restart, so that sessions go on', async () => {
    const before = await readFile(join(folder, 'signing.pem'), 'utf8');
    const password = await readFile(join(folder, 'initial-password'), 'utf8');
    const { child, ready } = start();
    await ready;
    expect(await readFile(join(folder, 'signing.pem'), 'utf8')).toBe(before);
    expect(await readFile(join(folder, 'initial-password'), 'utf8')).toBe(password);
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('does the jobs alone when it is told to, with nothing but a database, and leaves them to others when told not to', async () => {
    const { KUBEPLANT_DATABASE_URL_FILE, KUBEPLANT_PROBE_PORT } = env;
    const bare = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
    const jobs = start({ ...bare, KUBEPLANT_DATABASE_URL_FILE, KUBEPLANT_PROBE_PORT, KUBEPLANT_ROLES: 'jobs' } as Record<string, string>);
    const { probe, ...others } = await jobs.ready;
    expect(others).toEqual({});
    const metricsOf = async (port: number | undefined): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await expect
      .poll(() => metricsOf(probe), { timeout: 10_000 })
      .toMatch(/kubeplant_job_runs_total\{job="rollups",outcome="done"\} [1-9]/);
    const api = start({ KUBEPLANT_ROLES: 'ingest,http' });
    expect(await metricsOf((await api.ready).probe)).not.toContain('kubeplant_job_running');
    for (const { child } of [jobs, api]) {
      child.kill('SIGTERM');
      expect((await once(child, 'exit'))[0]).toBe(0);
    }
  });

  it.each([
    ['http', 'KUBEPLANT_ROLES has http and no ingest'],
    [',', 'KUBEPLANT_ROLES names no role'],
    ['ingest,cron', 'allowed are ingest, http, jobs'],
  ])('refuses the roles %s', async (roles, told) => {
    const { child, stderr } = start({ KUBEPLANT_ROLES: roles });
    expect((await once(child, 'exit'))[0]).toBe(2);
    expect(stderr()).toContain(told);
  });

  it('names every variable that is wrong and exits with 2', async () => {
    const { child, stderr } = start({ KUBEPLANT_HTTP_PORT: 'eighty', KUBEPLANT_DATABASE_URL_FILE: '' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
    expect(stderr()).toContain('KUBEPLANT_HTTP_PORT');
    expect(stderr()).toContain('KUBEPLANT_DATABASE_URL_FILE');
  });
});
