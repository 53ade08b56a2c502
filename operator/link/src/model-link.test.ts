import { gunzipSync } from 'node:zlib';
import type { SiteModel } from '@kubeplant/crds/model';
import {
  createAuthority,
  createLogger,
  grpcStatus,
  issueCertificate,
  peerUris,
  startTelemetry,
  serverCredentials,
  startGrpcServer,
} from '@kubeplant/kit';
import { model } from '@kubeplant/proto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createModelLink } from './model-link.ts';
import type { EditResult, ModelLink, ModelLinkOptions } from './types.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const authority = await createAuthority({ commonName: 'test', days: 1 });
const issue = (uris: string[]) =>
  issueCertificate({
    authority,
    commonName: 'test',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    uris,
    days: 1,
    client: true,
    server: true,
  });
const serverTls = await issue([]);
const clientTls = await issue(['kubeplant:operator']);

const siteModel = (site: string, revision: string) =>
  ({ formatVersion: 2, namespace: 'default', site, revision, devices: [] }) as unknown as SiteModel;

/** A real gRPC server that keeps what it is sent and says what it is told to say. */
async function startApi(port = 0) {
  const streams: {
    received: model.OperatorMessage[];
    send: (message: model.ApiMessage) => void;
    cut: () => void;
    uris: readonly string[];
    traceparent: unknown;
  }[] = [];
  const implementation: model.ModelServer = {
    connect: (call) => {
      const stream = {
        received: [] as model.OperatorMessage[],
        uris: peerUris(call),
        traceparent: call.metadata.get('traceparent')[0],
        send: (message: model.ApiMessage) => void call.write(message),
        cut: () => void call.emit('error', { code: grpcStatus.UNAVAILABLE, details: 'cut' }),
      };
      streams.push(stream);
      call.on('data', (message: model.OperatorMessage) => {
        stream.received.push(message);
        if (message.message?.$case !== 'model') return;
        const { namespace, site, revision } = message.message.value;
        call.write({ message: { $case: 'accepted', value: { namespace, site, revision } } });
      });
      call.on('error', () => undefined);
      call.on('end', () => call.end());
    },
  };
  const credentials = serverCredentials({ ...serverTls, caPem: authority.certPem, requireClient: true });
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port,
    credentials,
    services: [{ definition: model.ModelService, implementation }],
  });
  closers.push(() => server.close(100));
  return { ...server, streams };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function open(port: number, more: Partial<ModelLinkOptions> = {}): ModelLink {
  const link = createModelLink({
    endpoint: `127.0.0.1:${port}`,
    tls: () => ({ ...clientTls, caPem: authority.certPem }),
    hello: { cluster: 'local', leaseTransitions: 3, host: 'local', consoleEdits: true },
    log,
    onEdit: async () => ({ status: 200, code: 'ok', message: '', errors: '[]', object: '{}', yaml: '' }),
    backoff: { minMs: 10, maxMs: 50 },
    ...more,
  });
  closers.push(() => link.close());
  return link;
}

const cases = (messages: readonly model.OperatorMessage[]) => messages.map(({ message }) => message?.$case);

