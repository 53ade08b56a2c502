import { connectCollector, type TestCollector } from './collector.fixture.ts';

interface Delivery {
  /** Port of ingest now: it changes when the api restarts. */
  readonly port: () => number;
  readonly caPem: string;
  readonly token: string;
  readonly run: string;
  readonly dictionary: Parameters<TestCollector['send']>[0];
  /** Blocks by seq. */
  readonly blocks: ReadonlyMap<number, Buffer>;
  readonly shard?: string;
}

/** Deliver all blocks as a collector does: in order, again after every broken stream, until each is committed. */
export async function deliver({ port, caPem, token, run, dictionary, blocks, shard = 'shard-0' }: Delivery): Promise<void> {
  const held = new Map(blocks);
  const deadlineMs = Date.now() + 30_000;
  while (held.size > 0) {
    if (Date.now() > deadlineMs) throw new Error(`${held.size} blocks of ${run} are not committed after 30 s`);
    const collector = connectCollector({ port: port(), caPem, token });
    try {
      const welcome = await collector.hello({ shard, runs: [run] });
      if (welcome.$case === 'welcome') {
        forget(held, run, welcome.value.progress);
        collector.send(dictionary);
        for (const [, block] of held) collector.send({ $case: 'block', value: block });
        await collector.until((answers) => {
          for (const answer of answers) if (answer.$case === 'committed') forget(held, run, answer.value.progress);
          return held.size === 0;
        });
      }
    } catch {
      // the stream broke: again
    }
    collector.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function forget(
  held: Map<number, Buffer>,
  run: string,
  progress: readonly { run: string; committed: readonly { first: number; last: number }[] }[],
): void {
  for (const { run: of, committed } of progress) {
    if (of !== run) continue;
    for (const { first, last } of committed) for (const seq of [...held.keys()]) if (first <= seq && seq <= last) held.delete(seq);
  }
}
