import { subscribe } from 'node:diagnostics_channel';
import { connect, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from './certificates.ts';
import { serverCredentials } from './grpc.ts';
import { startGrpcServer } from './start-grpc-server.ts';

const bytes = (value: Buffer): Buffer => value;
const definition = {
  stream: {
    ...{ path: '/test.Test/Stream', requestStream: true, responseStream: true },
    ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
  },
};

/** The server's side of the next call. */
const nextStream = (): Promise<ServerHttp2Stream> =>
  new Promise((resolve) => {
    // Node documents what the channel carries.
    subscribe('http2.server.stream.start', (message) => resolve((message as { readonly stream: ServerHttp2Stream }).stream));
  });

describe('startGrpcServer', () => {
  it('closes within its grace although a connection is going down at this moment', async () => {
    const authority = await createAuthority({ commonName: 'test', days: 1 });
    const certificate = await issueCertificate({
      authority,
      commonName: 'api',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      days: 1,
    });
    const server = await startGrpcServer({
      ...{ host: '127.0.0.1', port: 0, credentials: serverCredentials({ ...certificate, requireClient: false }) },
      services: [{ definition, implementation: { stream: () => undefined } }],
    });
    const called = nextStream();
    const client = connect(`https://localhost:${server.port}`, { ca: authority.certPem });
    client.on('error', () => undefined); // it is cut
    const call = client.request({ ':method': 'POST', ':path': '/test.Test/Stream', 'content-type': 'application/grpc', te: 'trailers' });
    call.on('error', () => undefined);
    const { session } = await called;
    session?.destroy();
    const closed = server.close(50).then(() => 'closed');
    const late = new Promise((resolve) => setTimeout(resolve, 2000, 'not closed'));
    expect(await Promise.race([closed, late])).toBe('closed');
    client.destroy();
  });
});
