import { type ChannelCredentials, type ChannelOptions, credentials, Metadata, ServerCredentials } from '@grpc/grpc-js';

export { Metadata, status as grpcStatus } from '@grpc/grpc-js';

/**
 * Options of every channel and server: a dead peer is noticed within 15 s, messages up to 16 MiB, no proxy, and a
 * reconnect is never held back by the library for longer than our own back-off.
 */
export const grpcOptions: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': 16 << 20,
  'grpc.max_send_message_length': 16 << 20,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
};

/** TLS of a server. `caPem` checks client certificates; `requireClient` refuses clients without one. */
export function serverCredentials(options: {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem?: string | undefined;
  readonly requireClient: boolean;
}): ServerCredentials {
  const { certPem, keyPem, caPem, requireClient } = options;
  const ca = caPem === undefined ? null : Buffer.from(caPem);
  return ServerCredentials.createSsl(ca, [{ cert_chain: Buffer.from(certPem), private_key: Buffer.from(keyPem) }], requireClient);
}

/** TLS of a client; with `certPem` and `keyPem` it shows a certificate of its own. */
export function clientCredentials(options: {
  readonly caPem: string;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
}): ChannelCredentials {
  const { caPem, certPem, keyPem } = options;
  return credentials.createSsl(
    Buffer.from(caPem),
    keyPem === undefined ? null : Buffer.from(keyPem),
    certPem === undefined ? null : Buffer.from(certPem),
  );
}

/** Metadata with `authorization: Bearer <token>`. */
export function bearerMetadata(token: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** The bearer token of a call; undefined when there is none. */
export function readBearer(metadata: Metadata): string | undefined {
  const [header] = metadata.get('authorization');
  const match = typeof header === 'string' ? /^Bearer +([^\s]+)$/i.exec(header) : null;
  return match?.[1];
}
