import { bearerMetadata, clientCredentials, grpcOptions } from '@kubeplant/kit';
import { Block, type CollectorMessage, IngestClient, type OwnerMessage, type RunProgress } from '@kubeplant/proto';

/** One reading of a block. */
export interface TestReading {
  readonly tag: number;
  readonly timeUs: number;
  readonly value?: number;
  readonly status?: number;
  readonly flags?: number;
}

type Sent = NonNullable<CollectorMessage['message']>;
/** What the owner says. */
export type Answer = NonNullable<OwnerMessage['message']>;

/** A collector that does what the test says: a real gRPC client over TLS. */
export interface TestCollector {
  readonly answers: Answer[];
  send(message: Sent): void;
  /** Hello, and the answer to it. */
  hello(more?: {
    readonly shard?: string;
    readonly runs?: string[];
    readonly instance?: string;
    readonly epoch?: number;
    readonly standby?: boolean;
    readonly committed?: RunProgress[];
  }): Promise<Answer>;
  /** Resolves when the answers satisfy a condition; rejects when the stream ends before. */
  until(condition: (answers: readonly Answer[]) => boolean): Promise<void>;
  /** Resolves when this block is committed. */
  committed(run: string, seq: number): Promise<void>;
  /** Code of the status the stream ended with. */
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;
  close(): void;
  /** As when the network is cut: nothing more is said. */
  cut(): void;
}

export function connectCollector(options: {
  readonly port: number;
  readonly caPem: string;
  readonly token: string;
  readonly tenant?: string;
  readonly site?: string;
}): TestCollector {
  const client = new IngestClient(`localhost:${options.port}`, clientCredentials({ caPem: options.caPem }), grpcOptions);
  const call = client.stream(bearerMetadata(options.token));
  const answers: Answer[] = [];
  const waiting = new Set<() => void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<{ code: number; details: string }>();
  let isOver = false;
  call.on('data', ({ message }: OwnerMessage) => {
    if (message !== undefined) answers.push(message);
    for (const check of waiting) check();
  });
  call.on('error', () => {});
  call.on('status', ({ code, details }) => {
    isOver = true;
    end({ code, details });
    client.close();
    for (const check of waiting) check();
  });
  const until = (condition: (all: readonly Answer[]) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!condition(answers) && !isOver) return;
        waiting.delete(check);
        if (condition(answers)) resolve();
        else void ended.then(({ code, details }) => reject(new Error(`the stream ended with ${code} ${details}`)));
      };
      waiting.add(check);
      check();
    });
  const send = (message: Sent): void => void call.write({ message });
  return {
    answers,
    ended,
    until,
    send,
    hello: async ({ shard = 'shard-0', runs = [], instance = 'collector-0', epoch = 0, standby = false, committed = [] } = {}) => {
      send({
        $case: 'hello',
        value: {
          tenant: options.tenant ?? 'local/default',
          site: options.site ?? 'north',
          shard,
          collectorVersion: 'test',
          sentUs: 0,
          instance,
          epoch,
          standby,
          runs,
          committed,
        },
      });
      await until((all) => all.length > 0);
      return answers[0] as Answer;
    },
    committed: (run, seq) => until((all) => all.some((answer) => answer.$case === 'committed' && holds(answer.value.progress, run, seq))),
    close: () => call.end(),
    cut: () => call.cancel(),
  };
}

export const holds = (progress: readonly RunProgress[], run: string, seq: number): boolean =>
  progress.some((one) => one.run === run && one.committed.some(({ first, last }) => first <= seq && seq <= last));

/** An encoded block. */
export function testBlock(run: string, seq: number, readings: readonly TestReading[], more: Partial<Block> = {}): Buffer {
  let before = 0;
  const timeDeltaUs = readings.map(({ timeUs }) => {
    const delta = timeUs - before;
    before = timeUs;
    return delta;
  });
  const block: Block = {
    ...Block.decode(new Uint8Array()),
    run,
    seq,
    tag: readings.map((one) => one.tag),
    timeDeltaUs,
    value: readings.map((one) => one.value ?? Number.NaN),
    status: readings.map((one) => one.status ?? 0),
    flags: readings.map((one) => one.flags ?? 0),
    ...more,
  };
  return Buffer.from(Block.encode(block).finish());
}

/** The run of a test: device 1 `pump`, tags by number. */
export const testRun = (
  run: string,
  tags: readonly string[],
  more: { readonly device?: string; readonly text?: readonly string[]; readonly simulated?: boolean } = {},
): Sent => ({
  $case: 'run',
  value: {
    run,
    devices: [{ id: 1, device: more.device ?? 'pump' }],
    tags: tags.map((tag, index) => ({
      id: index + 1,
      device: 1,
      tag,
      text: more.text?.includes(tag) ?? false,
      simulated: more.simulated ?? false,
    })),
  },
});
