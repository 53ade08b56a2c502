/**
 * An owner in a process of its own that takes what a collector sends and commits it 30 ms later, as a database would. Tells where
 * it listens, then, each time it is asked, what came so far; leaves with its parent.
 */
import { createAuthority, issueCertificate, serverCredentials, startGrpcServer } from '@kubeplant/kit';
import { Block, type CollectorMessage, IngestService, type OwnerMessage, Standing } from '@kubeplant/proto';

/** The first thing it tells. */
export interface OwnerAddress {
  readonly endpoint: string;
  readonly caPem: string;
}

/** What came so far; `bytes` are those of the blocks. */
export interface OwnerCounts {
  readonly rows: number;
  readonly blocks: number;
  readonly bytes: number;
}

interface Call {
  on(event: 'data', listener: (message: CollectorMessage) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
  write(message: OwnerMessage): boolean;
  end(): void;
}

const COMMIT_AFTER_MS = 30;
const counts = { rows: 0, blocks: 0, bytes: 0 };

function take(call: Call): void {
  const tell = (message: NonNullable<OwnerMessage['message']>): void => void call.write({ message });
  call.on('data', ({ message }) => {
    if (message?.$case === 'hello') {
      tell({ $case: 'welcome', value: { epoch: 1, window: 32, progress: [], standing: Standing.STANDING_ACTIVE, reason: '' } });
    } else if (message?.$case === 'block') {
      const { run, seq, tag } = Block.decode(message.value);
      counts.rows += tag.length;
      counts.blocks += 1;
      counts.bytes += message.value.length;
      tell({ $case: 'received', value: { run, seq, blocks: counts.blocks } });
      const progress = [{ run, committed: [{ first: seq, last: seq }] }];
      setTimeout(() => tell({ $case: 'committed', value: { progress } }), COMMIT_AFTER_MS);
    }
  });
  call.on('error', () => undefined);
  call.on('end', () => call.end());
}

const authority = await createAuthority({ commonName: 'bench', days: 1 });
const certificate = await issueCertificate({ authority, commonName: 'api', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 1 });
const server = await startGrpcServer({
  host: '127.0.0.1',
  port: 0,
  credentials: serverCredentials({ ...certificate, requireClient: false }),
  services: [{ definition: IngestService, implementation: { stream: take } }],
});
process.on('message', () => process.send?.(counts satisfies OwnerCounts));
process.on('disconnect', () => process.exit(0));
process.send?.({ endpoint: `localhost:${server.port}`, caPem: authority.certPem } satisfies OwnerAddress);
