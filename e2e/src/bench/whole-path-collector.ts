import { bearerMetadata, clientCredentials, grpcOptions } from '@kubeplant/kit';
import { Block, type CollectorMessage, IngestClient, type OwnerMessage } from '@kubeplant/proto';

/** What the bench asks of its collector process. */
export interface CollectorTask {
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
  readonly run: string;
  readonly blocks: number;
  readonly rowsPerBlock: number;
  readonly tags: number;
  /** Pause between blocks; 0: as fast as the window allows. */
  readonly everyMs: number;
}

/** From the first block sent to the last one committed, and each block's own time. */
export interface CollectorReport {
  readonly elapsedMs: number;
  readonly ackMs: readonly number[];
}

/** What it tells the bench. */
export type CollectorSaid =
  | { readonly kind: 'progress'; readonly run: string; readonly sent: number; readonly received: number; readonly committed: number }
  | { readonly kind: 'report'; readonly report: CollectorReport };

const PROGRESS_MS = 1_000;
const tell = (said: CollectorSaid, then?: () => void): void => void process.send?.(said, undefined, {}, then);

process.once('message', (task: CollectorTask) => {
  void deliver(task).then((report) => tell({ kind: 'report', report }, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(0));

function deliver(task: CollectorTask): Promise<CollectorReport> {
  const blocks = Array.from({ length: task.blocks }, (_one, index) => encodeBlock(task, index + 1));
  const client = new IngestClient(`localhost:${task.port}`, clientCredentials({ caPem: task.caPem }), grpcOptions);
  const call = client.stream(bearerMetadata(task.token));
  const sentMs: number[] = [];
  const ackMs: number[] = [];
  const send = (message: NonNullable<CollectorMessage['message']>) => void call.write({ message });
  return new Promise((resolve, reject) => {
    let window = 0;
    let received = 0;
    let startMs = 0;
    const sendNext = (): boolean => {
      const block = blocks[sentMs.length];
      if (block === undefined || sentMs.length - received >= window) return false;
      sentMs.push(performance.now());
      send({ $case: 'block', value: block });
      return true;
    };
    call.on('error', reject);
    setInterval(() => tell({ kind: 'progress', run: task.run, sent: sentMs.length, received, committed: ackMs.length }), PROGRESS_MS);
    call.on('data', ({ message }: OwnerMessage) => {
      if (message?.$case === 'welcome') {
        window = message.value.window;
        send({ $case: 'run', value: dictionary(task) });
        startMs = performance.now();
        if (task.everyMs > 0) setInterval(sendNext, task.everyMs);
      } else if (message?.$case === 'received') received = Math.max(received, message.value.seq);
      else if (message?.$case === 'committed') {
        const nowMs = performance.now();
        for (const { first, last } of message.value.progress.flatMap((one) => one.committed)) {
          for (let seq = first; seq <= last; seq += 1) ackMs.push(nowMs - (sentMs[seq - 1] ?? nowMs));
        }
        if (ackMs.length === task.blocks) resolve({ elapsedMs: nowMs - startMs, ackMs });
      }
      if (task.everyMs === 0) while (sendNext());
    });
    send({
      $case: 'hello',
      value: {
        tenant: 'local/default',
        site: 'north',
        shard: 'shard-0',
        collectorVersion: 'bench',
        sentUs: 0,
        instance: 'collector-0',
        epoch: 0,
        standby: false,
        committed: [],
        runs: [task.run],
      },
    });
  });
}

const dictionary = ({ run, tags }: CollectorTask) => ({
  run,
  devices: [{ id: 1, device: 'bench' }],
  tags: Array.from({ length: tags }, (_one, index) => ({
    id: index + 1,
    device: 1,
    tag: `tag-${index + 1}`,
    text: false,
    simulated: false,
  })),
});

/** A value of every tag, a second apart by block. */
function encodeBlock({ run, rowsPerBlock, tags }: CollectorTask, seq: number): Buffer {
  const startUs = Date.now() * 1000 - 60_000_000 + seq;
  const indexes = Array.from({ length: rowsPerBlock }, (_one, index) => index);
  const block: Block = {
    ...Block.decode(new Uint8Array()),
    run,
    seq,
    tag: indexes.map((index) => (index % tags) + 1),
    timeDeltaUs: indexes.map((index) => (index === 0 ? startUs : 0)),
    value: indexes.map((index) => Math.sin(seq + index) * 90),
    observed: [{ device: 1, fromUs: startUs - 1, untilUs: startUs }],
  };
  return Buffer.from(Block.encode(block).finish());
}
