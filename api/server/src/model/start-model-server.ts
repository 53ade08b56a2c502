import { type GrpcServer, grpcStatus, peerUris, type ServerTls, serverCredentials, startGrpcServer, traceServedCall } from '@kubeplant/kit';
import { model } from '@kubeplant/proto';
import type { OwnedSites } from '../owner/create-sites.ts';
import type { Store } from '../store/create-store.ts';
import type { StoreLog } from '../store/store-log.ts';
import { endOperatorCall, type OperatorCall } from './operator-stream.ts';
import { serveOperator } from './serve-operator.ts';

/** URI of the operator in its client certificate. */
const OPERATOR_URI = 'kubeplant:operator';

interface ModelOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Its authorities sign the operator's certificate. */
  readonly tls: ServerTls;
  readonly store: Store;
  readonly sites: OwnedSites;
  readonly log: StoreLog;
}

/** Serve `Model`: mutual TLS, for the operator alone. */
export function startModelServer(options: ModelOptions): Promise<GrpcServer> {
  const connect = (call: OperatorCall): void => {
    if (peerUris(call).includes(OPERATOR_URI))
      void traceServedCall('kubeplant.v1alpha1.Model/Connect', call.metadata, () => serveOperator(options, call));
    else endOperatorCall(call, grpcStatus.PERMISSION_DENIED, `the client certificate has no URI ${OPERATOR_URI}`);
  };
  const credentials = serverCredentials({ ...options.tls, requireClient: true });
  return startGrpcServer({
    host: options.host,
    port: options.port,
    credentials,
    services: [{ definition: model.ModelService, implementation: { connect } }],
  });
}
