import { type GrpcServer, type ServerTls, serverCredentials, startGrpcServer, traceServedCall } from '@kubeplant/kit';
import { IngestService } from '@kubeplant/proto';
import type { OwnedSites } from '../owner/create-sites.ts';
import type { StoreLog } from '../store/store-log.ts';
import { serveStream } from './serve-stream.ts';
import type { CollectorCall } from './stream-port.ts';

interface IngestOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: ServerTls;
  readonly sites: Pick<OwnedSites, 'model' | 'open'>;
  readonly log: StoreLog;
}

/** Serve `Ingest`: TLS, a token per shard. */
export function startIngest(options: IngestOptions): Promise<GrpcServer> {
  const { host, port, tls } = options;
  const implementation = {
    stream: (call: CollectorCall) =>
      void traceServedCall('kubeplant.v1alpha1.Ingest/Stream', call.metadata, () => serveStream(options, call)),
  };
  return startGrpcServer({
    host,
    port,
    credentials: serverCredentials({ ...tls, requireClient: false }),
    services: [{ definition: IngestService, implementation }],
  });
}
