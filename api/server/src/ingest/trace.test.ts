import {
  activeTraceId,
  bearerMetadata,
  clientCredentials,
  createAuthority,
  grpcOptions,
  issueCertificate,
  processTracer,
  startTelemetry,
  tokenHash,
  traceCall,
} from '@kubeplant/kit';
import { IngestClient } from '@kubeplant/proto';
import { expect, it } from 'vitest';
import { device, model, TOKEN } from '../owner/plant.fixture.ts';
import { startIngest } from './start-ingest.ts';

it('serves a collector in the trace that its stream carries', async () => {
  const telemetry = startTelemetry({ service: 'test', version: '1', env: {} });
  const authority = await createAuthority({ commonName: 'test', days: 1 });
  const names = { commonName: 'api', dnsNames: ['localhost'], ipAddresses: [], uris: [], days: 1, server: true };
  const tls = await issueCertificate({ authority, ...names });
  const seen: (string | undefined)[] = [];
  const sites = {
    model: () => model([device('pump', [])]),
    open: (_hello: unknown, port: { readonly tokenHash: string }) => {
      seen.push(activeTraceId(), port.tokenHash);
      return { kind: 'redirect', endpoint: 'elsewhere:1', retryAfterMs: 1 } as const;
    },
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const server = await startIngest({ host: '127.0.0.1', port: 0, tls, sites, log });
  const client = new IngestClient(`localhost:${server.port}`, clientCredentials({ caPem: authority.certPem }), grpcOptions);
  const metadata = bearerMetadata(TOKEN);
  const end = traceCall(processTracer(), 'call', metadata);
  const call = client.stream(metadata);
  const hello = {
    tenant: 'local/default',
    site: 'north',
    shard: 'shard-0',
    collectorVersion: '',
    sentUs: 0,
    instance: 'collector-0',
    epoch: 0,
    standby: false,
    committed: [],
    runs: [],
  };
  call.write({ message: { $case: 'hello', value: hello } });
  await new Promise((resolve) => call.on('data', resolve));
  end();
  expect(seen).toEqual([String(metadata.get('traceparent')[0]).split('-')[1], tokenHash(TOKEN)]);
  call.cancel();
  call.on('error', () => {});
  client.close();
  await server.close(0);
  await telemetry.shutdown();
});
