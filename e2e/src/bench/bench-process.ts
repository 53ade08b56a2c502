/**
 * Runs the bench named by its argument in a process of its own, tells its parent what happens, and undoes what the bench began
 * when it ends, when it is told to (SIGTERM) and when its parent is gone.
 */
import { createEndings } from './create-endings.ts';
import type { Bench, BenchResult } from './types.ts';

/** What the process tells its parent. */
export type BenchMessage =
  | { readonly kind: 'begun'; readonly description: string; readonly limitS: number | undefined }
  | { readonly kind: 'step'; readonly what: string }
  | { readonly kind: 'ended'; readonly results: readonly BenchResult[] }
  | { readonly kind: 'failed'; readonly reason: string };

const EXIT_TERMINATED = 143;
const endings = createEndings();
let ending = false;

const tell = (message: BenchMessage): Promise<void> =>
  new Promise((resolve) => (process.connected ? process.send?.(message, undefined, {}, () => resolve()) : resolve()));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function run(name: string): Promise<BenchMessage> {
  try {
    // A module named at run time has no type; each that main.ts names exports `bench`.
    const { bench } = (await import(`./${name}.ts`)) as { readonly bench: Bench };
    await tell({ kind: 'begun', description: bench.description, limitS: bench.limitS });
    const results = [await bench.run({ step: (what) => void tell({ kind: 'step', what }), defer: endings.defer })].flat();
    await endings.end();
    return { kind: 'ended', results };
  } catch (error) {
    await endings.end().catch(() => undefined); // what made the bench fail is what counts
    return { kind: 'failed', reason: messageOf(error) };
  }
}

function terminate(): void {
  if (ending) return;
  ending = true;
  void endings
    .end()
    .catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`))
    .finally(() => process.exit(EXIT_TERMINATED));
}

process.once('SIGTERM', terminate);
process.once('SIGINT', terminate);
process.once('disconnect', terminate);
const outcome = await run(process.argv[2] ?? '');
if (!ending) {
  await tell(outcome);
  process.exit(0);
}
