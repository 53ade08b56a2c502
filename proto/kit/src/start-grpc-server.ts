import { Server, type ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { grpcOptions } from './grpc.ts';

/** A running gRPC server. */
export interface GrpcServer {
  readonly port: number;
  /** Refuse new calls, wait up to `graceMs` (default 2 s) for those in flight, then cut them. */
  close(graceMs?: number): Promise<void>;
}

/** Serve `services` with the house's options. Port 0: any free one. Rejects when the port is taken. */
export async function startGrpcServer(options: {
  readonly host: string;
  readonly port: number;
  readonly credentials: ServerCredentials;
  readonly services: readonly { readonly definition: ServiceDefinition; readonly implementation: UntypedServiceImplementation }[];
}): Promise<GrpcServer> {
  const server = new Server(grpcOptions);
  for (const { definition, implementation } of options.services) server.addService(definition, implementation);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, options.credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { port, close: (graceMs = 2_000) => closeServer(server, graceMs) };
}

/** Done after `graceMs` at the latest: for a connection that goes down at that moment the library would wait for ever. */
function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
