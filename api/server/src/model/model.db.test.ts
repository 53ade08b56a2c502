import { clientCredentials, grpcOptions, shardToken, startServedSpan, startTelemetry, tokenHash } from '@kubeplant/kit';
import { model as proto } from '@kubeplant/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector } from '../ingest/collector.fixture.ts';
import { caPem, clientTls, eventually, serverTls, startTestApi, type TestApi } from '../owner/api.fixture.ts';
import { device, model, packed, tag, TOKEN } from '../owner/plant.fixture.ts';
import { startModelServer } from './start-model-server.ts';

type Answer = NonNullable<proto.ApiMessage['message']>;
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const plant = model([device('pump', [tag('flow')])]);
const operatorTls = await clientTls(['kubeplant:operator']);
const strangerTls = await clientTls(['kubeplant:somebody']);

describe.each(engines().slice(0, 1))('the model service', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  let server: Awaited<ReturnType<typeof startModelServer>>;
  const open: { close(): void }[] = [];

  /** An operator that does what the test says. */
  const connect = (tls: { certPem: string; keyPem: string } = operatorTls, leaseTransitions = 1) => {
    const client = new proto.ModelClient(`localhost:${server.port}`, clientCredentials({ caPem, ...tls }), grpcOptions);
    const call = client.connect();
    const answers: Answer[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number }>();
    call.on('data', ({ message }: proto.ApiMessage) => message !== undefined && answers.push(message));
    call.on('error', () => {});
    call.on('status', (status) => resolve(status));
    const send = (message: NonNullable<proto.OperatorMessage['message']>) => void call.write({ message });
    send({ $case: 'hello', value: { cluster: 'local', leaseTransitions, host: 'local', consoleEdits: true } });
    const one = {
      send,
      answers,
      ended,
      close: () => {
        call.cancel();
        client.close();
      },
    };
    open.push(one);
    return one;
  };
  const message = (site = plant, body = packed(site).body) => ({
    $case: 'model' as const,
    value: { namespace: 'default', site: site.site, revision: site.revision, body },
  });
  const answer = <K extends Answer['$case']>(operator: { answers: Answer[] }, $case: K) =>
    eventually(`an answer "${$case}"`, () => operator.answers.find((one): one is Extract<Answer, { $case: K }> => one.$case === $case));

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url);
    server = await startModelServer({
      host: '127.0.0.1',
      port: 0,
      tls: { ...serverTls, caPem },
      store: api.store,
      sites: api.sites,
      log: silent,
    });
  });
  beforeEach(async () => {
    for (const one of open.splice(0)) one.close();
    for (const { tenant, site } of api.sites.models()) await api.sites.removeSite(tenant, site);
    await api.store.pool.query('DELETE FROM model_source');
  });
  afterAll(async () => {
    for (const one of open) one.close();
    await server.close(0);
    await api.stop();
    await database.drop();
  });

  it('keeps a model, says so, and starts from it when the process comes back', async () => {
    const operator = connect();
    operator.send(message());
    expect((await answer(operator, 'accepted')).value).toEqual({ namespace: 'default', site: 'north', revision: 'r1' });
    const again = await startTestApi(database.url);
    expect(again.sites.model('local/default', 'north')).toMatchObject({ revision: 'r1' });
    await again.stop();
  });

  it('tells nobody but the operator', async () => {
    expect(await connect(strangerTls).ended).toMatchObject({ code: 7 });
    const nobody = new proto.ModelClient(`localhost:${server.port}`, clientCredentials({ caPem }), grpcOptions).connect();
    const failed = new Promise<{ code: number }>((resolve) => nobody.on('error', (error) => resolve(error as unknown as { code: number })));
    expect(await failed).toMatchObject({ code: 14 });
  });

  it('refuses a leader older than one it has seen, also after a restart of the newer', async () => {
    const newer = connect(operatorTls, 5);
    newer.send(message());
    await answer(newer, 'accepted');
    newer.close();
    const older = connect(operatorTls, 4);
    older.send(message({ ...plant, revision: 'r-old' }));
    expect((await answer(older, 'refused')).value).toMatchObject({ code: 'LowerLease', revision: 'r-old' });
    older.send({ $case: 'removed', value: { namespace: 'default', site: 'north' } });
    older.send(message({ ...plant, revision: 'r-last' }));
    await eventually('both are refused', () => older.answers.filter((one) => one.$case === 'refused').length === 2);
    expect(api.sites.model('local/default', 'north')).toMatchObject({ revision: 'r1' });
  });

  it.each([
    ['what is no gzip', Buffer.from('{}'), /not gzipped JSON/],
    ['another format version', packed({ ...plant, formatVersion: 3 as 2 }).body, /formatVersion is 3/],
    ['the model of another site', packed({ ...plant, site: 'south' }).body, /of local\/default\/south/],
    ['a model without devices', packed({ ...plant, devices: undefined as never }).body, /devices is not a list/],
  ])('refuses %s', async (_name, body, reason) => {
    const operator = connect();
    operator.send(message(plant, body));
    const refused = await answer(operator, 'refused');
    expect(refused.value).toMatchObject({ code: 'Malformed' });
    expect(refused.value.message).toMatch(reason);
    expect(api.sites.models()).toEqual([]);
  });

  it('drops sites that were not named once all have been sent', async () => {
    const south = { ...plant, site: 'south' };
    const first = connect();
    first.send(message());
    first.send(message(south));
    await eventually('both are accepted', () => first.answers.filter((one) => one.$case === 'accepted').length === 2);
    first.close();
    const second = connect();
    second.send(message(south));
    second.send({ $case: 'synced', value: {} });
    await eventually('north is gone', () => api.sites.models().length === 1);
    expect(api.sites.models()[0]?.site).toBe('south');
  });

  it('sends health in full with a model and then what changes', async () => {
    const operator = connect();
    operator.send(message());
    expect((await answer(operator, 'health')).value).toMatchObject({ site: 'north', shards: [{ shard: 'shard-0', connected: false }] });
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await collector.hello();
    const health = {
      device: 'pump',
      revision: 'r',
      connected: true,
      dataFlowing: true,
      reason: 'Connected',
      message: '',
      tags: 1,
      badTags: 0,
      rejected: [{ tag: 'flow', reason: 'x' }],
    };
    collector.send({ $case: 'health', value: { configRevision: 'c1', devices: [health] } });
    const report = await eventually('the report', () =>
      operator.answers.flatMap((one) => (one.$case === 'health' ? one.value.devices : [])).find((one) => one.connected),
    );
    expect(report).toMatchObject({ device: 'pump', shard: 'shard-0', rejected: [{ tag: 'flow', reason: 'x' }] });
    collector.close();
  });

  it('carries an edit to the operator and its answer back, and says when nobody is there', async () => {
    const edit = {
      method: 'PUT',
      kind: 'Device',
      namespace: 'default',
      name: 'pump',
      object: { a: 1 },
      dryRun: true,
      user: 'anna',
    } as const;
    await eventually('nobody is connected', () =>
      api.sites.edit(edit).then(
        () => undefined,
        () => true,
      ),
    );
    await expect(api.sites.edit(edit)).rejects.toThrow(/no operator is connected/);
    const operator = connect();
    operator.send(message());
    await answer(operator, 'accepted');
    const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
    const request = startServedSpan('PUT', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    const result = request.run(() => api.sites.edit(edit));
    const asked = await answer(operator, 'edit');
    expect(asked.value.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
    await telemetry.shutdown();
    expect(asked.value).toMatchObject({ method: 'PUT', object: '{"a":1}', resourceVersion: '', user: 'anna' });
    operator.send({
      $case: 'editResult',
      value: { id: asked.value.id, status: 409, code: 'managed-elsewhere', message: 'm', errors: '[]', object: '', yaml: 'kind: Device' },
    });
    expect(await result).toEqual({ status: 409, code: 'managed-elsewhere', message: 'm', yaml: 'kind: Device' });
    const lost = api.sites.edit(edit);
    operator.close();
    await expect(lost).rejects.toThrow(/connection to the operator was lost/);
  });

  it('takes a new token of a shard beside the old one, and refuses the old one when it has gone', async () => {
    const fresh = shardToken('root', 'local/default', 'north', 'shard-0');
    const [shard] = plant.shards;
    const withTokens = (revision: string, tokenHashes: string[]) => packed({ ...plant, revision, shards: [{ ...shard!, tokenHashes }] });
    await api.sites.applyModel(withTokens('r2', [tokenHash(TOKEN), tokenHash(fresh)]));
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    for (const token of [TOKEN, fresh])
      expect(await connectCollector({ port: api.ingest.port, caPem, token }).hello()).toMatchObject({ $case: 'welcome' });
    await api.sites.applyModel(withTokens('r3', [tokenHash(fresh)]));
    const old = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await old.hello().catch(() => {});
    expect(await old.ended).toMatchObject({ code: 16 });
  });
});
