import { type ChannelCredentials, type ChannelOptions, credentials, experimental, Metadata, ServerCredentials } from '@grpc/grpc-js';
import type { FollowedTls } from './follow-tls-files.ts';

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

/** Certificates of a server: files that are followed, or texts that stay. */
export type ServerTls =
  | Pick<FollowedTls, 'subscribe'>
  | { readonly certPem: string; readonly keyPem: string; readonly caPem?: string | undefined };

/** TLS of a server. `caPem` checks client certificates; `requireClient` refuses clients without one. */
export function serverCredentials(options: ServerTls & { readonly requireClient: boolean }): ServerCredentials {
  const { requireClient } = options;
  if ('subscribe' in options) {
    const provider = createProvider(options);
    return experimental.createCertificateProviderServerCredentials(provider, requireClient ? provider : null, requireClient);
  }
  const { certPem, keyPem, caPem } = options;
  const ca = caPem === undefined ? null : Buffer.from(caPem);
  return ServerCredentials.createSsl(ca, [{ cert_chain: Buffer.from(certPem), private_key: Buffer.from(keyPem) }], requireClient);
}

/** Certificate files in the form the library asks for. It is told in the next tick: before that it has not begun to listen. */
function createProvider(tls: Pick<FollowedTls, 'subscribe'>): experimental.CertificateProvider {
  const ends = new Map<unknown, () => void>();
  const drop = (listener: unknown): void => {
    ends.get(listener)?.();
    ends.delete(listener);
  };
  return {
    addCaCertificateListener: (listener) =>
      void ends.set(
        listener,
        tls.subscribe(({ caPem }) => process.nextTick(listener, { caCertificate: Buffer.from(caPem) })),
      ),
    removeCaCertificateListener: drop,
    addIdentityCertificateListener: (listener) =>
      void ends.set(
        listener,
        tls.subscribe(({ certPem, keyPem }) =>
          process.nextTick(listener, { certificate: Buffer.from(certPem), privateKey: Buffer.from(keyPem) }),
        ),
      ),
    removeIdentityCertificateListener: drop,
  };
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
