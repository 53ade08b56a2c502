import { Standing } from '@kubeplant/proto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectCollector, testBlock, testRun } from './collector.fixture.ts';

interface Options {
  /** Port of ingest now. */
  readonly port: () => number;
  readonly caPem: string;
  readonly token: string;
  readonly instance: string;
  /** Tag of device `pump` it polls. */
  readonly tag: string;
  /** The value of its next reading: no two collectors give the same. */
  readonly nextValue: () => number;
}

/** A collector as they behave: it polls while it is active, holds what is not committed, and comes again when its stream breaks. */
export interface PollingCollector {
  readonly instance: string;
  /** All values it has polled. */
  readonly polled: ReadonlySet<number>;
  /** Blocks that are not committed. */
  held(): number;
  active(): boolean;
  /** Epochs with which it was active, in order. */
  readonly epochs: readonly number[];
  /** Break its stream. */
  cut(): void;
  /** Say nothing for a while, with the stream open. */
  freeze(ms: number): void;
  /** Poll no more; what is held is still delivered. */
  rest(): void;
  stop(): Promise<void>;
}

const POLL_MS = 5;

export function startPollingCollector(options: Options): PollingCollector {
  const { instance, nextValue } = options;
  const run = `run-${instance}`;
  const held = new Map<number, Buffer>();
  const polled = new Set<number>();
  const epochs: number[] = [];
  let seq = 0;
  let polling = true; // as one without a standby: until it is told otherwise
  let resting = false;
  let stopped = false;
  let silentUntilMs = 0;
  let stream: ReturnType<typeof connectCollector> | undefined;

  const take = (answers: ReturnType<typeof connectCollector>['answers']): void => {
    for (const answer of answers.splice(0)) {
      if (answer.$case === 'welcome' || answer.$case === 'committed') {
        for (const { run: of, committed } of answer.value.progress)
          if (of === run) for (const { first, last } of committed) for (let one = first; one <= last; one += 1) held.delete(one);
      }
      if (answer.$case !== 'welcome' && answer.$case !== 'turn') continue;
      polling = answer.value.standing !== Standing.STANDING_STANDBY;
      if (polling) epochs.push(answer.value.epoch);
    }
  };
  const poll = (): number[] => {
    if (!polling || resting) return [];
    seq += 1;
    const value = nextValue();
    polled.add(value);
    held.set(seq, testBlock(run, seq, [{ tag: 1, timeUs: Date.now() * 1000, value }]));
    return [seq];
  };
  /** One stream, until it breaks: what is polled goes first, what has waited after it. */
  const talk = async (): Promise<void> => {
    const collector = connectCollector({ ...options, port: options.port() });
    stream = collector;
    let open = true;
    void collector.ended.then(() => {
      open = false;
    });
    await collector.hello({ instance, runs: [run], epoch: epochs.at(-1) ?? 0, standby: !polling });
    take(collector.answers);
    collector.send(testRun(run, [options.tag]));
    const backlog = [...held.keys()];
    while (open && !stopped) {
      await sleep(POLL_MS);
      if (Date.now() < silentUntilMs) {
        backlog.push(...poll());
        continue;
      }
      take(collector.answers);
      const next = [...poll(), ...backlog.splice(0, 3)];
      for (const one of next) collector.send({ $case: 'block', value: held.get(one) ?? testBlock(run, one, []) });
      if (next.length === 0) collector.send({ $case: 'beat', value: { sentUs: 0 } });
    }
    collector.cut();
  };
  const over = (async () => {
    while (!stopped) {
      await talk().catch(() => {});
      poll();
      await sleep(20);
    }
  })();
  return {
    instance,
    polled,
    epochs,
    held: () => held.size,
    active: () => polling,
    cut: () => stream?.cut(),
    freeze: (ms) => {
      silentUntilMs = Date.now() + ms;
    },
    rest: () => {
      resting = true;
    },
    stop: async () => {
      stopped = true;
      stream?.cut();
      await over;
    },
  };
}
