import { bearerMetadata, clientCredentials, grpcOptions, type Tracer, traceCall } from '@kubeplant/kit';
import { type CollectorMessage, IngestClient, type OwnerMessage } from '@kubeplant/proto';

/** Token and CA of the api. */
export interface UplinkCredentials {
  readonly token: string;
  readonly caPem: string;
}

/** Where a stream goes, and as whom. */
export interface DialOptions {
  /** host:port */
  readonly endpoint: string;
  readonly credentials: UplinkCredentials;
  readonly tracer: Tracer;
}

/** What comes of a stream. After `onError` or `onEnd` nothing more comes. */
export interface WireEvents {
  readonly onMessage: (message: OwnerMessage) => void;
  /** The stream takes more. */
  readonly onDrain: () => void;
  /** `code`: gRPC status. */
  readonly onError: (error: Error & { readonly code?: number }) => void;
  readonly onEnd: () => void;
}

/** One stream to the owner of a site. */
export interface Wire {
  /** False: it is full, wait for `onDrain`. */
  write(message: CollectorMessage): boolean;
  /** Half-close: the owner ends the stream. */
  end(): void;
  /** Let go of the stream at once. `reason`: why it failed, for the trace. */
  cancel(reason?: string): void;
}

/** Opens a stream; a parameter so that tests own the network. */
export type Dial = (options: DialOptions, events: WireEvents) => Wire;

/** Open an Ingest stream by gRPC over TLS. */
export const dialOwner: Dial = ({ endpoint, credentials, tracer }, { onMessage, onDrain, onError, onEnd }) => {
  const client = new IngestClient(endpoint, clientCredentials({ caPem: credentials.caPem }), grpcOptions);
  const metadata = bearerMetadata(credentials.token);
  const endSpan = traceCall(tracer, 'kubeplant.v1alpha1.Ingest/Stream', metadata);
  const call = client.stream(metadata);
  call.on('data', onMessage);
  call.on('drain', onDrain);
  call.on('error', onError);
  call.on('end', onEnd);
  return {
    write: (message) => call.write(message),
    end: () => call.end(),
    cancel: (reason) => {
      endSpan(reason);
      call.cancel();
      client.close();
    },
  };
};