describe('the link to the api', () => {
  it('says hello, sends every model and says synced, over mutual TLS', async () => {
    const api = await startApi();
    const link = open(api.port);
    link.publish(siteModel('north', 'a'));
    link.publish(siteModel('south', 'b'));
    link.synced();
    await vi.waitFor(() => expect(cases(api.streams[0]?.received ?? [])).toEqual(['hello', 'model', 'model', 'synced']));
    expect(api.streams[0]?.uris).toEqual(['kubeplant:operator']);
    const sent = api.streams[0]?.received[1]?.message;
    expect(sent?.$case === 'model' && JSON.parse(gunzipSync(sent.value.body).toString())).toEqual(siteModel('north', 'a'));
    await vi.waitFor(() => expect(link.state().sites.map(({ accepted }) => accepted)).toEqual(['a', 'b']));
    expect(link.state().connection).toBe('Connected');
  });

  it('carries a trace of its own on every stream', async () => {
    const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
    const api = await startApi();
    open(api.port);
    await vi.waitFor(() => expect(api.streams).toHaveLength(1));
    api.streams[0]?.cut();
    await vi.waitFor(() => expect(api.streams).toHaveLength(2));
    const traces = api.streams.map(({ traceparent }) => String(traceparent));
    for (const trace of traces) expect(trace).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(new Set(traces).size).toBe(2);
    await telemetry.shutdown();
  });

  it('sends a model again only when it changed, and a removal once', async () => {
    const api = await startApi();
    const link = open(api.port);
    link.publish(siteModel('north', 'a'));
    link.synced();
    await vi.waitFor(() => expect(cases(api.streams[0]?.received ?? [])).toContain('synced'));
    link.publish(siteModel('north', 'a'));
    link.publish(siteModel('north', 'b'));
    link.remove('default', 'north');
    link.remove('default', 'north');
    await vi.waitFor(() => expect(cases(api.streams[0]?.received ?? []).at(-1)).toBe('removed'));
    expect(cases(api.streams[0]?.received ?? [])).toEqual(['hello', 'model', 'synced', 'model', 'removed']);
  });

  it('connects again after a cut and sends the whole desired set, without what was removed meanwhile', async () => {
    const api = await startApi();
    const link = open(api.port);
    link.publish(siteModel('north', 'a'));
    link.publish(siteModel('south', 'b'));
    link.synced();
    await vi.waitFor(() => expect(link.state().sites.every(({ accepted }) => accepted !== undefined)).toBe(true));
    api.streams[0]?.cut();
    link.remove('default', 'south');
    link.publish(siteModel('north', 'c'));
    await vi.waitFor(() => expect(cases(api.streams[1]?.received ?? [])).toEqual(['hello', 'model', 'synced']));
    await vi.waitFor(() => expect(link.state().sites).toEqual([{ namespace: 'default', site: 'north', revision: 'c', accepted: 'c' }]));
  });

  it('waits for an api that is not there yet', async () => {
    const first = await startApi();
    await first.close(0);
    const link = open(first.port);
    link.publish(siteModel('north', 'a'));
    await vi.waitFor(() => expect(link.state().lastError).toBeDefined());
    const second = await startApi(first.port);
    await vi.waitFor(() => expect(cases(second.streams[0]?.received ?? [])).toEqual(['hello', 'model']), { timeout: 5000 });
  });

  it('passes health on, keeps refusals, and answers edits, those that fail too', async () => {
    const api = await startApi();
    const onHealth = vi.fn();
    const onEdit = vi.fn<ModelLinkOptions['onEdit']>();
    onEdit.mockResolvedValueOnce({
      status: 412,
      code: 'stale',
      message: 'changed meanwhile',
      errors: '[]',
      object: '',
      yaml: '',
    } satisfies EditResult);
    onEdit.mockRejectedValueOnce(new Error('disk full'));
    const link = open(api.port, { onHealth, onEdit });
    link.publish(siteModel('north', 'a'));
    await vi.waitFor(() => expect(link.state().sites[0]?.accepted).toBe('a'));
    const stream = api.streams[0]!;
    stream.send({ message: { $case: 'health', value: { namespace: 'default', site: 'north', shards: [], devices: [] } } });
    stream.send({
      message: { $case: 'refused', value: { namespace: 'default', site: 'north', revision: 'a', code: 'Malformed', message: 'no' } },
    });
    const edit = {
      method: 'PUT',
      kind: 'Device',
      namespace: 'default',
      name: 'p',
      object: '{}',
      resourceVersion: '',
      dryRun: false,
      user: 'ada',
      traceparent: '',
    };
    stream.send({ message: { $case: 'edit', value: { id: '1', ...edit } } });
    stream.send({ message: { $case: 'edit', value: { id: '2', ...edit } } });
    await vi.waitFor(() => expect(cases(stream.received).filter((name) => name === 'editResult')).toHaveLength(2));
    const results = stream.received.flatMap(({ message }) => (message?.$case === 'editResult' ? [message.value] : []));
    expect(results.map(({ id, status, code }) => [id, status, code])).toEqual([
      ['1', 412, 'stale'],
      ['2', 500, 'edit-failed'],
    ]);
    expect(onHealth).toHaveBeenCalledOnce();
    expect(link.state().sites[0]?.refused).toEqual({ code: 'Malformed', message: 'no' });
  });

  it('is refused without a certificate of our authority', async () => {
    const api = await startApi();
    const other = await createAuthority({ commonName: 'other', days: 1 });
    const stranger = await issueCertificate({
      authority: other,
      commonName: 'x',
      dnsNames: [],
      ipAddresses: [],
      uris: ['kubeplant:operator'],
      days: 1,
      client: true,
    });
    const link = open(api.port, { tls: () => ({ ...stranger, caPem: authority.certPem }) });
    link.publish(siteModel('north', 'a'));
    await vi.waitFor(() => expect(link.state().lastError).toBeDefined());
    expect(api.streams).toHaveLength(0);
  });
});
